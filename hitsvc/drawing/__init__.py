"""What pictures are drawn with: colours, widths of text, numbers, SVG. Knows no counts.

What badges and charts share, and nothing else. Imports none of our other packages.
"""

from hitsvc.drawing.amounts import FORMATS, SHOWN, Amount, amount, base_of, metric
from hitsvc.drawing.colors import (
    BLUE,
    GREY,
    MAX_COLOR_LENGTH,
    RED,
    brightness,
    svg_color,
    text_colors,
)
from hitsvc.drawing.markup import SVG_NAMESPACE, clean, escape, number
from hitsvc.drawing.memo import Memo
from hitsvc.drawing.paths import Box, path_box
from hitsvc.drawing.readable import readable
from hitsvc.drawing.shaping import drawn_width, is_shaped, odd_width
from hitsvc.drawing.widths import Font, text_width

__all__ = [
    "BLUE",
    "FORMATS",
    "GREY",
    "MAX_COLOR_LENGTH",
    "RED",
    "SHOWN",
    "SVG_NAMESPACE",
    "Amount",
    "Box",
    "Font",
    "Memo",
    "amount",
    "base_of",
    "brightness",
    "clean",
    "drawn_width",
    "escape",
    "is_shaped",
    "metric",
    "number",
    "odd_width",
    "path_box",
    "readable",
    "svg_color",
    "text_colors",
    "text_width",
]
