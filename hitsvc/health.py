"""Falcon resources that say how the service is."""

import logging
from collections.abc import Sequence

from falcon.asgi import Request, Response

from hitsvc.answer import UNCACHED
from hitsvc.counter import HitCounter
from hitsvc.store import StoreCheck

log = logging.getLogger(__name__)

_TEXT = "text/plain; charset=utf-8"


class Liveness:
    """Says that the process lives; Redis is not asked."""

    media_type = _TEXT

    async def on_get(self, _req: Request, resp: Response) -> None:
        """Answer at once."""
        _say(resp, "alive\n")

    on_head = on_get


class Readiness:
    """Says whether hits can be counted now; the log says what could lose them.

    Anybody may ask, and what is wrong with the store is its operator's affair.
    """

    media_type = _TEXT

    def __init__(self, counter: HitCounter, check: StoreCheck) -> None:
        """Join a counter and what knows its store."""
        self._counter = counter
        self._check = check
        self._told: Sequence[str] = ()

    async def on_get(self, _req: Request, resp: Response) -> None:
        """Ask Redis; a failure becomes a 503."""
        await self._counter.check()
        self._tell(await self._check.warnings())
        _say(resp, "ready\n")

    on_head = on_get

    def _tell(self, warnings: Sequence[str]) -> None:
        """Log what has changed since the last time."""
        told, self._told = self._told, warnings
        for text in warnings:
            if text not in told:
                log.warning(text)
        for text in told:
            if text not in warnings:
                log.info("no longer so: %s", text)


def _say(resp: Response, line: str) -> None:
    resp.data = line.encode()
    resp.content_type = _TEXT
    resp.set_headers(UNCACHED)
