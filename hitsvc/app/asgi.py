"""What gunicorn's workers call: a Falcon app, and what begins and ends with it."""

from collections.abc import Awaitable, Mapping, Sequence
from typing import Any, Protocol

from hitsvc.answer import DefaultHeadersApp
from hitsvc.http1 import ReadyHeaders
from hitsvc.request import ShortAddresses, understand
from hitsvc.resources import ExpressLane


class CountingApp(DefaultHeadersApp):
    """A Falcon app, and what answers most requests in its place.

    Attributes:
        counts: What each count's answers are sent with, by address.
        express: See `hitsvc.http1.express_exchange`.
    """

    __slots__ = ("_short", "counts", "express")

    express: ExpressLane

    def __init__(
        self,
        headers: Mapping[str, ReadyHeaders],
        short: ShortAddresses,
        **options: Any,
    ) -> None:
        """Take what each count's answers are sent with, by address."""
        super().__init__(headers, **options)
        self.counts = headers
        self._short = short

    def __call__(  # type: ignore[override]
        self, scope: dict[str, Any], receive: Any, send: Any
    ) -> Awaitable[None]:
        """Answer a request as it was meant."""
        if scope["type"] == "http":
            self._short.expand(scope)
            understand(scope, self.counts)
        return super().__call__(scope, receive, send)


class Ends(Protocol):
    """What is closed when the server stops."""

    async def close(self) -> None:
        """Close it."""


class BeginsAndEnds(Ends, Protocol):
    """What also begins with the server."""

    def begin(self) -> None:
        """Begin, without waiting."""


class Lifespan:
    """Begins with the server; ends the connections when every request was answered."""

    def __init__(self, begun: Sequence[BeginsAndEnds], *parts: Ends) -> None:
        """Take what begins and ends, and what only ends."""
        self._begun = begun
        self._parts = *begun, *parts

    async def process_startup(self, _scope: Any, _event: Any) -> None:
        """Begin; Falcon calls it in each worker."""
        for part in self._begun:
            part.begin()

    async def process_shutdown(self, _scope: Any, _event: Any) -> None:
        """End, one after the other."""
        for part in self._parts:
            await part.close()
