"""One connection without a network: its transport, its clock, and who answers."""

import asyncio
from types import SimpleNamespace
from typing import Any

from hitsvc.http1.express_exchange import FAILURE
from hitsvc.http1.limits import Limits
from hitsvc.http1.protocol import HttpProtocol
from tests.support.sockets import body, start

KEEP_ALIVE_S = 75


class Clock(asyncio.SelectorEventLoop):
    """A loop whose time moves when it is told to."""

    now = 1000.0

    def time(self) -> float:
        """Return that time."""
        return self.now

    def settle(self) -> None:
        """Run what is ready, and what that makes ready."""
        for _ in range(20):
            self.call_soon(self.stop)
            self.run_forever()


class Wire:
    """A transport, and the client behind it.

    Attributes:
        sent: What the client has got, or will when it reads.
        delivered: The bytes that have been handed to the protocol.
        lost: The connection is over.
        closing: It will be when the client has read.
        is_read: The client reads what it is sent.
    """

    def __init__(self, loop: Clock) -> None:
        """Connect."""
        self._loop = loop
        self._coming = b""
        self._ends = self._ended = self._finished = self._paused = False
        self._stuck = False
        self.sent = b""
        self.delivered = 0
        self.lost = self.closing = False
        self.is_read = True
        self.protocol: Any = None

    # The client's side.

    def bring(self, data: bytes) -> None:
        """Send bytes; they wait while the protocol does not read."""
        self._coming += data
        self._deliver()

    def end(self) -> None:
        """Send no more."""
        self._ends = True
        self._deliver()

    def reset(self) -> None:
        """Vanish."""
        self._lose()

    def read(self) -> None:
        """Read what has come, and what will."""
        self.is_read = True
        if self._stuck and not self.lost:
            self._stuck = False
            self.protocol.resume_writing()
        self._finish()

    @property
    def waiting(self) -> bytes:
        """What the client has sent and the protocol has not read."""
        return self._coming

    def _deliver(self) -> None:
        if self._paused or self.lost or self.closing:
            return
        if self._coming:
            data, self._coming = self._coming, b""
            self.delivered += len(data)
            self.protocol.data_received(data)
        if self._ends and not (self._ended or self._paused or self._coming):
            self._ended = True
            if not self.protocol.eof_received():
                self.close()

    def _finish(self) -> None:
        if self.closing and not self._stuck:
            self._lose()

    def _lose(self) -> None:
        if not self.lost:
            self.lost = True
            self._loop.call_soon(self.protocol.connection_lost, None)

    # The protocol's side.

    def get_extra_info(self, _name: str) -> None:
        """Tell nothing."""

    def write(self, data: bytes) -> None:
        """Send to the client."""
        assert not self.closing, "written after the end"
        assert not self._finished, "written after the end"
        assert not self.lost, "written to nobody"
        self.sent += data
        if not self.is_read and not self._stuck:
            self._stuck = True
            self.protocol.pause_writing()

    def write_eof(self) -> None:
        """Send no more."""
        self._finished = True

    def close(self) -> None:
        """End when the client has read."""
        self.closing = True
        self._finish()

    def abort(self) -> None:
        """End."""
        self._lose()

    def pause_reading(self) -> None:
        """Deliver no more."""
        self._paused = True

    def resume_reading(self) -> None:
        """Deliver again."""
        self._paused = False
        self._loop.call_soon(self._deliver)


class Answerer:
    """An app and its express lane, which answer when they are told to.

    Attributes:
        waiting: The paths of what is to be answered.
    """

    def __init__(self, loop: Clock) -> None:
        """Prepare."""
        self._loop = loop
        self.waiting: dict[str, asyncio.Future[bytes]] = {}

    def express(self, scope: Any) -> Any:
        """Take what is the lane's."""
        path = scope["path"]
        if not path.startswith("/lane/"):
            return None
        future = self._ask(path)
        return SimpleNamespace(
            future=future, response=lambda: (b"\r\nx-by: lane", future.result())
        )

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Answer what the lane does not."""
        await receive()
        answer = b"sorry" if FAILURE in scope else await self._ask(scope["path"])
        await send(start())
        await send(body(answer))

    def _ask(self, path: str) -> asyncio.Future[bytes]:
        self.waiting[path] = self._loop.create_future()
        return self.waiting[path]

    def answer(self, *, well: bool = True) -> None:
        """Answer what waits, or fail."""
        ((path, future),) = self.waiting.items()
        self.waiting.clear()
        if well:
            future.set_result(path.encode())
        else:
            future.set_exception(OSError())


def connect(loop: Clock, app: Any, limits: Limits | None = None) -> Wire:
    """Make a connection."""
    wire = Wire(loop)
    config = SimpleNamespace(loaded_app=app, timeout_keep_alive=KEEP_ALIVE_S)
    state = SimpleNamespace(connections=set(), tasks=set(), total_requests=0)
    wire.protocol = HttpProtocol(config, state, {}, loop, limits or Limits())
    wire.protocol.connection_made(wire)
    return wire
