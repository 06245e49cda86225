"""Reads requests: httptools parses, this makes ASGI scopes of what it finds.

Invariants:

1. What is no valid HTTP/1.0 or 1.1 request raises `httptools.HttpParserError` in
   `feed`, and nothing of it is delivered; llhttp, in its strict mode, is the judge.
2. Requests are delivered whole, each once, in the order in which they came.
"""

from collections.abc import Callable
from typing import Any
from urllib.parse import unquote

import httptools

Scope = dict[str, Any]

_VERSIONS = ("1.0", "1.1")


class RequestReader:
    """Finds the requests in one client's bytes.

    Attributes:
        feed: Takes the next bytes; raises `httptools.HttpParserError`, or
            `httptools.HttpParserUpgrade` after a request that offers another protocol.
        pending: The scope of a request of which the body, or its end, has not come yet.
    """

    def __init__(
        self,
        connection: Scope,
        state: dict[str, Any],
        deliver: Callable[[Scope, bytes, bool], None],
    ) -> None:
        """Prepare for the first request.

        Args:
            connection: The part of the scope that all requests share.
            state: The ASGI lifespan state.
            deliver: Called with each request: its scope, its body, and whether the
                client may send another one.
        """
        self._connection = connection
        self._state = state
        self._deliver = deliver
        self._url = self._body = b""
        self._headers: list[tuple[bytes, bytes]] = []
        self.pending: Scope = {}
        self._parser = httptools.HttpRequestParser(self)
        self.feed: Callable[[bytes | memoryview], None] = self._parser.feed_data

    def close(self) -> None:
        """Break the reference cycles: the collector of garbage hardly ever runs."""
        del self._parser, self.feed, self._deliver

    def take_expectation(self) -> bool:
        """Tell, once, whether the client waits to be asked for the body it announced."""
        if self.pending.get("http_version") == "1.1":
            headers = self.pending["headers"]
            for header in headers:
                if header[0] == b"expect" and header[1].lower() == b"100-continue":
                    headers.remove(header)
                    return True
        return False

    # What the parser calls.

    def on_url(self, url: bytes) -> None:
        """Collect the target, or a part of it."""
        self._url += url

    def on_header(self, name: bytes, value: bytes) -> None:
        """Collect a header."""
        self._headers.append((name.lower(), value))

    def on_headers_complete(self) -> None:
        """Make the scope."""
        if "http_version" not in self._connection:
            # PERF: asked once a connection (0.9 us); clients do not change theirs.
            self._check_version(self._parser.get_http_version())
        self.pending = scope = self._connection.copy()
        scope["method"] = self._parser.get_method().decode()
        scope["headers"] = self._headers
        self._headers = []  # trailers come here, and are dropped
        _locate(scope, self._url)
        self._url = b""
        if self._state:
            scope["state"] = self._state.copy()

    def on_body(self, body: bytes) -> None:
        """Collect a piece of the body."""
        self._body += body

    def on_message_complete(self) -> None:
        """Deliver the request."""
        scope, body = self.pending, self._body
        self.pending, self._body = {}, b""
        if self._headers:
            self._headers = []
        parser = self._parser
        keep_alive = parser.should_keep_alive() and not parser.should_upgrade()
        self._deliver(scope, body, keep_alive)

    def _check_version(self, version: str) -> None:
        if version not in _VERSIONS:
            raise ValueError(version)
        if version == "1.0" and any(
            n == b"transfer-encoding" for n, _ in self._headers
        ):
            # APPSEC: a proxy that speaks 1.0 would see the end of the body elsewhere.
            raise ValueError(version)
        self._connection["http_version"] = version


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
