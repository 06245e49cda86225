"""The HTTP/1.1 server protocol: one client's connection.

It stands where uvicorn's own protocol would, which spends on a small response more
than Falcon does on the whole request: two writes, two regular expressions a header, a
task, a timer and an event a request. What differs for clients:

- A request is handed to the app when all of it has arrived, which bounds how long and
  how much a slow client can hold (`Limits`).
- A client that hangs up does not cancel the app: a hit on its way is counted.
- What the app's express lane takes is answered without calling the app
  (`hitsvc.http1.express_exchange`).

TLS and default headers are left to the proxy; `limit` bounds the connections. What a
connection is doing is one of the states of `hitsvc.http1.state`; what leads to which is
written there alone.

Invariants:

1. A connection answers its requests one at a time, in order: `_current` or `_called`,
   then what `_intake` contains. While bytes wait there, no more is read.
2. Nothing is written after the response that closes the connection, and no request
   after the one that closes it is answered.
3. Whoever makes us wait has a `deadline`; we wait for the app as long as it takes.
4. Nothing refers to a request that was answered, or to a connection that ended.
"""

import asyncio
import math
from http import HTTPStatus
from typing import Any

import httptools

from hitsvc.http1.answering import AnsweringProtocol
from hitsvc.http1.date import DateField
from hitsvc.http1.exchange import Scope
from hitsvc.http1.express_exchange import ExpressExchange
from hitsvc.http1.fields import Refused, unknown_method
from hitsvc.http1.intake import HEAD_END
from hitsvc.http1.limits import Limits
from hitsvc.http1.reader import RequestReader
from hitsvc.http1.scope import connection_scope
from hitsvc.http1.state import RESTING

_LIMITS = Limits()
_NO_DATE = DateField()


class HttpProtocol(AnsweringProtocol):
    """One client's connection. Its constructor is the one uvicorn calls."""

    _reader: RequestReader

    def __init__(
        self,
        config: Any,
        server_state: Any,
        app_state: dict[str, Any],
        _loop: asyncio.AbstractEventLoop | None = None,
        limits: Limits = _LIMITS,
        date: DateField = _NO_DATE,
    ) -> None:
        """Prepare for one connection.

        Args:
            config: uvicorn's configuration, loaded.
            server_state: uvicorn's record of connections and tasks.
            app_state: The ASGI lifespan state.
            limits: What the client may ask of us.
            date: The time, for the responses.
        """
        super().__init__(
            config, server_state, _loop or asyncio.get_running_loop(), limits, date
        )
        self._app_state = app_state
        self._whole = self._intake.whole

    # What the worker calls.

    def retire(self) -> None:
        """Answer one request more, and say that it was the last.

        An idle connection stays open for it: to close it would fail a client that is
        sending at this moment.
        """
        self._reader.deliver = self._take_last

    # What the event loop calls.

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Learn who the client is."""
        self.transport = transport  # type: ignore[assignment]
        self._server_state.connections.add(self)
        self._reader = RequestReader(
            connection_scope(transport),
            self._app_state,
            self._take,
            self._limits.fields,
            getattr(self._express, "reads", frozenset()),
        )

    def connection_lost(self, exc: Exception | None) -> None:
        """Let the app end what it does for a client that has gone."""
        self._server_state.connections.discard(self)
        self._lose()
        self._reader.close()

    def data_received(self, data: bytes) -> None:
        """Read requests, or parts of them."""
        # PERF: nearly always this is one request, and the whole of it. To look first
        # whether it is takes 3 instructions a byte; `_rewind` is for when it was not.
        if (
            self._state is not RESTING
            or len(data) > self._whole
            or not data.endswith(HEAD_END)
        ):
            self._receive(data)
            return
        try:
            self._reader.feed(data)
        except httptools.HttpParserUpgrade:
            pass  # we offer no other protocol: the request is answered as it is
        except httptools.HttpParserError as ex:
            if self._state is not RESTING or not data.isascii():
                self._rewind(data)
            else:
                self._refuse(self._status_of(ex, data))
            return
        if self._state.reads:
            self._intake.count(data)
            self._await_rest(data)
        elif self._reader.pending is not None:
            self._rewind(data)

    def eof_received(self) -> bool:
        """Keep the connection open while a client that sends no more is answered.

        One that has gone looks the same: it is found out when it is written to.
        """
        self._end()
        return self._state.busy

    # Reading.

    def _take(self, scope: Scope, body: bytes, keep_alive: bool) -> None:
        """Answer a request, which must be the only one; if not, see `_rewind`."""
        self._state = self._state.taken
        self._current = exchange = ExpressExchange(scope, body, keep_alive)
        self.deadline = math.inf
        if self._express is None or not exchange.take(self._express, self._settle):
            self._give(exchange)
        if not keep_alive:
            self._end()

    def _take_last(self, scope: Scope, body: bytes, _keep_alive: bool) -> None:
        """Answer a request, and no other."""
        self._take(scope, body, keep_alive=False)

    def _rewind(self, data: bytes) -> None:
        """Parse again, and piece by piece, what was parsed as one request.

        Either a request was taken, and others follow it; or nothing was, and the target
        is perhaps to be escaped, which is done with pieces.
        """
        if self._state.deaf:
            return
        reader, intake = self._reader, self._intake
        intake.put(data)
        reader.restart()
        if self._state is RESTING:
            self._read_on()
            return
        reader.skip(self._next_piece)
        intake.begin()
        self.transport.pause_reading()

    def _receive(self, data: bytes) -> None:
        """Read what is not just one request, as far as it can be answered now."""
        if self._state.deaf:
            return
        self._intake.put(data)
        self._read_on()
        if self._intake.waits:
            self.transport.pause_reading()

    def _read_on(self) -> None:
        """Parse piece by piece until a request is being answered."""
        intake, reader = self._intake, self._reader
        while intake.waits and self._state.reads:
            piece = self._next_piece()
            try:
                reader.feed(piece)
            except httptools.HttpParserUpgrade:
                pass
            except httptools.HttpParserError as ex:
                self._refuse(self._status_of(ex, piece))
            if self._state.reads:
                self._await_rest(piece)
            else:
                intake.begin()

    def _next_piece(self) -> bytes:
        reader = self._reader
        return self._intake.take(
            in_body=reader.pending is not None, body_left=reader.body_left
        )

    def _await_rest(self, piece: bytes) -> None:
        """Bound a request of which a part has come, and ask for its body if need be."""
        intake, reader = self._intake, self._reader
        if self._state is RESTING:
            if not piece.strip(b"\r\n"):
                intake.begin()
                return  # blank lines before a request are none of it
            self._state = self._state.begun
            self.deadline = self._loop.time() + self._limits.request_s
        few = reader.park()
        excess = intake.excess(
            few_fields=few,
            in_body=reader.pending is not None,
            body_left=reader.body_left,
        )
        if excess is not None:
            self._refuse(excess)
        elif not intake.waits and reader.take_expectation():
            self.transport.write(b"HTTP/1.1 100 Continue\r\n\r\n")

    def _status_of(self, error: Exception, piece: bytes) -> HTTPStatus:
        """Return what to say of bytes that cannot be parsed."""
        cause = error.__context__
        if isinstance(cause, Refused):
            return cause.status
        if self._state is RESTING and unknown_method(piece):
            return HTTPStatus.NOT_IMPLEMENTED
        return HTTPStatus.BAD_REQUEST
