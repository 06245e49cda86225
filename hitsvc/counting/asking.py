"""Asking for the visitors of a page beside a hit whose answer tells them."""

import asyncio
from contextlib import suppress
from typing import cast

from hitsvc.counting.commands import PageCommands
from hitsvc.counting.days import Day
from hitsvc.counting.outcome import Outcome
from hitsvc.counting.sightings import Sightings
from hitsvc.counting.visitors import ReadVisitors, Visitors
from hitsvc.errors import CounterUnavailable


class Asking:
    """Asks for the visitors of a page, or of a site: whoever comes just now among them."""

    def __init__(
        self,
        sightings: Sightings,
        page: PageCommands,
        today: Day,
        *,
        each: bool = False,
    ) -> None:
        """Prepare; nothing is asked yet.

        Args:
            sightings: Notes visitors.
            page: Which page.
            today: The day.
            each: Tell those of each day, too.
        """
        self._sightings = sightings
        self._read = ReadVisitors(page, today, each)
        self._noted = sightings.noted
        self._asked: Outcome[Visitors | None] | None = None

    def begun(self, *, counts: bool = True) -> None:
        """Ask at once, in the same batch, if the visitor has been noted since `__init__`.

        Args:
            counts: What has begun may be a hit; else there is nobody to wait for.
        """
        sightings = self._sightings
        if counts and (
            sightings.noted == self._noted or sightings.unlisted(self._read.page)
        ):
            return
        with suppress(CounterUnavailable):  # too many wait: then later
            self._asked = sightings.ask(self._read)

    async def told(self) -> Visitors | None:
        """Return them, this visitor among them; ``None`` if they are not to be had.

        What it is called after has been answered: a hit is none the less for this.
        """
        try:
            return await self.read()
        except CounterUnavailable:
            return None

    async def read(self) -> Visitors:
        """Return them.

        Raises:
            CounterUnavailable: Redis did not answer.
        """
        if self._asked is None:
            if unlisted := self._sightings.unlisted(self._read.page):
                await asyncio.wait([unlisted])
            self._asked = self._sightings.ask(self._read)
        found = await self._asked
        if found is None:
            found = await self._sightings.ask(self._read._replace(each=True))
        return cast("Visitors", found)
