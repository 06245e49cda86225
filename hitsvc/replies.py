"""The receiving end of a connection to Redis: counts replies until all are there.

Invariants:

1. One request at a time is open, and it is settled once: with all its replies, or with
   the reason why they will never come.
2. A connection that has failed, timed out or said too much is ended, so that a late
   reply can never be taken for another request's.
"""

import asyncio
from typing import Any

import hiredis

_NOT_YET = object()
# How long after the deadline a reply that lies ready is still taken.
_GRACE_S = 0.01


class Replies(asyncio.Protocol):
    """Collects the replies to one request at a time.

    Attributes:
        lost: The connection has ended.
    """

    def __init__(self) -> None:
        """Wait for the connection."""
        self.lost = False
        self._reader = hiredis.Reader(notEnoughData=_NOT_YET)
        self._received: list[Any] = []
        self._expected = 0
        self._future: asyncio.Future[list[Any]] | None = None
        self._timer: asyncio.TimerHandle

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Learn where to write; the event loop calls this."""
        self._transport: asyncio.Transport = transport  # type: ignore[assignment]

    def ask(
        self, commands: bytes, expected: int, deadline: float
    ) -> asyncio.Future[list[Any]]:
        """Write commands; the future holds their replies, or fails at the deadline."""
        loop = asyncio.get_running_loop()
        self._received, self._expected = [], expected
        self._future = loop.create_future()
        self._timer = loop.call_at(deadline, self._late)
        self._transport.write(commands)
        return self._future

    def data_received(self, data: bytes) -> None:
        """Collect replies; the event loop calls this."""
        try:
            self._reader.feed(data)
            while (reply := self._reader.gets()) is not _NOT_YET:
                self._received.append(reply)
        except hiredis.ProtocolError as ex:
            self._end(ConnectionError(f"what answers there is not Redis ({ex})"))
            return
        if len(self._received) > self._expected or self._future is None:
            # Whose reply would the next one be? Such a connection is not trusted.
            self._end(ConnectionError("it sent a reply to nothing"))
        elif len(self._received) == self._expected and (future := self._settle()):
            future.set_result(self._received)

    def connection_lost(self, exc: Exception | None) -> None:
        """Settle what is open; the event loop calls this."""
        self._end(exc or ConnectionError("it closed the connection"))

    def abort(self) -> None:
        """Close the connection at once."""
        self.lost = True
        self._transport.abort()

    def _late(self) -> None:
        # After a pause of this process, of a busy machine say, the deadline may have
        # passed while the reply lies unread in the socket: look there first.
        loop = asyncio.get_running_loop()
        self._timer = loop.call_later(_GRACE_S, self._end, TimeoutError())

    def _end(self, reason: Exception) -> None:
        self.abort()
        if future := self._settle():
            future.set_exception(reason)

    def _settle(self) -> asyncio.Future[list[Any]] | None:
        """Return the future that still waits, if any; the next call finds none."""
        future, self._future = self._future, None
        if future is None:
            return None
        self._timer.cancel()
        return None if future.done() else future
