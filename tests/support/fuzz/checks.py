"""Judging an answer that is well-formed by what was asked."""

import json
import re
from http import HTTPStatus
from xml.etree import ElementTree as ET

from tests.support.fuzz.answers import Answer
from tests.support.fuzz.facts import NO_5XX, ONE_LINE, RIGHT_TYPE, SAFE_SVG, Finding
from tests.support.fuzz.requests import (
    BADGE_ROUTES,
    JSON_ROUTES,
    RASTER_ROUTES,
    TEXT_ROUTES,
    Request,
)

_EXECUTABLE = re.compile(r"(^|\})(script|foreignObject|iframe)$", re.IGNORECASE)
# The page's own scripts are the only ones.
_FOREIGN_SCRIPT = re.compile(
    rb"<script(?! type=\"module\" src=\"static/)", re.IGNORECASE
)
_NUMBERS = re.compile(rb"-?[\d,.]+[kMGTPE]?( / -?[\d,.]+[kMGTPE]?)?")


def check(request: Request, answer: Answer) -> None:
    """Make sure that an answer is one that the service may give.

    Raises:
        Finding: It is not.
    """
    # 501 is the answer to what HTTP leaves to servers: methods and codings unknown to us.
    if answer.status >= 500 and answer.status != HTTPStatus.NOT_IMPLEMENTED:
        raise Finding(NO_5XX, answer.status)
    reason = answer.headers.get("x-hits-reason", "-")
    if not (reason and reason.isascii() and reason.isprintable()):
        raise Finding(ONE_LINE, repr(reason))
    if answer.content_type == "image/svg+xml" and answer.body:
        _check_svg(answer.body)
    elif _FOREIGN_SCRIPT.search(answer.body):
        raise Finding(SAFE_SVG, answer.body)
    # The HTTP layer's own refusals know no route, and are the connection's last.
    if not answer.closes and answer.status not in {204, 304}:
        _check_type(request, answer)


def _check_svg(body: bytes) -> None:
    try:
        root = ET.fromstring(body)  # noqa: S314 - our own service
    except ET.ParseError as ex:
        raise Finding(SAFE_SVG, f"{ex}: {body!r}") from ex
    for element in root.iter():
        handlers = [name for name in element.attrib if name.lower().startswith("on")]
        if _EXECUTABLE.search(element.tag) or handlers:
            raise Finding(SAFE_SVG, body)


def _check_type(request: Request, answer: Answer) -> None:
    if request.route in BADGE_ROUTES:
        right = answer.content_type == "image/svg+xml"
    elif request.route in TEXT_ROUTES:
        is_error = "x-hits-status" in answer.headers
        right = answer.content_type in {"text/plain", "application/problem+json"}
        right |= is_error and answer.content_type == "image/svg+xml"
        if answer.status == 200 and request.method == "GET" and not is_error:
            right = _NUMBERS.fullmatch(answer.body) is not None
    elif request.route in RASTER_ROUTES:
        right = answer.content_type.startswith("image/")
    elif request.route in JSON_ROUTES and request.method in {"GET", "POST"}:
        right = answer.content_type in {"application/json", "application/problem+json"}
        json.loads(answer.body)
    else:
        right = "access-control-allow-origin" in answer.headers or answer.status < 400
    if not right:
        raise Finding(RIGHT_TYPE, f"{request.route}: {answer}")
