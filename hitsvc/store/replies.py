"""The receiving end of a connection to Redis: counts replies until all are there.

Invariants:

1. Requests are settled in the order in which they were sent, each once: with all its
   replies, or with the reason why they will never come.
2. A connection that has failed, timed out or said too much is ended, with all that is
   open on it, so that a late reply can never be taken for another request's.
"""

import asyncio
from collections import deque
from typing import Any

import hiredis

_NOT_YET = object()
# How long after the deadline a reply that lies ready is still taken.
_GRACE_S = 0.01


class _Request:
    """A request that is open."""

    __slots__ = ("expected", "future", "timer")

    timer: asyncio.TimerHandle

    def __init__(self, expected: int, future: asyncio.Future[list[Any]]) -> None:
        self.expected = expected
        self.future = future


class Replies(asyncio.Protocol):
    """Collects the replies to each request.

    Attributes:
        lost: The connection has ended.
    """

    def __init__(self) -> None:
        """Wait for the connection."""
        self.lost = False
        self._reader = hiredis.Reader(notEnoughData=_NOT_YET)
        self._open: deque[_Request] = deque()
        self._expected = 0  # by all that is open
        self._received: list[Any] = []

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Learn where to write; the event loop calls this."""
        self._transport: asyncio.Transport = transport  # type: ignore[assignment]

    def ask(
        self, commands: bytes, expected: int, deadline: float
    ) -> asyncio.Future[list[Any]]:
        """Write commands; the future holds their replies, or fails at the deadline."""
        loop = asyncio.get_running_loop()
        request = _Request(expected, loop.create_future())
        request.timer = loop.call_at(deadline, self._late, request)
        self._open.append(request)
        self._expected += expected
        self._transport.write(commands)
        return request.future

    def data_received(self, data: bytes) -> None:
        """Collect replies; the event loop calls this."""
        try:
            self._reader.feed(data)
            while (reply := self._reader.gets()) is not _NOT_YET:
                self._received.append(reply)
        except hiredis.ProtocolError as ex:
            self._end(ConnectionError(f"what answers there is not Redis ({ex})"))
            return
        if len(self._received) > self._expected:
            # Whose reply would the next one be? Such a connection is not trusted.
            self._end(ConnectionError("it sent a reply to nothing"))
            return
        while self._open and len(self._received) >= self._open[0].expected:
            self._settle(self._open.popleft())

    def connection_lost(self, exc: Exception | None) -> None:
        """Settle what is open; the event loop calls this."""
        self._end(exc or ConnectionError("it closed the connection"))

    def abort(self) -> None:
        """Close the connection at once."""
        self.lost = True
        self._transport.abort()

    def _settle(self, request: _Request) -> None:
        """Give the first of the open requests its replies."""
        replies = self._received[: request.expected]
        del self._received[: request.expected]
        self._expected -= request.expected
        request.timer.cancel()
        if not request.future.done():
            request.future.set_result(replies)

    def _late(self, request: _Request) -> None:
        # After a pause of this process, of a busy machine say, the deadline may have
        # passed while the reply lies unread in the socket: look there first.
        loop = asyncio.get_running_loop()
        request.timer = loop.call_later(_GRACE_S, self._end, TimeoutError())

    def _end(self, reason: Exception) -> None:
        self.abort()
        self._expected = 0
        while self._open:
            request = self._open.popleft()
            request.timer.cancel()
            if not request.future.done():
                request.future.set_exception(reason)
