"""The HTTP/1.1 server protocol: one client's connection.

It stands where uvicorn's own protocol would, which spends on a small response more
than Falcon does on the whole request: two writes, two regular expressions a header, a
task, a timer and an event a request. What differs for clients:

- A request is handed to the app when all of it has arrived, which bounds how long and
  how much a slow client can hold (`Limits`).
- A client that hangs up does not cancel the app: a hit on its way is counted.
- What the app's express lane takes is answered without calling the app
  (`hitsvc.http1.express_exchange`).

TLS and default headers are left to the proxy; `limit` bounds the connections.

Invariants:

1. A connection answers its requests one at a time, in order: `_current`, then `_queue`,
   then what `_held` contains. While these wait, no more is read.
2. Nothing is written after the response that closes the connection, and no request
   after the one that closes it is answered.
3. Whoever makes us wait has a `deadline`; we wait for the app as long as it takes.
4. Nothing refers to a request that was answered, or to a connection that ended.
"""

import asyncio
import math
from collections import deque
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

import httptools

from hitsvc.http1.exchange import READY_HEADERS, ASGIApp, Scope, plain_response
from hitsvc.http1.express_exchange import Express, ExpressExchange
from hitsvc.http1.reader import RequestReader

# What is parsed at once: a client that sends requests ahead makes us hold its bytes,
# not the hundred times larger objects that they become.
PIECE_BYTES = 8 * 1024

_ASGI = {"version": "3.0", "spec_version": "2.3"}
_EXTENSIONS: dict[str, dict[str, Any]] = {READY_HEADERS: {}}
_NOTHING = memoryview(b"")
_BODY_TOO_LARGE = HTTPStatus.REQUEST_ENTITY_TOO_LARGE
_HEAD_TOO_LARGE = HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE


@dataclass(frozen=True, slots=True)
class Limits:
    """What one client may ask of us.

    Attributes:
        request_bytes: The size of a request, head and body.
        request_s: Seconds until all of a request must have come.
        unread_s: How long a client may leave what it was sent unread.
    """

    request_bytes: int = 64 * 1024
    request_s: float = 10.0
    unread_s: float = 30.0


_LIMITS = Limits()


class HttpProtocol(asyncio.Protocol):
    """One client's connection. Its constructor is the one uvicorn calls.

    One task calls the app for all of its requests, from the first one that the express
    lane does not take; it ends when the connection does, or with the app.

    Attributes:
        transport: The connection's other side.
        deadline: When `expire` may close the connection, in the loop's time.
    """

    transport: asyncio.Transport
    _reader: RequestReader

    def __init__(
        self,
        config: Any,
        server_state: Any,
        app_state: dict[str, Any],
        _loop: asyncio.AbstractEventLoop | None = None,
        limits: Limits = _LIMITS,
    ) -> None:
        """Prepare for one connection.

        Args:
            config: uvicorn's configuration, loaded.
            server_state: uvicorn's record of connections and tasks.
            app_state: The ASGI lifespan state.
            limits: What the client may ask of us.
        """
        self._limits = limits
        self._app: ASGIApp = config.loaded_app
        self._express: Express | None = getattr(self._app, "express", None)
        self._keep_alive_s: float = config.timeout_keep_alive
        self._server_state = server_state
        self._app_state = app_state
        self._loop = _loop or asyncio.get_running_loop()
        self._current: ExpressExchange | None = None
        self._queue: deque[ExpressExchange] = deque()
        self._held = _NOTHING
        self._partial_bytes = 0
        self._task: asyncio.Task[None] | None = None
        self._arrival: asyncio.Future[None] | None = None
        self._writable: asyncio.Future[None] | None = None
        self._refusal: HTTPStatus | None = None
        self._ending = False  # no more requests are read
        self._closing = False  # and nothing more is written
        self._rests_since = self._loop.time()
        self.deadline = self._rests_since + limits.request_s

    # What the event loop calls.

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Learn who the client is."""
        self.transport = transport  # type: ignore[assignment]
        self._server_state.connections.add(self)
        scope = {
            "type": "http",
            "asgi": _ASGI,
            "server": _address(transport, "sockname"),
            "client": _address(transport, "peername"),
            "scheme": "http",
            "root_path": "",
            "extensions": _EXTENSIONS,
        }
        self._reader = RequestReader(scope, self._app_state, self._take)

    def connection_lost(self, exc: Exception | None) -> None:
        """Let the app end what it does for a client that has gone."""
        self._server_state.connections.discard(self)
        self._stop_reading()
        self._closing = True
        self._queue.clear()
        self._reader.close()
        self.resume_writing()
        if self._arrival is not None:
            self._current = None  # whatever was taken for it, nobody waits for it now
            self._arrival.set_result(None)
        elif self._current is not None and self._task is not None:
            self._current.disconnect()
            # uvicorn waits for these before it ends the lifespan.
            self._server_state.tasks.add(self._task)
            self._task.add_done_callback(self._server_state.tasks.discard)

    def data_received(self, data: bytes | memoryview) -> None:
        """Read requests, or parts of them."""
        if self._ending:
            return
        if len(data) > PIECE_BYTES:
            self._held = memoryview(data)
            self._read_held()
            return
        self._partial_bytes += len(data)
        try:
            self._reader.feed(data)
        except httptools.HttpParserUpgrade:
            pass  # we offer no other protocol: the request is answered as it is
        except httptools.HttpParserError:
            self._refuse(HTTPStatus.BAD_REQUEST)
        if self._partial_bytes or self._reader.pending:
            self._await_rest(is_new=self._partial_bytes == len(data))

    def eof_received(self) -> bool:
        """Keep the connection open while a client that sends no more is answered.

        One that has gone looks the same: it is found out when it is written to.
        """
        self._stop_reading()
        return self._current is not None

    def pause_writing(self) -> None:
        """Note that the client does not read what it is sent."""
        self._writable = self._loop.create_future()
        self.deadline = self._loop.time() + self._limits.unread_s

    def resume_writing(self) -> None:
        """Note that it does again."""
        if self._writable is not None:
            self._writable.set_result(None)
            self._writable = None
            if not self._closing:
                self.deadline = math.inf

    # What the server and the worker call.

    def shutdown(self) -> None:
        """Close when the request at hand, if any, has been answered."""
        if self._current is None:
            self._close()
            self.transport.close()  # even if a refused client is still sending
        else:
            self._current.keep_alive = False

    def expire(self, now: float) -> None:
        """Drop a client that has made us wait for too long."""
        if now >= self.deadline:
            self.drop()

    def drop(self) -> None:
        """End the connection at once."""
        self._stop_reading()
        self._closing = True
        self.transport.abort()  # `close` would wait for the client to read

    @property
    def idle_since(self) -> float | None:
        """Since when the client asks for nothing, in the loop's time; None if it does."""
        if (
            self._current
            or self._closing
            or self._partial_bytes
            or self._reader.pending
        ):
            return None
        return self._rests_since

    # Reading.

    def _take(self, scope: Scope, body: bytes, keep_alive: bool) -> None:
        """Answer a request, now or when those before it have been answered."""
        self._partial_bytes = 0
        if not keep_alive:
            self._stop_reading()
        exchange = ExpressExchange(self, scope, body, keep_alive)
        if self._current is not None:
            self._queue.append(exchange)
            self.transport.pause_reading()
            return
        self._current = exchange
        self.deadline = math.inf
        if self._express is None or not exchange.take(self._express, self._settle):
            self._wake()

    def _await_rest(self, *, is_new: bool) -> None:
        """Bound a request of which a part has come, and ask for its body if need be."""
        if self._partial_bytes > self._limits.request_bytes:
            in_body = bool(self._reader.pending)
            self._refuse(_BODY_TOO_LARGE if in_body else _HEAD_TOO_LARGE)
        elif self._current is None and not self._ending:
            if is_new:
                self.deadline = self._loop.time() + self._limits.request_s
            if self._reader.take_expectation():
                self.transport.write(b"HTTP/1.1 100 Continue\r\n\r\n")

    def _read_held(self) -> None:
        """Parse what came at once, piece by piece, until a request has to wait."""
        while self._held and not self._queue:
            piece, self._held = self._held[:PIECE_BYTES], self._held[PIECE_BYTES:]
            self.data_received(piece)

    def _stop_reading(self) -> None:
        self._ending = True
        self._held = _NOTHING

    def _refuse(self, status: HTTPStatus) -> None:
        """Answer what is no request, after those that were; then close."""
        if self._ending:
            return
        self._stop_reading()
        self._refusal = status
        if self._current is None:
            self._close()

    # Answering.

    async def drain(self) -> None:
        """Wait while the client does not read what it was sent."""
        if self._writable is not None:
            await asyncio.shield(self._writable)

    def _settle(self, future: asyncio.Future[Any]) -> None:
        """Answer the request that the express lane took."""
        exchange = self._current
        if exchange is None or self._closing:  # the client has gone
            if not future.cancelled():
                future.exception()  # or asyncio would log that nobody asked for it
            return
        answered = exchange.settle()
        if (
            answered
            and exchange.keep_alive
            and self._writable is None
            and not (self._queue or self._held or self._ending)
        ):
            self._server_state.total_requests += 1
            self._current = None
            self._rest()
        else:
            self._wake()

    def _wake(self) -> None:
        """Let the task go on with the request at hand, or with what follows its answer."""
        if self._arrival is not None:
            self._arrival.set_result(None)
            self._arrival = None
        else:
            self._task = self._loop.create_task(self._serve())

    async def _serve(self) -> None:
        """Answer one request after the other."""
        try:
            while self._current is not None:
                await self._current.run(self._app)
                self._server_state.total_requests += 1
                if self._writable is not None:
                    await self.drain()
                if not self._current.keep_alive:
                    self._refusal = None  # nothing may follow
                    break
                self._current = self._next() if self._queue or self._held else None
                if self._current is None and not self._ending:
                    self._rest()
                    self._arrival = self._loop.create_future()
                    await self._arrival
        finally:
            self._current = None
            self._close()

    def _next(self) -> ExpressExchange | None:
        """Return the next of the requests that were sent ahead, if it is complete."""
        if not self._queue:
            self._read_held()
        exchange = self._queue.popleft() if self._queue else None
        if not self._queue and not self._held:
            self.transport.resume_reading()
        return exchange

    def _rest(self) -> None:
        """Wait for the next request, or for the rest of it."""
        self._rests_since = self._loop.time()
        self.deadline = self._rests_since + self._keep_alive_s
        if self._partial_bytes or self._reader.pending:
            self._await_rest(is_new=True)

    def _close(self) -> None:
        """End the connection when the client has read what it was sent."""
        if self._closing:
            return
        self._stop_reading()
        self._closing = True
        self.deadline = self._loop.time() + self._limits.unread_s
        if self._refusal is None:
            self.transport.close()
            return
        self.transport.write(plain_response(self._refusal))
        # A client that is still sending would get a reset, not the answer, if we
        # closed now: what it sends is discarded until it ends, or the time is over.
        self.transport.write_eof()
        self.transport.resume_reading()


def _address(transport: asyncio.BaseTransport, which: str) -> tuple[str, int] | None:
    """Return an end's host and port; ``None`` for a unix socket."""
    address = transport.get_extra_info(which)
    return (str(address[0]), int(address[1])) if isinstance(address, tuple) else None
