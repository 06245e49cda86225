"""Reads requests: httptools parses, this makes ASGI scopes of what it finds.

Invariants:

1. What is no valid HTTP/1.0 or 1.1 request raises `httptools.HttpParserError` in
   `feed`, and nothing of it is delivered; llhttp, in its strict mode, is the judge of
   what it looks at, and `hitsvc.http1.fields` of the rest.
2. Requests are delivered whole, each once, in the order in which they came.
3. Each is judged by itself: nothing of one is taken for the next.
"""

from collections.abc import Callable
from http import HTTPStatus
from typing import Any
from urllib.parse import unquote

import httptools

from hitsvc.http1.fields import (
    CONNECTION,
    HOST,
    METHODS,
    PROXY_CONNECTION,
    Fields,
    Refused,
    check_target,
    check_version,
    the_host,
    values,
)

Scope = dict[str, Any]

_trim = bytes.rstrip  # llhttp takes the space before a value, and leaves that after it
_SLASH = 0x2F
_BETWEEN = b"\n"  # what no field contains


class RequestReader:
    """Finds the requests in one client's bytes.

    Attributes:
        feed: Takes the next bytes; raises `httptools.HttpParserError`, or
            `httptools.HttpParserUpgrade` after a request that offers another protocol.
        pending: The scope of a request of which the body, or its end, has not come yet.
    """

    __slots__ = (
        "_body",
        "_connection",
        "_deliver",
        "_fields",
        "_host",
        "_is_awaited",
        "_keep_alive",
        "_length",
        "_most",
        "_parked",
        "_parser",
        "_state",
        "_url",
        "feed",
        "pending",
    )

    def __init__(
        self,
        connection: Scope,
        state: dict[str, Any],
        deliver: Callable[[Scope, bytes, bool], None],
        most_fields: int,
    ) -> None:
        """Prepare for the first request.

        Args:
            connection: The part of the scope that all requests share.
            state: The ASGI lifespan state.
            deliver: Called with each request: its scope, its body, and whether the
                client may send another one.
            most_fields: The header fields that a request may have.
        """
        self._connection = {**connection, "http_version": "1.1"}
        self._state = state
        self._deliver = deliver
        self._most = 2 * most_fields
        self._host: bytes | None = None
        self.restart()

    def restart(self) -> None:
        """Forget what has come of a request."""
        self._url = self._body = self._parked = b""
        self._fields: Fields = []
        self._length: int | None = None
        self._keep_alive = self._is_awaited = False
        self.pending: Scope = {}
        self._parser = httptools.HttpRequestParser(self)
        self.feed: Callable[[bytes], None] = self._parser.feed_data

    def close(self) -> None:
        """Break the reference cycles: the collector of garbage hardly ever runs."""
        del self._parser, self.feed, self._deliver

    # While a request is waited for.

    def park(self) -> bool:
        """Keep what has come of a request as few bytes: 2 for a field, not 150.

        Returns:
            Whether there are no more fields than there may be.
        """
        if self.pending:
            self._fields.clear()  # trailers
            if "headers" in self.pending:
                fields = [part for pair in self.pending.pop("headers") for part in pair]
                if self.pending["http_version"] == "1.1":
                    self._is_awaited = _take_expectation(fields)
                self._length = _length(fields)
                self._parked = _BETWEEN.join(fields)
        elif self._fields:
            new = _BETWEEN.join(self._fields)
            self._parked = self._parked + _BETWEEN + new if self._parked else new
            self._fields.clear()
            return self._parked.count(_BETWEEN) < self._most
        return True

    @property
    def body_left(self) -> int | None:
        """What is left of the body of a request that was parked, if that is known."""
        return None if self._length is None else self._length - len(self._body)

    def take_expectation(self) -> bool:
        """Tell, once, whether the client waits to be asked for the body it announced."""
        expects, self._is_awaited = self._is_awaited, False
        return expects

    # What the parser calls.

    def on_url(self, url: bytes) -> None:
        """Collect the target, or a part of it."""
        self._url += url

    def on_header(self, name: bytes, value: bytes) -> None:
        """Collect a header."""
        self._fields += (name.lower(), value)

    def on_headers_complete(self) -> None:
        """Judge the head, and make the scope."""
        fields, parser = self._fields, self._parser
        if self._parked:
            fields = [*self._parked.split(_BETWEEN), *fields]
            self._parked = b""
        names = fields[::2]
        self.pending = scope = self._connection.copy()
        keep_alive = parser.should_keep_alive()
        if not keep_alive or CONNECTION in names or PROXY_CONNECTION in names:
            # Else it is HTTP/1.1: llhttp keeps no other connection without these fields.
            # PERF: to ask for the version takes 0.9 us.
            scope["http_version"] = version = parser.get_http_version()
            check_version(version, names)
            keep_alive = keep_alive and not parser.should_upgrade()
        self._keep_alive = keep_alive
        if len(fields) > self._most:
            raise Refused(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE)
        if names.count(HOST) != 1 or fields[0] != HOST or fields[1] != self._host:
            self._host = the_host(fields, scope["http_version"])
        scope["method"] = method = METHODS.get(parser.get_method())
        if method is None:
            raise Refused(HTTPStatus.NOT_IMPLEMENTED)
        if self._url[0] != _SLASH:
            check_target(self._url, method)
        scope["headers"] = list(zip(names, map(_trim, fields[1::2]), strict=True))
        self._fields = []  # trailers come here, and are dropped

    def on_body(self, body: bytes) -> None:
        """Collect a piece of the body."""
        self._body += body

    def on_message_complete(self) -> None:
        """Deliver the request."""
        scope, body, url = self.pending, self._body, self._url
        self.pending, self._body, self._url = {}, b"", b""
        if self._parked:
            self._unpark(scope)
        elif self._fields:
            self._fields = []
        _locate(scope, url)
        if self._state:
            scope["state"] = self._state.copy()
        self._deliver(scope, body, self._keep_alive)

    def _unpark(self, scope: Scope) -> None:
        fields = self._parked.split(_BETWEEN)
        scope["headers"] = list(zip(fields[::2], fields[1::2], strict=True))
        self._parked, self._length, self._fields = b"", None, []
        self._is_awaited = False


def _take_expectation(fields: Fields) -> bool:
    """Take out what asks us to ask for the body, if it is there."""
    for at in range(0, len(fields), 2):
        if fields[at] == b"expect" and fields[at + 1].lower() == b"100-continue":
            del fields[at : at + 2]
            return True
    return False


def _length(fields: Fields) -> int | None:
    """Return the length that a body is announced with."""
    found = values(fields, b"content-length")
    return int(found[0]) if found else None


def _locate(scope: Scope, target: bytes) -> None:
    """Take a request target apart."""
    if target.startswith(b"/"):
        path, _, query = target.partition(b"?")
    else:  # absolute-form, as sent to a proxy, or "*"
        url = httptools.parse_url(target)
        path, query = url.path or b"/", url.query or b""
    text = path.decode()
    scope["path"] = unquote(text) if "%" in text else text
    scope["raw_path"] = path
    scope["query_string"] = query
