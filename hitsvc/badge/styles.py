"""The styles that a badge can have, by shields.io's names."""

from collections.abc import Callable
from dataclasses import dataclass

from hitsvc.badge.badge import MESSAGE, Badge
from hitsvc.badge.flat import flat, flat_square, plastic
from hitsvc.badge.for_the_badge import for_the_badge
from hitsvc.badge.social import social
from hitsvc.drawing import escape

DEFAULT_STYLE = "flat"


@dataclass(frozen=True, slots=True)
class Style:
    """A way to draw badges.

    Attributes:
        write: Writes the SVG, with `MESSAGE` in place of the message.
        capitals: Whether the message is shown in capitals.
        light: Whether logos are on a light ground.
    """

    write: Callable[[Badge], str]
    capitals: bool = False
    light: bool = False

    def pieces(self, badge: Badge) -> tuple[bytes, ...]:
        """Draw a badge but for its message: the message joins the pieces.

        They fit every message that has the same characters but for its digits, since
        all digits are equally wide.
        """
        return tuple(self.write(badge).encode().split(MESSAGE.encode()))

    def draw(self, badge: Badge) -> bytes:
        """Draw a whole badge: an SVG in UTF-8."""
        message = badge.message.upper() if self.capitals else badge.message
        return escape(message).encode().join(self.pieces(badge))


STYLES = {
    "flat": Style(flat),
    "flat-square": Style(flat_square),
    "plastic": Style(plastic),
    "for-the-badge": Style(for_the_badge, capitals=True),
    "social": Style(social, light=True),
}
