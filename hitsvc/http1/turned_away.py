"""Those who are told that there is no room, and then let go."""

import asyncio
from http import HTTPStatus

from hitsvc.http1.date import DateField
from hitsvc.http1.response_head import plain_response

# A client that is still sending would get a reset, not the answer, if it was closed at
# once. So what it sends is discarded until it ends, or for so long; for so many at a
# time, since they hold descriptors beyond the limit.
LINGER_S = 1.0
MOST_LINGERING = 64
_FIELDS = b"\r\nretry-after: 1"


class TurnedAway(asyncio.Protocol):
    """A connection that is answered 503, whatever it asks.

    It is made with a transport of its own, of a client that was not yet heard.
    """

    def __init__(
        self,
        transport: asyncio.Transport,
        lingering: "set[TurnedAway]",
        date: DateField,
    ) -> None:
        """Answer, and close or linger.

        Args:
            transport: The client.
            lingering: The others that linger.
            date: The time, for the response.
        """
        self._transport = transport
        self._lingering = lingering
        self._end: asyncio.TimerHandle | None = None
        transport.set_protocol(self)
        status = HTTPStatus.SERVICE_UNAVAILABLE
        transport.write(plain_response(status, date.line + _FIELDS))
        if len(lingering) >= MOST_LINGERING:
            transport.close()
            return
        lingering.add(self)
        transport.write_eof()
        loop = asyncio.get_running_loop()
        self._end = loop.call_later(LINGER_S, transport.abort)

    def connection_lost(self, exc: Exception | None) -> None:
        """Make room for another."""
        self._lingering.discard(self)
        if self._end is not None:
            self._end.cancel()
