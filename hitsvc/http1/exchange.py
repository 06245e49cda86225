"""One request and its response: ASGI's ``receive`` and ``send``.

Invariants:

1. A response is written once, head and body together, unless the app streams it.
2. What is announced is what is sent: a body of another length than its
   ``content-length``, or a header with a line break in it, is the app's error.
3. A response that does not end as announced is the last of its connection.

The app is trusted to follow ASGI in what no client can influence: header names are in
lower case, and ``transfer-encoding`` is ours.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from http import HTTPStatus
from typing import Any
from typing import Protocol as Interface

from hitsvc.http1.date import DateField
from hitsvc.http1.ready_headers import ReadyHeaders
from hitsvc.http1.response_head import (
    STATUS_LINES,
    connection_field,
    join_head,
    plain_response,
)

log = logging.getLogger(__name__)

Message = dict[str, Any]
Scope = dict[str, Any]
ASGIApp = Callable[
    [Scope, Callable[[], Awaitable[Message]], Callable[[Message], Awaitable[None]]],
    Awaitable[None],
]

# ASGI extension: the app may put a `ReadyHeaders` into the scope under this name; they
# are sent with the response, but for those that it sets itself.
READY_HEADERS = "hitsvc.ready_headers"

_BODILESS = frozenset([204, 304])
_NONE_READY = ReadyHeaders([])


class Connection(Interface):
    """What an exchange needs to know of its connection."""

    @property
    def transport(self) -> asyncio.WriteTransport:
        """Where the response is written to."""

    @property
    def date(self) -> DateField:
        """The time, for the response."""

    @property
    def writable(self) -> asyncio.Future[None] | None:
        """What to wait for while the client does not read what it was sent."""


class Exchange:
    """One request and its response.

    Attributes:
        keep_alive: The connection outlives this exchange; final when `run` returns.
        scope: The request's ASGI scope.
    """

    _start: Message | None = None
    _ended: asyncio.Future[None] | None = None
    _received = False
    _disconnected = False
    _done = False
    _ready = b""
    # Of streams:
    _streaming = False
    _chunked = False
    _bytes_left: int | None = None

    def __init__(
        self, connection: Connection, scope: Scope, body: bytes, keep_alive: bool
    ) -> None:
        """Take a request.

        Args:
            connection: Where it came from.
            scope: Its ASGI scope.
            body: Its body.
            keep_alive: The client may send another request.
        """
        self._connection = connection
        self.scope = scope
        self._body = body
        self.keep_alive = keep_alive

    async def run(self, app: ASGIApp) -> None:
        """Call the app; answer for it if it fails."""
        try:
            await app(self.scope, self.receive, self.send)
            if not self._done:
                log.error("the app ended before its response")
        except Exception:
            log.exception("the app failed")
        finally:  # also if it was cancelled
            if not self._done:
                self._give_up()

    async def receive(self) -> Message:
        """Return the whole request, then wait until the exchange is over."""
        if not self._received:
            self._received = True
            return {"type": "http.request", "body": self._body, "more_body": False}
        if not self._done:
            if self._ended is None:
                self._ended = asyncio.get_running_loop().create_future()
            await asyncio.shield(self._ended)
        return {"type": "http.disconnect"}

    async def send(self, message: Message) -> None:
        """Take the response's head, then its body in one piece or several."""
        if self._disconnected:
            return
        if message["type"] == "http.response.start":
            if self._start is not None:
                msg = "a response starts once"
                raise RuntimeError(msg)
            self._start = message
            return
        if self._start is None or self._done:
            msg = "a response is one start, then its body"
            raise RuntimeError(msg)
        body = message.get("body", b"")
        more = message.get("more_body", False)
        if more or self._streaming:
            await self._stream(self._start, body, more=more)
        else:
            self._respond(self._start, body)

    def disconnect(self) -> None:
        """Note that the client has gone."""
        self._disconnected = True
        self._finish()

    def _respond(self, start: Message, body: bytes) -> None:
        """Send a whole response at once."""
        length = len(body)
        head, declared = self._render(start)
        if self._may_have_body(start["status"]):
            if declared is None:
                head.append(b"content-length: %d" % length)
            elif int(declared) != length:
                msg = f"the body has {length} bytes, not {int(declared)}"
                raise ValueError(msg)
        else:
            body = b""
        self._connection.transport.write(join_head(head, self._ready) + body)
        self._finish()

    async def _stream(self, start: Message, body: bytes, *, more: bool) -> None:
        """Send a piece of the response."""
        pieces = []
        if not self._streaming:
            pieces.append(self._begin_stream(start))
            self._streaming = True
        if self._chunked:
            if body:
                pieces.append(b"%x\r\n%b\r\n" % (len(body), body))
            if not more:
                pieces.append(b"0\r\n\r\n")
        elif self._may_have_body(start["status"]):
            self._count_down(len(body), more=more)
            pieces.append(body)
        self._connection.transport.write(b"".join(pieces))
        if more:
            if (writable := self._connection.writable) is not None:
                await asyncio.shield(writable)
        else:
            self._finish()

    def _begin_stream(self, start: Message) -> bytes:
        """Render the head, and decide how the client will know the body's end."""
        head, declared = self._render(start)
        if self._may_have_body(start["status"]):
            if declared is not None:
                self._bytes_left = int(declared)
            elif self.scope["http_version"] == "1.1":
                self._chunked = True
                head.append(b"transfer-encoding: chunked")
            elif self.keep_alive:  # the end of the connection is the end of the body
                self.keep_alive = False
                head[head.index(b"connection: keep-alive")] = b"connection: close"
        return join_head(head, self._ready)

    def _count_down(self, sent: int, *, more: bool) -> None:
        """Check a piece of the body against the ``content-length``, if there is one."""
        if self._bytes_left is not None:
            self._bytes_left -= sent
            if self._bytes_left < 0 or (self._bytes_left and not more):
                msg = (
                    f"the body is not as long as announced: {-self._bytes_left:+} bytes"
                )
                raise ValueError(msg)

    def _may_have_body(self, status: int) -> bool:
        return self.scope["method"] != "HEAD" and status not in _BODILESS

    def _render(self, start: Message) -> tuple[list[bytes], bytes | None]:
        """Return the lines of the head, and the app's ``content-length``, if any."""
        # PERF: no Python for each header: 68 bytecodes a hit instead of 128.
        headers = start.get("headers", ())
        own = dict(headers)
        lines = [STATUS_LINES[start["status"]], *map(b": ".join, headers)]
        ready = self.scope.get(READY_HEADERS, _NONE_READY)
        if ready.names.isdisjoint(own):
            self._ready = ready.block
        else:
            self._ready = ready.block_without(ready.names.intersection(own))
        if b"date" not in own:
            self._ready += self._connection.date.line
        if b"connection" in own:
            self.keep_alive = False
        elif field := connection_field(self.scope, keep_alive=self.keep_alive):
            lines.append(field)
        return lines, own.get(b"content-length")

    def _give_up(self) -> None:
        """End a response that the app did not: 500 if nothing of it was sent."""
        self.keep_alive = False
        if not self._streaming:
            write = self._connection.transport.write
            date = self._connection.date.line
            write(plain_response(HTTPStatus.INTERNAL_SERVER_ERROR, date))
        self._finish()

    def _finish(self) -> None:
        self._done = True
        if self._ended is not None and not self._ended.done():
            self._ended.set_result(None)
