"""Falcon resources that say how the service is."""

import logging
from collections.abc import Callable, Sequence

import falcon
from falcon.asgi import Request, Response

from hitsvc.answer import UNCACHED
from hitsvc.counter import HitCounter, troubles_of
from hitsvc.store import StoreCheck

log = logging.getLogger(__name__)

_TEXT = "text/plain; charset=utf-8"


class Liveness:
    """Says that the process lives and stays; Redis is not asked.

    So this is what proxies ask: while Redis is away, visitors are to get what we say of
    it, which is a picture where they want one, and not the proxy's error page.
    """

    media_type = _TEXT

    def __init__(self, is_going: Callable[[], bool]) -> None:
        """Ask this whether the service was told to stop."""
        self._is_going = is_going

    async def on_get(self, _req: Request, resp: Response) -> None:
        """Answer at once; 503 if nobody should be sent here any more."""
        if not _goes(resp, self._is_going):
            _say(resp, "alive\n")

    on_head = on_get


class Readiness:
    """Says whether hits can be counted now; the log says what could lose them.

    Anybody may ask, and what is wrong with the store is its operator's affair.
    """

    media_type = _TEXT

    def __init__(
        self, counter: HitCounter, check: StoreCheck, is_going: Callable[[], bool]
    ) -> None:
        """Join a counter, what knows its store, and what tells of a stop."""
        self._counter = counter
        self._check = check
        self._is_going = is_going
        self._told: Sequence[str] = ()

    async def on_get(self, _req: Request, resp: Response) -> None:
        """Ask Redis; a failure becomes a 503."""
        if _goes(resp, self._is_going):
            return
        troubles = troubles_of(await self._counter.check())
        self._tell([*troubles, *await self._check.warnings()])
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


def _goes(resp: Response, is_going: Callable[[], bool]) -> bool:
    """Say so if the service was told to stop."""
    if not is_going():
        return False
    resp.status = falcon.HTTP_503
    _say(resp, "draining\n")
    return True


def _say(resp: Response, line: str) -> None:
    resp.data = line.encode()
    resp.content_type = _TEXT
    resp.set_headers(UNCACHED)
