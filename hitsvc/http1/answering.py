"""How a connection's requests are answered, and how the connection ends.

The other half of `hitsvc.http1.protocol`, which reads them.
"""

import asyncio
import math
from abc import abstractmethod
from http import HTTPStatus
from typing import Any

from hitsvc.http1.app_task import AppTask
from hitsvc.http1.date import DateField
from hitsvc.http1.exchange import ASGIApp, Exchange
from hitsvc.http1.express_exchange import Express, ExpressExchange
from hitsvc.http1.intake import Intake
from hitsvc.http1.limits import Limits
from hitsvc.http1.response_head import plain_response
from hitsvc.http1.state import CLOSING, LINGERING, LOST, RESTING, UNREAD, State


class AnsweringProtocol(asyncio.Protocol):
    """One client's connection, as far as it is written to.

    Attributes:
        transport: The connection's other side.
        date: What responses tell of the time.
        writable: Done when the client reads again what it is sent; `None` if it does.
        deadline: When `expire` may close the connection, in the loop's time.
    """

    transport: asyncio.Transport

    def __init__(
        self,
        config: Any,
        server_state: Any,
        loop: asyncio.AbstractEventLoop,
        limits: Limits,
        date: DateField,
    ) -> None:
        """Prepare for one connection.

        Args:
            config: uvicorn's configuration, loaded.
            server_state: uvicorn's record of connections and tasks.
            loop: Where it runs.
            limits: What the client may ask of us.
            date: The time, for the responses.
        """
        self.date = date
        self._limits = limits
        self._app: ASGIApp = config.loaded_app
        self._express: Express | None = getattr(self._app, "express", None)
        self._keep_alive_s: float = config.timeout_keep_alive
        self._server_state = server_state
        self._loop = loop
        self._state: State = RESTING
        self._intake = Intake(limits)
        self._current: ExpressExchange | None = None  # the lane has it, or
        self._called: Exchange | None = None  # the app
        self._calls: AppTask | None = None
        self.writable: asyncio.Future[None] | None = None
        self._rests_since = loop.time()
        self.deadline = self._rests_since + limits.request_s

    @abstractmethod
    def _read_on(self) -> None:
        """Parse what waits, until a request is being answered."""

    # What the event loop, the server and the worker call.

    def pause_writing(self) -> None:
        """Note that the client does not read what it is sent."""
        self.writable = self._loop.create_future()
        self.deadline = self._loop.time() + self._limits.unread_s

    def resume_writing(self) -> None:
        """Note that it does again."""
        self._release()
        if self._state is UNREAD:
            self._state = self._state.read
            self._rest()
        elif self._state.busy:
            self.deadline = math.inf

    def shutdown(self) -> None:
        """Close when the request at hand, if any, has been answered."""
        if self._current is not None:
            self._current.keep_alive = False
            return
        if self._called is not None:
            self._called.keep_alive = False
            return
        self._end()
        self.transport.close()  # even if a refused client is still sending

    def expire(self, now: float) -> None:
        """Drop a client that has made us wait for too long."""
        if now >= self.deadline:
            self.drop()

    def drop(self) -> None:
        """End the connection at once."""
        self._lose()
        self.transport.abort()  # `close` would wait for the client to read

    @property
    def idle_since(self) -> float | None:
        """Since when the client asks for nothing, in the loop's time; None if it does."""
        return self._rests_since if self._state is RESTING else None

    # Answering.

    def _settle(self, future: Any) -> None:
        """Answer the request that the express lane took."""
        exchange = self._current
        if exchange is None:  # the client has gone
            if not future.cancelled():
                future.exception()  # or asyncio would log that nobody asked for it
        elif not exchange.settle(self.transport, self.date):
            self._give(exchange)
        elif self.writable is None and exchange.keep_alive and not self._intake.waits:
            # PERF: what `_go_on` comes to, nearly always.
            self._server_state.total_requests += 1
            self._current = None
            self._state = state = self._state.answered
            if state is RESTING:
                self._rests_since = now = self._loop.time()
                self.deadline = now + self._keep_alive_s
            else:
                self._close()
        else:
            self._current = None
            self._go_on(keep_alive=exchange.keep_alive)

    def _give(self, exchange: ExpressExchange) -> None:
        """Let the app answer."""
        self._state = self._state.given
        # RFC 9110 5.5. llhttp leaves the space behind a value.
        # PERF: 150 instructions a field, so those of the lane are left as they are.
        scope = exchange.scope
        scope["headers"] = [(name, value.rstrip()) for name, value in scope["headers"]]
        if self._calls is None:
            self._calls = AppTask(self._app, self._loop, self._answered)
        called = Exchange(self, scope, exchange.body, exchange.keep_alive)
        self._current, self._called = None, called
        self._calls.give(called)

    def _answered(self) -> None:
        """Note that the app has answered."""
        called, self._called = self._called, None
        if called is None:  # the client has gone
            self._server_state.total_requests += 1
            self._end_calls()
            return
        self._go_on(keep_alive=called.keep_alive)

    def _go_on(self, *, keep_alive: bool) -> None:
        """Go on after an answer."""
        self._server_state.total_requests += 1
        if not keep_alive:
            self._state = self._state.ended
        if self.writable is None:
            self._state = self._state.answered
        else:
            self._state = self._state.left_unread
        if self._state is RESTING:
            self._rest()
        elif self._state is CLOSING:
            self._close()

    def _rest(self) -> None:
        """Wait for the next request, or read what has come of it."""
        self._rests_since = self._loop.time()
        self.deadline = self._rests_since + self._keep_alive_s
        if self._intake.waits:
            self._read_on()
            if not self._intake.waits:
                self.transport.resume_reading()

    def _refuse(self, status: HTTPStatus) -> None:
        """Answer what is no request, and end.

        A client that is still sending would get a reset, not the answer, if we closed
        now: what it sends is discarded until it ends, or the time is over.
        """
        self._state = self._state.refused
        self._finish()
        self.transport.write(plain_response(status, self.date.line))
        self.transport.write_eof()
        self.transport.resume_reading()

    # The end.

    def _end(self) -> None:
        """No request follows."""
        before, self._state = self._state, self._state.ended
        if self._state is not CLOSING:
            self._intake.clear()
        elif before is LINGERING:
            self.transport.close()  # its time to read has begun already
        elif before is not CLOSING:
            self._close()

    def _close(self) -> None:
        """End the connection when the client has read what it was sent."""
        self._finish()
        self.transport.close()

    def _finish(self) -> None:
        """Wait for the client only, and not for ever."""
        self._intake.clear()
        self._end_calls()
        self.deadline = self._loop.time() + self._limits.unread_s

    def _lose(self) -> None:
        """Forget a client that has gone."""
        if self._state is LOST:
            return
        self._state = self._state.lost
        self._intake.clear()
        self._release()
        self._current = None
        called, self._called = self._called, None
        if called is None or self._calls is None or not self._calls.calling:
            self._end_calls()
            return
        called.disconnect()
        # uvicorn waits for these before it ends the lifespan.
        task = self._calls.task
        self._server_state.tasks.add(task)
        task.add_done_callback(self._server_state.tasks.discard)

    def _release(self) -> None:
        """Let those go on who wait for the client to read."""
        if self.writable is not None:
            self.writable.set_result(None)
            self.writable = None

    def _end_calls(self) -> None:
        if self._calls is not None:
            self._calls.end()
            self._calls = None
