"""Falcon resources that say how the service is."""

from falcon.asgi import Request, Response

from hitsvc.answer import UNCACHED
from hitsvc.counter import HitCounter
from hitsvc.store import StoreCheck

_TEXT = "text/plain; charset=utf-8"


class Liveness:
    """Says that the process lives; Redis is not asked."""

    media_type = _TEXT

    async def on_get(self, _req: Request, resp: Response) -> None:
        """Answer at once."""
        _say(resp, "alive\n")

    on_head = on_get


class Readiness:
    """Says whether hits can be counted now, and what could lose them."""

    media_type = _TEXT

    def __init__(self, counter: HitCounter, check: StoreCheck) -> None:
        """Join a counter and what knows its store."""
        self._counter = counter
        self._check = check

    async def on_get(self, _req: Request, resp: Response) -> None:
        """Ask Redis; a failure becomes a 503, a warning a line."""
        await self._counter.check()
        warnings = await self._check.warnings()
        _say(resp, "".join(["ready\n", *(f"warning: {text}\n" for text in warnings)]))

    on_head = on_get


def _say(resp: Response, line: str) -> None:
    resp.data = line.encode()
    resp.content_type = _TEXT
    resp.set_headers(UNCACHED)
