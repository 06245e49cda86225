"""The HTTP/1.1 server protocol: httptools parses, one write answers.

It stands where uvicorn's own protocol would, which spends on a small response more
than Falcon does on the whole request: two writes, two regular expressions a header, a
timer and an event a request. What differs for clients:

- A request is handed to the app when all of it has arrived, which bounds how long and
  how much a slow client can hold (`MAX_REQUEST_BYTES`, `REQUEST_TIMEOUT_S`).
- A client that hangs up does not cancel the app: a hit on its way is counted.

Invariants:

1. A connection answers its requests one at a time, in order; what arrives meanwhile
   waits, and no more is read than one read's worth.
2. A response is written once, head and body together, unless the app streams it.
3. Nothing is written after the response that closes the connection.
"""

import asyncio
import logging
from collections import deque
from collections.abc import Awaitable, Callable
from http import HTTPStatus
from typing import Any
from urllib.parse import quote_from_bytes, unquote

import httptools

log = logging.getLogger(__name__)

MAX_REQUEST_BYTES = 64 * 1024
REQUEST_TIMEOUT_S = 10.0

Message = dict[str, Any]
ASGIApp = Callable[
    [
        dict[str, Any],
        Callable[[], Awaitable[Message]],
        Callable[[Message], Awaitable[None]],
    ],
    Awaitable[None],
]

_STATUS_LINES = {
    status.value: f"HTTP/1.1 {status.value} {status.phrase}\r\n".encode()
    for status in HTTPStatus
}
_BODILESS = frozenset([204, 304])
_ASGI = {"version": "3.0", "spec_version": "2.3"}
_NO_BODY: Message = {"type": "http.request", "body": b"", "more_body": False}
_DISCONNECT: Message = {"type": "http.disconnect"}
# Everything that may stand in a request target as it is.
_TARGET_CHARS = "".join(map(chr, range(0x21, 0x7F)))


class HttpProtocol(asyncio.Protocol):
    """One client's connection. Its constructor is the one uvicorn calls.

    Attributes:
        deadline: When `expire` may close the connection, in the loop's time.
    """

    def __init__(
        self,
        config: Any,
        server_state: Any,
        app_state: dict[str, Any],
        _loop: asyncio.AbstractEventLoop | None = None,
    ) -> None:
        """Prepare for one connection.

        Args:
            config: uvicorn's configuration, loaded.
            server_state: uvicorn's record of connections and tasks.
            app_state: The ASGI lifespan state.
        """
        self._app: ASGIApp = config.loaded_app
        self._keep_alive_s: float = config.timeout_keep_alive
        self._server_state = server_state
        self._app_state = app_state
        self._loop = _loop or asyncio.get_running_loop()
        self._parser = httptools.HttpRequestParser(self)
        self._waiting: deque[_Exchange] = deque()
        self._current: _Exchange | None = None
        self._task: asyncio.Task[None] | None = None
        self._closing = False
        self._partial_bytes = 0
        self._unpaused: asyncio.Future[None] | None = None
        self._url = self._body = b""
        self._headers: list[tuple[bytes, bytes]] = []
        self.deadline = self._loop.time() + REQUEST_TIMEOUT_S

    # What the event loop calls.

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport: asyncio.Transport = transport  # type: ignore[assignment]
        self._server_state.connections.add(self)
        secure = transport.get_extra_info("sslcontext") is not None
        self._scope: dict[str, Any] = {
            "type": "http",
            "asgi": _ASGI,
            "http_version": "1.1",
            "server": _address(transport, "sockname"),
            "client": _address(transport, "peername"),
            "scheme": "https" if secure else "http",
            "root_path": "",
        }

    def connection_lost(self, exc: Exception | None) -> None:
        self._server_state.connections.discard(self)
        self._closing = True
        self._waiting.clear()
        self.resume_writing()
        if self._current is not None:
            self._current.disconnect()
        if self._task is not None and not self._task.done():
            # uvicorn waits for these before it ends the lifespan.
            self._server_state.tasks.add(self._task)
            self._task.add_done_callback(self._server_state.tasks.discard)

    def data_received(self, data: bytes) -> None:
        if self._closing:
            return
        if self._partial_bytes == 0 and self._current is None:
            self.deadline = self._loop.time() + REQUEST_TIMEOUT_S
        self._partial_bytes += len(data)
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserUpgrade:
            pass  # we offer no other protocol: the request is answered as it is
        except httptools.HttpParserError:
            self._refuse(HTTPStatus.BAD_REQUEST)
        else:
            if self._partial_bytes > MAX_REQUEST_BYTES:
                self._refuse(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE)
        if self._waiting:
            self._transport.pause_reading()

    def eof_received(self) -> None:
        """Let the transport close; an answer on its way is given up."""

    def pause_writing(self) -> None:
        self._unpaused = self._loop.create_future()
        self._transport.pause_reading()

    def resume_writing(self) -> None:
        if self._unpaused is not None:
            if not self._unpaused.done():
                self._unpaused.set_result(None)
            self._unpaused = None
            if not self._closing and not self._waiting:
                self._transport.resume_reading()

    # What the parser calls.

    def on_message_begin(self) -> None:
        self._url = self._body = b""
        self._headers = []

    def on_url(self, url: bytes) -> None:
        self._url += url

    def on_header(self, name: bytes, value: bytes) -> None:
        self._headers.append((name.lower(), value))

    def on_headers_complete(self) -> None:
        if (b"expect", b"100-continue") in self._headers:
            self._transport.write(b"HTTP/1.1 100 Continue\r\n\r\n")

    def on_body(self, body: bytes) -> None:
        self._body += body

    def on_message_complete(self) -> None:
        self._partial_bytes = 0
        parser = self._parser
        scope = self._scope.copy()
        if (version := parser.get_http_version()) != "1.1":
            scope["http_version"] = version
        scope["method"] = parser.get_method().decode("ascii")
        scope["headers"] = self._headers
        _locate(scope, self._url)
        if self._app_state:
            scope["state"] = self._app_state.copy()
        keep_alive = parser.should_keep_alive() and not parser.should_upgrade()
        exchange = _Exchange(self, scope, self._body, keep_alive)
        if self._current is None:
            self._start(exchange)
        else:
            self._waiting.append(exchange)

    # What the server and the worker call.

    def shutdown(self) -> None:
        """Close when the request at hand, if any, has been answered."""
        if self._current is None:
            self._close()
        else:
            self._current.keep_alive = False

    def expire(self, now: float) -> None:
        """Close a connection on which nothing has happened for too long."""
        if self._current is None and now >= self.deadline:
            self._closing = True
            self._transport.abort()  # a client that does not read is not waited for

    # What an exchange calls.

    def write(self, data: bytes) -> None:
        """Send bytes, unless the client has gone."""
        if not self._closing:
            self._transport.write(data)

    async def drain(self) -> None:
        """Wait while the client does not read what it was sent."""
        if self._unpaused is not None:
            await self._unpaused

    def finish(self, keep_alive: bool) -> None:
        """End the exchange at hand and begin the next."""
        self._server_state.total_requests += 1
        self._current = None
        if not keep_alive:
            self._close()
        elif self._waiting:
            self._start(self._waiting.popleft())
            if not self._waiting and self._unpaused is None:
                self._transport.resume_reading()
        else:
            self.deadline = self._loop.time() + self._keep_alive_s

    def _start(self, exchange: "_Exchange") -> None:
        self._current = exchange
        self._task = self._loop.create_task(exchange.run(self._app))

    def _refuse(self, status: HTTPStatus) -> None:
        """Answer what is no request, unless an answer is on its way; then close."""
        if self._current is None:
            self.write(_plain(status))
            self._close()
        else:
            self._current.keep_alive = False
            self._waiting.clear()

    def _close(self) -> None:
        self._closing = True
        self._transport.close()


class _Exchange:
    """One request and its response: ASGI's ``receive`` and ``send``."""

    __slots__ = (
        "_body",
        "_chunked",
        "_disconnected",
        "_done",
        "_ended",
        "_protocol",
        "_received",
        "_scope",
        "_start",
        "_streaming",
        "keep_alive",
    )

    def __init__(
        self,
        protocol: HttpProtocol,
        scope: dict[str, Any],
        body: bytes,
        keep_alive: bool,
    ) -> None:
        self._protocol = protocol
        self._scope = scope
        self._body = body
        self.keep_alive = keep_alive
        self._received = self._disconnected = self._done = False
        self._streaming = self._chunked = False
        self._start: Message | None = None
        self._ended: asyncio.Future[None] | None = None

    async def run(self, app: ASGIApp) -> None:
        """Call the app, and answer for it if it fails."""
        try:
            await app(self._scope, self.receive, self.send)
        except Exception:
            log.exception("the app failed")
        if not self._done and not self._disconnected:
            self._give_up()

    async def receive(self) -> Message:
        """Return the whole request, then wait until it is over."""
        if not self._received:
            self._received = True
            if not self._body:
                return _NO_BODY
            return {"type": "http.request", "body": self._body, "more_body": False}
        if not self._disconnected and not self._done:
            if self._ended is None:
                self._ended = asyncio.get_running_loop().create_future()
            await asyncio.shield(self._ended)
        return _DISCONNECT

    async def send(self, message: Message) -> None:
        """Take the response's head, then its body in one piece or several."""
        if self._disconnected:
            return
        if message["type"] == "http.response.start":
            self._start = message
            return
        if self._start is None or self._done:
            msg = "a response is one start, then its body"
            raise RuntimeError(msg)
        body = message.get("body", b"")
        if message.get("more_body", False) or self._streaming:
            await self._stream(body, last=not message.get("more_body", False))
            return
        head = self._head(self._start, len(body))
        self._protocol.write(head + body if self._has_body() else head)
        self._finish()

    def disconnect(self) -> None:
        """Note that the client has gone."""
        self._disconnected = True
        self._end()

    async def _stream(self, body: bytes, *, last: bool) -> None:
        pieces = []
        if not self._streaming:
            self._streaming = True
            pieces.append(self._head(self._start or {}, None))
        if self._has_body():
            if not self._chunked:
                pieces.append(body)
            elif body:
                pieces.append(b"%x\r\n%b\r\n" % (len(body), body))
            if self._chunked and last:
                pieces.append(b"0\r\n\r\n")
        self._protocol.write(b"".join(pieces))
        if last:
            self._finish()
        else:
            await self._protocol.drain()

    def _has_body(self) -> bool:
        status = self._start["status"] if self._start else 500
        return self._scope["method"] != "HEAD" and status not in _BODILESS

    def _head(self, start: Message, length: int | None) -> bytes:
        """Render the status line and the headers.

        Args:
            start: The ``http.response.start`` message.
            length: Bytes of body, or ``None`` if it comes in pieces.
        """
        headers: list[tuple[bytes, bytes]] = start.get("headers", [])
        names = {name for name, _ in headers}
        status: int = start["status"]
        lines = [b"%b: %b\r\n" % pair for pair in headers]
        if b"connection" in names:
            self.keep_alive = False
        elif not self.keep_alive:
            lines.append(b"connection: close\r\n")
        elif self._scope["http_version"] == "1.0":
            lines.append(b"connection: keep-alive\r\n")
        if b"content-length" not in names and self._has_body():
            if length is not None:
                lines.append(b"content-length: %d\r\n" % length)
            elif self._scope["http_version"] == "1.1":
                self._chunked = True
                lines.append(b"transfer-encoding: chunked\r\n")
            else:  # the end of the connection is the end of the body
                self.keep_alive = False
        block = b"".join(lines)
        if block.count(b"\n") != len(lines) or block.count(b"\r") != len(lines):
            msg = "a response header contains a line break"
            raise ValueError(msg)
        return b"%b%b\r\n" % (_STATUS_LINES[status], block)

    def _give_up(self) -> None:
        """End a response that the app did not: 500 if nothing of it was sent."""
        if not self._streaming:
            self._protocol.write(_plain(HTTPStatus.INTERNAL_SERVER_ERROR))
        self.keep_alive = False
        self._finish()

    def _finish(self) -> None:
        self._done = True
        self._end()
        self._protocol.finish(self.keep_alive)

    def _end(self) -> None:
        if self._ended is not None and not self._ended.done():
            self._ended.set_result(None)


def _plain(status: HTTPStatus) -> bytes:
    """Render a whole response that says only its status, and that it is the last."""
    line = f"{status.phrase}\n".encode()
    return (
        _STATUS_LINES[status]
        + b"content-type: text/plain; charset=utf-8\r\n"
        + b"content-length: %d\r\nconnection: close\r\n\r\n" % len(line)
        + line
    )


def _address(transport: asyncio.BaseTransport, which: str) -> tuple[str, int] | None:
    """Return an end's host and port; ``None`` for a unix socket."""
    address = transport.get_extra_info(which)
    return (str(address[0]), int(address[1])) if isinstance(address, tuple) else None


def _locate(scope: dict[str, Any], target: bytes) -> None:
    """Take a request target apart.

    People and old clients send characters that should be escaped; they mean their
    UTF-8, so that is what the app gets.
    """
    if not target.isascii():
        target = quote_from_bytes(target, safe=_TARGET_CHARS).encode()
    if target.startswith(b"/"):
        path, _, query = target.partition(b"?")
    else:  # absolute-form, as sent to a proxy
        url = httptools.parse_url(target)
        path, query = url.path or b"/", url.query or b""
    text = path.decode("ascii")
    scope["path"] = unquote(text) if "%" in text else text
    scope["raw_path"] = path
    scope["query_string"] = query
