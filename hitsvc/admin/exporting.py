"""Exporting: every page of a store as rows, in memory that does not grow.

Pages are found by ``SCAN``, so those are there that the index does not have, and sorted, so
each is there once. Then some at a time are read by a script: each page as it is at one
moment, though not all at the same.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from datetime import date, timedelta
from functools import lru_cache
from itertools import islice
from typing import Any

from hitsvc.admin.client import script
from hitsvc.admin.importers import Row, distinct
from hitsvc.admin.nodes import is_cluster, servers, unmoved
from hitsvc.admin.reading_ahead import reading
from hitsvc.counting import Keys, site_of
from hitsvc.errors import StoreError

# Names in one step: hits wait in the store while it looks.
_SCAN = 200
# Pages are read so many at a time, fewer where they have many rows.
_MAX_PAGES = 50
_FIRST_PAGES = 20
_ROWS = 500
# A year that begins later than that does so after the export's end.
_LONGEST = timedelta(days=7)
_ON_THEIR_WAY = (
    "hits of a page are being moved to another, or that was cut off: hitsvc repair ends "
    "it; then run this again"
)


class Export:
    """Reads a whole store, or a site of it."""

    def __init__(self, client: Any, keys: Keys, site: str | None = None) -> None:
        """Prepare.

        Args:
            client: As `open_client` makes it.
            keys: What things are called.
            site: The only host to read.
        """
        self._client = client
        self._keys = keys
        self._site = site
        self._years: set[str] = set()

    def rows(
        self,
        today: date,
        progress: Callable[[int], None] = lambda number: None,
    ) -> Iterator[Row]:
        """Read the rows, ordered by page: hits without a day first, then the days.

        A page's rows add up to its total. What of the total is in no day is in the row
        without one; that is there too if nothing else is.

        Args:
            today: The day on which the export begins.
            progress: Told how many pages more have been read.

        Raises:
            StoreError: There are pages of version 1.0, or hits on their way between two
                nodes of a cluster.
            RedisError: The store does not answer.
        """
        if is_cluster(self._client) and self._client.exists(self._keys.move):
            raise StoreError(_ON_THEIR_WAY)
        # It may begin before the export ends.
        self._years = {str(day.year) for day in (today, today + _LONGEST)}
        for pages, found in self._batches(progress):
            for page, reply in zip(pages, found, strict=True):
                yield from _rows(page, reply)

    def _batches(
        self, progress: Callable[[int], None]
    ) -> Iterator[tuple[list[str], Sequence[Any]]]:
        """Read the pages, some at a time: their names, and what is of them."""
        names = distinct(self._scan())
        with reading(self._client) as reader:

            def ask(size: int) -> list[str]:
                batch = list(islice(names, size))
                if batch:
                    totals = [self._keys.page(name).total for name in batch]
                    reader.ask(totals, sorted(self._years))
                return batch

            size = _FIRST_PAGES
            coming = ask(size)
            while coming:
                now, found = coming, reader.answer()
                # PERF: the store reads these while the others are written: 1.5 times as
                # fast.
                coming = ask(size)
                yield now, found
                hits = sum(len(days) // 2 for page in found for days in page[3::2])
                size = max(1, min(_MAX_PAGES, len(now) * _ROWS // (hits + 1)))
                progress(len(now))

    def _scan(self) -> Iterator[list[str]]:
        """Find the pages; some come twice while the store grows or shrinks."""
        with unmoved(self._client):
            for server in servers(self._client):
                yield from self._scan_one(server)

    def _scan_one(self, server: Any) -> Iterator[list[str]]:
        text, site = script("scan_pages"), self._site
        start = len(self._keys.page("").total) - 1
        pattern = self._keys.all_pages
        if site is not None:
            # `example.com` also finds `example.com:8080` and `example.company`.
            pattern = pattern[:-1] + re.sub(r"([*?\[\]\\])", r"\\\1", site) + "*"
        cursor = "0"
        while True:
            cursor, pages, years, old = server.eval(
                text, 0, cursor, pattern, _SCAN, start
            )
            if old:
                msg = f"{old} has its days as version 1.0 kept them: run hitsvc repair first"
                raise StoreError(msg)
            self._years.update(years)
            yield [page for page in pages if site is None or site_of(page) == site]
            if cursor == "0":
                return


def _rows(page: str, reply: Sequence[Any]) -> Iterator[Row]:
    """Make the rows of a page."""
    total, undated, *years = reply
    if total == "":
        return  # it was deleted meanwhile
    rest = _number(page, total)
    rows = []
    for year, days in zip(years[::2], years[1::2], strict=True):
        for field, hits_text in zip(days[::2], days[1::2], strict=True):
            hits, day = _number(page, hits_text), _day(year, field)
            # What could not be read again as a day's counts among the undated.
            if day is not None and hits >= 0:
                rest -= hits
                rows.append(Row(page, day, hits))
    if rest or undated or not rows:
        yield Row(page, None, rest)
    rows.sort()
    yield from rows


def _number(page: str, text: str) -> int:
    try:
        return int(text)
    except ValueError as ex:
        msg = f"{page} cannot be exported: the store has {text!r} where a number should be"
        raise StoreError(msg) from ex


@lru_cache(8192)
def _day(year: str, field: str) -> date | None:
    """Return a day; None if a year has no such field."""
    if not field.isdecimal():
        return None
    try:
        day = date(int(year), 1, 1) + timedelta(int(field) - 1)
    except (ValueError, OverflowError):
        return None
    return day if day.year == int(year) else None
