"""Counts where no SVG is taken: a PNG of the badge, and a picture that nobody sees."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from hitsvc.answer.pictures import SVG, Drawing, ErrorPictures
from hitsvc.answer.renderers import BadgeRenderer
from hitsvc.badge import BadgeMaker, Look, LookParser
from hitsvc.png import Painter, paintable

Params = Mapping[str, str | list[str]]

PNG: Final = "image/png"
GIF: Final = "image/gif"

# One transparent pixel.
PIXEL: Final = (
    b"GIF89a\x01\0\x01\0\x80\0\0\0\0\0\xff\xff\xff!\xf9\x04\x01\0\0\0\0"
    b",\0\0\0\0\x01\0\x01\0\0\x02\x02D\x01\0;"
)


class PngRenderer(BadgeRenderer):
    """The badge as a PNG: `render` draws it, and the painter paints what was drawn."""

    content_type = PNG

    def __init__(self, badges: BadgeMaker, painter: Painter) -> None:
        """Show counts as these badges."""
        super().__init__(badges)
        self.painter = painter

    def render(
        self, url_key: str, total: int, today: int, look: Look, recent: int
    ) -> bytes:
        """Draw the badge, as an SVG; see `CountRenderer.render`."""
        if not paintable(look.logo):
            look = replace(look, logo=None)
        return super().render(url_key, total, today, look, recent)


class PixelRenderer:
    """A pixel that cannot be seen, whatever the count: the number is shown elsewhere."""

    content_type = GIF
    needs_today = False
    painter = None

    def render(
        self, _url_key: str, _total: int, _today: int, _look: Look, _recent: int
    ) -> bytes:
        """Return the picture; see `CountRenderer.render`."""
        return PIXEL


def error_pictures(
    badges: BadgeMaker, looks: LookParser, painter: Painter | None
) -> ErrorPictures:
    """Return what shows errors to those who want an image.

    Args:
        badges: Draws them.
        looks: Reads the look that was asked for.
        painter: Paints them; `None` where nothing does.
    """

    def badge(words: str, params: Params, color: str) -> bytes:
        return badges.error(words, looks.parse(params), color)

    def pixel(_words: str, _params: Params, _color: str) -> bytes:
        return PIXEL  # where nobody should see anything: not even a broken image

    drawings: dict[str, Drawing] = {SVG: badge, GIF: pixel}
    if painter:
        paint = painter.paint_now

        def png(words: str, _params: Params, color: str) -> bytes:
            # Not in the look that was asked for: so there are few, each painted once.
            return paint(badges.error(words, color=color))

        drawings[PNG] = png
    return ErrorPictures(drawings)
