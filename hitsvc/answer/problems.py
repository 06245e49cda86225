"""How errors look to a caller: a badge, a line of text, JSON or a page.

An image's address answers an image at every status, because an ``<img>`` cannot show a
message; the message is then in ``X-Hits-Reason``, the status in ``X-Hits-Status``. JSON
(RFC 9457) goes to those who ask for it, by the address or by ``Accept``; a badge to those
who ask for an image.
"""

import json
from collections.abc import Callable, Container, Mapping
from http import HTTPStatus

import falcon
from falcon.asgi import Request, Response

from hitsvc.answer.headers import ANY_ORIGIN, UNCACHED, allow_origin
from hitsvc.answer.pictures import SVG, ErrorPictures
from hitsvc.drawing import GREY, RED
from hitsvc.request import the_only

_PROBLEM_JSON = "application/problem+json"
# In this order where a caller has no preference, as is `*/*`. An ``<img>`` and an image
# proxy prefer images. Some name a few formats only.
_MEDIA_TYPES = (
    *("text/html", "text/plain", "application/json", _PROBLEM_JSON),
    *(SVG, "image/png", "image/gif", "image/webp", "image/jpeg"),
)
# APPSEC: A browser's has 150 characters. Falcon takes 20 ms for 16 KB.
_MAX_ACCEPT_LENGTH = 1000

# What Falcon's own errors leave unsaid.
_REASONS = {
    404: "there is nothing at this address",
    500: "something is wrong here; it has been logged",
}


class Declined(falcon.HTTPError):
    """A hit that is not counted because the operator wants it so: nothing is broken."""


class ProblemSerializer:
    """Renders every error answer; a Falcon error serializer."""

    def __init__(
        self,
        routes: Mapping[str, object],
        counts: Container[str],
        pictures: ErrorPictures,
        page: Callable[[str, str, bytes], bytes],
        page_headers: Mapping[str, str],
        guess: Callable[[bytes, bytes], str],
    ) -> None:
        """Join the ways to show an error.

        Args:
            routes: The resource at each address: its errors take the form of its
                ``media_type``, of one that has none that of a page. Those of one that
                ``is_closed`` can be read by no other site.
            counts: The addresses whose every answer has default headers.
            pictures: Shows a few words to those who want an image.
            page: Makes an HTML page of a title, a message, and the path of the request.
            page_headers: What such a page is sent with.
            guess: Tells which address may have been meant, of a path and a query.
        """
        self._guess = guess
        self._media_types = {
            path: str(getattr(resource, "media_type", ""))
            for path, resource in routes.items()
        }
        self._closed = {
            path
            for path, resource in routes.items()
            if getattr(resource, "is_closed", False)
        }
        self._counts = counts
        self._pictures = pictures
        self._page = page
        self._page_headers = page_headers

    def __call__(self, req: Request, resp: Response, error: falcon.HTTPError) -> None:
        """Fill the response in."""
        title = error.title or str(error.status)
        reason = error.description or self._reason(req, error, title)
        if _address(req) in self._closed:
            resp.set_headers((*UNCACHED, ("x-content-type-options", "nosniff")))
        else:
            self._open(req, resp, reason, str(error.status_code))
        form = self._form(req)
        if form.startswith("image/"):  # a chart, too: there is nothing to draw
            words = title.partition(" ")[2] or title
            color = GREY if isinstance(error, Declined) else RED
            self._pictures.show(req, resp, form, words, color)
        elif form.endswith("json"):
            resp.content_type = _PROBLEM_JSON
            problem = {
                "title": title,
                "status": error.status_code,
                "detail": reason,
            }
            resp.data = json.dumps(problem).encode()
        elif form.startswith("text/plain"):
            resp.content_type = "text/plain; charset=utf-8"
            resp.data = f"{reason}\n".encode()
        else:
            resp.set_headers(self._page_headers)
            resp.content_type = "text/html; charset=utf-8"
            resp.data = self._page(title, reason, _path(req))

    def _reason(self, req: Request, error: falcon.HTTPError, title: str) -> str:
        """Say what Falcon leaves unsaid."""
        if error.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
            return f"this address takes {_allowed(error)}, not {req.method}"
        reason = _REASONS.get(error.status_code, title)
        if error.status_code == HTTPStatus.NOT_FOUND and (
            guess := self._guess(_path(req), req.scope["query_string"])
        ):
            return f"{reason}; try {guess}"
        return reason

    def _open(self, req: Request, resp: Response, reason: str, status: str) -> None:
        """Let any page read the answer, and what it says of itself."""
        if req.path not in self._counts:
            resp.set_headers((*UNCACHED, ANY_ORIGIN))
        resp.set_headers((("x-hits-reason", reason), ("x-hits-status", status)))
        if origin := the_only(req.scope["headers"], b"origin"):
            allow_origin(resp, origin)

    def _form(self, req: Request) -> str:
        """Choose the form of an answer: the address's, or what is asked for instead."""
        form = self._media_types.get(_address(req), "")
        if form.startswith(("image/", "application/json")):
            return form
        if len(req.accept) > _MAX_ACCEPT_LENGTH:
            return form
        preferred = req.client_prefers(_MEDIA_TYPES) or ""
        return form if preferred.startswith("text/") else preferred or form


def _path(req: Request) -> bytes:
    """Return the path of a request, as it was sent."""
    path: bytes = req.scope.get("raw_path") or req.path.encode()
    return path


def _allowed(error: falcon.HTTPError) -> str:
    """Name the methods that an address takes."""
    *most, last = dict(error.headers or {})["Allow"].split(", ")
    return f"{', '.join(most)} and {last}" if most else last


def _address(req: Request) -> str:
    """Return the address of the resource that was asked, where there is one."""
    return req.uri_template or req.path
