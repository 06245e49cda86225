"""Colours of badges: which texts are one, and how bright it is, as badge-maker has it."""

import re
from functools import lru_cache
from typing import Final

from hitsvc.drawing.css_colors import rgb
from hitsvc.drawing.markup import clean

# badge-maker's palette (lib/color.js). White text is readable on these three.
BLUE: Final = "#007ec6"
RED: Final = "#dd4343"
GREY: Final = "#555"

# Longer than any colour that is written with care.
MAX_COLOR_LENGTH = 64

_PALETTE = {
    "brightgreen": "#4b0",
    "green": "#67ac09",
    "yellow": "#d8b800",
    "yellowgreen": "#95991a",
    "orange": "#ea7233",
    "red": RED,
    "blue": BLUE,
    "grey": GREY,
    "lightgrey": "#939393",
}
_ALIASES = {
    "gray": "grey",
    "lightgray": "lightgrey",
    "critical": "red",
    "important": "orange",
    "success": "brightgreen",
    "informational": "blue",
    "inactive": "lightgrey",
}
_NAMED = _PALETTE | {alias: _PALETTE[name] for alias, name in _ALIASES.items()}

_BARE_HEX = re.compile(r"(?:[\da-f]{3}){1,2}", re.ASCII | re.IGNORECASE)


def svg_color(text: str) -> str | None:
    """Find out which colour a text means.

    Args:
        text: A name or an alias of shields.io's palette, three or six hex digits, or
            a CSS colour: a name, ``#hex``, ``rgb()`` or ``hsl()``.

    Returns:
        The colour for an SVG attribute, safe without escaping; None if it is none.
    """
    if len(text) > MAX_COLOR_LENGTH:
        return None
    text = clean(text)
    if text in _NAMED:
        return _NAMED[text]
    if _BARE_HEX.fullmatch(text):
        return f"#{text.lower()}"
    return text.lower() if rgb(text) else None


@lru_cache(maxsize=256)
def brightness(color: str) -> float:
    """Tell how bright a colour looks, from 0 to 1.

    Args:
        color: What `svg_color` returned.
    """
    red, green, blue = rgb(color) or (0, 0, 0)
    return round((red * 299 + green * 587 + blue * 114) / 255_000, 2)


def text_colors(background: str) -> tuple[str, str]:
    """Choose the colours of a text and of its shadow that are readable there."""
    if brightness(background) <= 0.69:
        return "#fff", "#010101"
    return "#333", "#ccc"
