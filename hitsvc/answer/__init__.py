"""What a client gets back: a count in each of its forms, headers, errors.

A *renderer* makes the body of an answer from a count or a history. `ProblemSerializer` does
the same for errors. Nothing here asks Redis.
"""

from hitsvc.answer.default_headers import DefaultHeadersApp
from hitsvc.answer.domain_errors import UNAVAILABLE, add_problems
from hitsvc.answer.guesses import Guesses
from hitsvc.answer.headers import (
    ANY_ORIGIN,
    PAGE_HEADER,
    UNCACHED,
    allow_origin,
    allow_preflight,
    count_headers,
    name_page,
    origin_headers,
)
from hitsvc.answer.histories import (
    ChartRenderer,
    HistoryRenderer,
    JsonHistoryRenderer,
)
from hitsvc.answer.numbers import visitor_numbers
from hitsvc.answer.pictures import SVG, ErrorPictures
from hitsvc.answer.problems import ProblemSerializer
from hitsvc.answer.raster import (
    PNG,
    PixelRenderer,
    PngRenderer,
    error_pictures,
)
from hitsvc.answer.renderers import (
    BadgeRenderer,
    CountRenderer,
    JsonRenderer,
    ShieldsRenderer,
    TextRenderer,
    VisitedJsonRenderer,
)

__all__ = [
    "ANY_ORIGIN",
    "PAGE_HEADER",
    "PNG",
    "SVG",
    "UNAVAILABLE",
    "UNCACHED",
    "BadgeRenderer",
    "ChartRenderer",
    "CountRenderer",
    "DefaultHeadersApp",
    "ErrorPictures",
    "Guesses",
    "HistoryRenderer",
    "JsonHistoryRenderer",
    "JsonRenderer",
    "PixelRenderer",
    "PngRenderer",
    "ProblemSerializer",
    "ShieldsRenderer",
    "TextRenderer",
    "VisitedJsonRenderer",
    "add_problems",
    "allow_origin",
    "allow_preflight",
    "count_headers",
    "error_pictures",
    "name_page",
    "origin_headers",
    "visitor_numbers",
]
