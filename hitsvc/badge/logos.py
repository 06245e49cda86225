"""Logos: the picture before a badge's label, as shields.io makes it."""

import re
from base64 import b64decode, b64encode
from binascii import Error

from hitsvc.badge.badge import Logo
from hitsvc.badge.icons import SLUG, Icon, Icons
from hitsvc.drawing import SVG_NAMESPACE, brightness, number

# Of a data URI. Every visitor loads it with every count.
MAX_LOGO_LENGTH = 8192

_SQUARE = 24
_HEIGHT = 14  # px
_DATA = re.compile(
    r"data:image/(?:png|svg\+xml|jpeg|gif|webp);base64,([A-Za-z0-9+/]+={0,2})"
)


def logo_name(text: str) -> str | None:
    """Find out which logo a query parameter names.

    Args:
        text: An icon's name, or a picture as a base64 data URI.

    Returns:
        The name or the URI, normalised; None if it is neither.
    """
    if SLUG.fullmatch(name := text.lower()):
        return name
    # As shields does: a plus sign that was not escaped has become a space.
    uri = text.replace(" ", "+")
    if not uri.startswith("data:"):
        uri = f"data:{uri}"
    match = _DATA.fullmatch(uri)
    if not match or len(uri) > MAX_LOGO_LENGTH:
        return None
    try:
        b64decode(match[1], validate=True)
    except Error:
        return None
    return uri


class Logos:
    """Makes logos out of icons."""

    def __init__(self, icons: Icons) -> None:
        """Take the icons from somewhere."""
        self._icons = icons

    def find(
        self, name: str | None, color: str | None, *, fits: bool, light: bool
    ) -> Logo | None:
        """Find a logo.

        Args:
            name: What `logo_name` returned.
            color: Of an icon, as an SVG colour; None for the brand's, where it can be
                seen. A picture keeps its colours.
            fits: Whether the width of an icon follows from its shape.
            light: Whether the ground is light.

        Returns:
            The logo; None if there is no such icon.
        """
        if name is None:
            return None
        if name.startswith("data:"):
            return Logo(name)
        icon = self._icons.find(name)
        if icon is None:
            return None
        fill = color or _visible(icon.color, light)
        if not fits:
            return Logo(_picture(icon, fill, f"0 0 {_SQUARE} {_SQUARE}"))
        left, top, width, height = self._icons.box(icon)
        view = " ".join(map(number, (left, top, width, height)))
        return Logo(_picture(icon, fill, view), round(_HEIGHT * width / height, 2))


def _visible(color: str, light: bool) -> str:
    """Replace a brand's colour that cannot be told from the ground."""
    if light:
        return "#333" if brightness(color) >= 0.6 else color
    return "whitesmoke" if brightness(color) <= 0.4 else color


def _picture(icon: Icon, fill: str, view: str) -> str:
    svg = (
        f'<svg xmlns="{SVG_NAMESPACE}" viewBox="{view}" fill="{fill}">'
        f'<path d="{icon.path}"/></svg>'
    )
    return f"data:image/svg+xml;base64,{b64encode(svg.encode()).decode()}"
