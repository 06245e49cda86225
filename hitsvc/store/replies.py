"""The receiving end of a connection to Redis: counts replies until all are there.

Invariants:

1. Requests are settled in the order in which they were sent, each once: with all its
   replies, or with the reason why they will never come.
2. A connection that has failed, timed out or said too much is ended, with all that is
   open on it, so that a late reply can never be taken for another request's.
3. What a server sends is kept only while something is asked, and no more of it than
   the largest answer has.
"""

import asyncio
import socket
from collections import deque
from typing import Any, Final

import hiredis

from hitsvc.counting import Outcome
from hitsvc.store.not_redis import NotRedis

_NOT_YET: Final = object()
# What hiredis raises: a map may have a key that Python cannot take, an array be too large.
_UNREADABLE = (hiredis.ProtocolError, MemoryError, TypeError)
# A reply of our own. No beginning of another makes one of the same value with it.
_MARK = b":7\r\n"
_MARKED = 7
# How long after the deadline a reply that lies ready is still taken.
_GRACE_S = 0.01
# The most that a request is answered with: 512 reads of a year of days, at most 28 bytes
# each, are 5.3 MB.
MAX_ANSWER_BYTES: Final = 8 << 20

# A connection that is idle for a minute is asked for a sign of life, and given up a
# minute later: balancers and NAT forget a silent one after four (Azure) to six, and the
# first visitors after a pause would get a 503. Not every system knows the numbers.
_KEEPALIVE = [
    (level, getattr(socket, name), value)
    for level, name, value in (
        (socket.SOL_SOCKET, "SO_KEEPALIVE", 1),
        (socket.IPPROTO_TCP, "TCP_KEEPIDLE", 60),  # Linux
        (socket.IPPROTO_TCP, "TCP_KEEPALIVE", 60),  # macOS
        (socket.IPPROTO_TCP, "TCP_KEEPINTVL", 20),
        (socket.IPPROTO_TCP, "TCP_KEEPCNT", 3),
    )
    if hasattr(socket, name)
]


class _Request(Outcome[list[Any]]):
    """A request that is open, and what has come of it."""

    __slots__ = ("expected", "timer")

    timer: asyncio.TimerHandle

    def __init__(self, expected: int) -> None:
        super().__init__()
        self.expected = expected


class Replies(asyncio.Protocol):
    """Collects the replies to each request.

    Attributes:
        lost: The connection has ended.
    """

    def __init__(self) -> None:
        """Wait for the connection."""
        self.lost = False
        self._reason: Exception | None = None
        self._reader = hiredis.Reader(notEnoughData=_NOT_YET)
        self._open: deque[_Request] = deque()
        self._expected = 0  # by all that is open
        self._received: list[Any] = []
        self._held = 0  # bytes, since a request was last settled

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Learn where to write; the event loop calls this."""
        self._transport: asyncio.Transport = transport  # type: ignore[assignment]
        # PERF: kept, because before Python 3.12 each look at the running loop is a system
        # call (getpid): three a batch, 1 us.
        self._loop = asyncio.get_running_loop()
        connection = transport.get_extra_info("socket")
        if connection is not None and connection.family != socket.AF_UNIX:
            for level, name, value in _KEEPALIVE:
                connection.setsockopt(level, name, value)

    def now(self) -> float:
        """Return the event loop's time."""
        return self._loop.time()

    def check(self) -> None:
        """See that nothing is asked of a connection that has ended already.

        Raises:
            OSError: The reason why it has.
        """
        if self._reason is not None:
            raise self._reason

    def ask(
        self, commands: bytes, expected: int, deadline: float
    ) -> Outcome[list[Any]]:
        """Write commands; what is returned holds their replies, or fails at the deadline."""
        request = _Request(expected)
        request.timer = self._loop.call_at(deadline, self._late, request)
        self._open.append(request)
        self._expected += expected
        self._transport.write(commands)
        return request

    def data_received(self, data: bytes) -> None:
        """Collect replies; the event loop calls this."""
        if not self._open:
            self.end(_unasked(data))
            return
        try:
            self._reader.feed(data)
            while (reply := self._reader.gets()) is not _NOT_YET:
                self._received.append(reply)
        except _UNREADABLE as ex:
            self.end(NotRedis(f"what answers there is not Redis ({ex})"))
            return
        if len(self._received) > self._expected:
            # Whose reply would the next one be? Such a connection is not trusted.
            self.end(NotRedis("it sent a reply to nothing"))
            return
        while self._open and len(self._received) >= self._open[0].expected:
            self._settle(self._open.popleft())
            self._held = 0
        if self._open:
            self._hold(len(data))
        elif not self._is_between_replies():
            self.end(NotRedis("it sent a reply to nothing"))

    def connection_lost(self, exc: Exception | None) -> None:
        """Settle what is open; the event loop calls this."""
        if exc is not None and not isinstance(exc, OSError):
            exc = ConnectionError(f"the connection broke ({exc})")
        self.end(exc or ConnectionError("it closed the connection"))

    def abort(self) -> None:
        """Close the connection at once."""
        self.lost = True
        self._transport.abort()

    def end(self, reason: Exception) -> None:
        """Close the connection at once; what is open on it fails for this reason."""
        self._reason = self._reason or reason
        self.abort()
        self._expected = 0
        self._reader = hiredis.Reader(notEnoughData=_NOT_YET)  # frees what it held
        self._received.clear()
        while self._open:
            request = self._open.popleft()
            request.timer.cancel()
            request.set_exception(reason)

    def _is_between_replies(self) -> bool:
        """Tell whether no reply has begun: then one more makes just that one.

        `has_data` does not say so: hiredis takes the beginning of an array, and the first
        byte of anything, out of its buffer.
        """
        try:
            self._reader.feed(_MARK)
            return bool(self._reader.gets() == _MARKED)
        except _UNREADABLE:
            return False

    def _settle(self, request: _Request) -> None:
        """Give the first of the open requests its replies."""
        replies = self._received[: request.expected]
        del self._received[: request.expected]
        self._expected -= request.expected
        request.timer.cancel()
        request.set_result(replies)

    def _hold(self, size: int) -> None:
        """Keep part of an answer, unless there is too much of it."""
        self._held += size
        if self._held > MAX_ANSWER_BYTES:
            self.end(NotRedis("it sent more than anything was asked for has"))

    def _late(self, request: _Request) -> None:
        # After a pause of this process, of a busy machine say, the deadline may have
        # passed while the reply lies unread in the socket: look there first.
        request.timer = self._loop.call_later(_GRACE_S, self.end, TimeoutError())


def _unasked(data: bytes) -> Exception:
    """Say what came though nothing was asked: a server that is full says so itself."""
    reader = hiredis.Reader()
    reader.feed(data[:1000])
    try:
        said = reader.gets()
    except _UNREADABLE as ex:
        return NotRedis(f"what answers there is not Redis ({ex})")
    if isinstance(said, hiredis.ReplyError):
        return ConnectionError(str(said))
    return NotRedis("it sent a reply to nothing")
