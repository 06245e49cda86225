"""Counts where no SVG is taken: a PNG of the badge, and a picture that nobody sees."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from hitsvc.answer.pictures import Drawing
from hitsvc.badge import PLAIN, BadgeMaker, Look
from hitsvc.png import Painter, paintable

PNG: Final = "image/png"
GIF: Final = "image/gif"

# One transparent pixel.
PIXEL: Final = (
    b"GIF89a\x01\0\x01\0\x80\0\0\0\0\0\xff\xff\xff!\xf9\x04\x01\0\0\0\0"
    b",\0\0\0\0\x01\0\x01\0\0\x02\x02D\x01\0;"
)


class PngRenderer:
    """The badge as a PNG: `render` draws it, and the painter paints what was drawn."""

    content_type = PNG
    needs_today = False

    def __init__(self, badges: BadgeMaker, painter: Painter) -> None:
        """Show counts as these badges."""
        self._badges = badges
        self.painter = painter

    def render(self, _url_key: str, total: int, today: int, look: Look) -> bytes:
        """Draw the badge, as an SVG; see `CountRenderer.render`."""
        if look is PLAIN:
            return self._badges.count(total)
        if not paintable(look.logo):
            look = replace(look, logo=None)
        return self._badges.draw(look, total, today)


class PixelRenderer:
    """A pixel that cannot be seen, whatever the count: the number is shown elsewhere."""

    content_type = GIF
    needs_today = False
    painter = None

    def render(self, _url_key: str, _total: int, _today: int, _look: Look) -> bytes:
        """Return the picture; see `CountRenderer.render`."""
        return PIXEL


def png_error(badges: BadgeMaker, painter: Painter) -> Drawing:
    """Return what draws errors as PNG.

    Not in the look that was asked for: so there are a few of them only, each painted once.
    """

    def draw(words: str, _params: Mapping[str, object], color: str) -> bytes:
        return painter.paint_now(badges.error(words, color=color))

    return draw


def pixel_error(_words: str, _params: Mapping[str, object], _color: str) -> bytes:
    """Draw an error where nobody should see anything: not even a broken image."""
    return PIXEL
