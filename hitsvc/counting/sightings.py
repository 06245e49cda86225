"""Noting who came, beside the hits: no hit waits for it, and none fails by it.

A sketch is written into the list of its day before it is made, so that none can be left
over, whoever is killed when.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from functools import lru_cache
from typing import Any

from hitsvc.counting.commands import PageCommands, spell
from hitsvc.counting.days import Day
from hitsvc.counting.keys import Keys, site_of
from hitsvc.counting.operations import Operation
from hitsvc.counting.outcome import Outcome
from hitsvc.counting.visitors import ReadVisitors, Seen, Sighting, Visitors
from hitsvc.errors import CounterUnavailable

_CACHED_SITES = 1_024
# Names of sketches that are known to be listed, some 100 B each; above, all are listed anew.
MAX_LISTED = 65_536
# What waits for a store that does not answer.
MAX_WAITING = 4_096


class Sightings:
    """Notes visitors, of pages and of their sites."""

    def __init__(
        self,
        keys: Keys,
        submit: Callable[[Operation], Outcome[Any]],
        send: Callable[[str, int], Awaitable[Sequence[Any]]],
        is_full: Callable[[PageCommands], bool],
    ) -> None:
        """Prepare.

        Args:
            keys: Names sketches.
            submit: Sends an operation once.
            send: Sends commands once, past what waits, and returns a reply to each.
            is_full: Tells whether there is no room for a sketch.
        """
        self._keys = keys
        self._submit = submit
        self._send = send
        self._is_full = is_full
        self._site = lru_cache(_CACHED_SITES)(self._new_site)
        self._day: Day | None = None
        self._listed: set[str] = set()
        self._waiting: list[Sighting] = []
        self._lister: asyncio.Task[None] | None = None
        # By name of a sketch: done when what waits now has been listed, or cannot be.
        self._unlisted: dict[str, asyncio.Future[None]] = {}
        self._round: asyncio.Future[None] | None = None
        self._noted = 0

    def add(self, page: PageCommands, seen: Seen) -> None:
        """Note that a visitor came, where there is room."""
        if seen.day is not self._day or len(self._listed) > MAX_LISTED:
            self._day, self._listed = seen.day, set()
        self._noted += 1
        self._note(Sighting(page, seen.page, seen.day))
        self._note(Sighting(self.site(site_of(page.key)), seen.site, seen.day))

    def site(self, site: str) -> PageCommands:
        """Return the commands for the visitors of a site."""
        return self._site(site)

    def ask(self, read: ReadVisitors) -> Outcome[Visitors | None]:
        """Read visitors; with a hit that was submitted just now, in its batch.

        Raises:
            CounterBusy: Too many operations wait for Redis.
        """
        return self._submit(read)

    @property
    def noted(self) -> int:
        """How many visitors have been noted."""
        return self._noted

    def unlisted(self, page: PageCommands) -> "asyncio.Future[None] | None":
        """Return what is done when a page's latest visitor is noted, if it waits for that."""
        return self._unlisted.get(page.stem)

    async def close(self) -> None:
        """Return when all that waits has been noted, or cannot be."""
        if self._lister is not None:
            await asyncio.wait([self._lister])

    def _note(self, sighting: Sighting) -> None:
        if self._is_full(sighting.page):
            return
        if sighting.page.stem in self._listed:
            self._write(sighting)
            return
        if len(self._waiting) < MAX_WAITING:
            self._waiting.append(sighting)
            self._round = self._round or asyncio.get_running_loop().create_future()
            self._unlisted[sighting.page.stem] = self._round
        if self._lister is None:
            self._lister = asyncio.create_task(self._list_all())

    def _write(self, sighting: Sighting) -> None:
        with suppress(CounterUnavailable):  # too many wait; the next view will do
            self._submit(sighting)

    async def _list_all(self) -> None:
        try:
            while self._waiting:
                waiting, self._waiting = self._waiting, []
                ended, self._round = self._round, None
                try:
                    await self._list(waiting)
                finally:
                    self._end(ended)
        except CounterUnavailable:
            self._end(self._round)  # the hits' own batches tell the log
            self._round, self._waiting = None, []
        finally:
            self._lister = None

    def _end(self, ended: "asyncio.Future[None] | None") -> None:
        if ended is not None:
            ended.set_result(None)
            self._unlisted = {
                stem: waits
                for stem, waits in self._unlisted.items()
                if waits is not ended
            }

    async def _list(self, waiting: Sequence[Sighting]) -> None:
        stems: dict[Day, dict[str, None]] = {}
        for sighting in waiting:
            stems.setdefault(sighting.day, {})[sighting.page.stem] = None
        days = [day.name for day in stems]
        commands = [spell("SADD", self._keys.open_days, *days)]
        commands += [
            spell("SADD", self._keys.open_sketches(day.name), *names)
            for day, names in stems.items()
        ]
        for reply in await self._send("".join(commands), len(commands)):
            if isinstance(reply, Exception):
                raise CounterUnavailable(str(reply)) from reply
        for sighting in waiting:
            if sighting.day is self._day:
                self._listed.add(sighting.page.stem)
            self._write(sighting)

    def _new_site(self, site: str) -> PageCommands:
        return PageCommands(site, self._keys.site_visitors(site), 0, 0)
