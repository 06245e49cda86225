"""What goes back to a client: a count in its forms, headers, errors.

A *renderer* makes the body of an answer of a count or a history; `ProblemSerializer` does
the same for errors. Nothing here asks Redis.
"""

from hitsvc.answer.default_headers import DefaultHeadersApp
from hitsvc.answer.headers import UNCACHED, allow_origin, allow_preflight, count_headers
from hitsvc.answer.pictures import SVG, Drawing, ErrorPictures
from hitsvc.answer.problems import ProblemSerializer, add_problems
from hitsvc.answer.raster import (
    GIF,
    PNG,
    PixelRenderer,
    PngRenderer,
    pixel_error,
    png_error,
)
from hitsvc.answer.renderers import (
    BadgeRenderer,
    ChartRenderer,
    CountRenderer,
    HistoryRenderer,
    JsonHistoryRenderer,
    JsonRenderer,
    ShieldsRenderer,
    TextRenderer,
)

__all__ = [
    "GIF",
    "PNG",
    "SVG",
    "UNCACHED",
    "BadgeRenderer",
    "ChartRenderer",
    "CountRenderer",
    "DefaultHeadersApp",
    "Drawing",
    "ErrorPictures",
    "HistoryRenderer",
    "JsonHistoryRenderer",
    "JsonRenderer",
    "PixelRenderer",
    "PngRenderer",
    "ProblemSerializer",
    "ShieldsRenderer",
    "TextRenderer",
    "add_problems",
    "allow_origin",
    "allow_preflight",
    "count_headers",
    "pixel_error",
    "png_error",
]
