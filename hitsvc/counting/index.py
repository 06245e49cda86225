"""The index of pages: which pages there are, by site.

A page is written into it when its total passes a power of two: 1, 2, 4, 8, and so on. So
nothing is looked up on the way of a hit, and the index heals itself: if a process is killed
before a page was written, or a race leaves it out, that lasts only until the page's total
has doubled. ``hitsvc repair`` finds the rest.

Nobody waits for the index. To write a page twice does no harm, so what has failed is
written with what comes next.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import Any

from hitsvc.counting.commands import spell
from hitsvc.counting.keys import Keys, site_of
from hitsvc.errors import CounterUnavailable

MAX_BATCH = 512
# What waits for a store that does not answer; 2 kB each at most.
MAX_WAITING = 4_096


class PageIndex:
    """Writes pages into the index, in batches of its own."""

    def __init__(
        self, keys: Keys, send: Callable[[str, int], Awaitable[Sequence[Any]]]
    ) -> None:
        """Prepare; nothing is written yet.

        Args:
            keys: Names the sets.
            send: Sends commands once and returns a reply to each, or raises
                `CounterUnavailable`.
        """
        self._keys = keys
        self._send = send
        # A dictionary as a set that keeps its order.
        self._waiting: dict[str, None] = {}
        self._writer: asyncio.Task[None] | None = None

    def add(self, page_keys: Iterable[str]) -> None:
        """Have pages written, at once or with those that are being written."""
        for key in page_keys:
            if len(self._waiting) >= MAX_WAITING:
                break
            self._waiting[key] = None
        if self._writer is None:
            self._writer = asyncio.create_task(self._write_all())

    async def close(self) -> None:
        """Return when all that can be written is."""
        if self._writer is not None:
            await asyncio.wait([self._writer])

    async def _write_all(self) -> None:
        try:
            while self._waiting:
                await self._write(list(self._waiting)[:MAX_BATCH])
        except CounterUnavailable:
            pass  # the hits' own batches tell the log
        finally:
            self._writer = None

    async def _write(self, page_keys: Sequence[str]) -> None:
        sites: dict[str, list[str]] = {}
        for key in page_keys:
            sites.setdefault(site_of(key), []).append(key)
        commands = [spell("SADD", self._keys.sites, *sites)]
        commands += [
            spell("SADD", self._keys.pages(site), *pages)
            for site, pages in sites.items()
        ]
        for reply in await self._send("".join(commands), len(commands)):
            if isinstance(reply, Exception):
                raise CounterUnavailable(str(reply)) from reply
        for key in page_keys:
            del self._waiting[key]
