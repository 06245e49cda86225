"""Sums over the pages of a site, and its top pages.

Nothing counts a site when it is hit: a site's numbers are summed over its pages when
somebody asks, by one process at a time, and kept for all for a while. A page's numbers are
exact; a sum is exact as of its time, which stands with it.
"""

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import groupby
from typing import Any

from hitsvc.admin.batches import BATCH, batches
from hitsvc.admin.numbers import KEPT, WINDOWS, Numbers, SiteSums, best
from hitsvc.admin.reading import Reader
from hitsvc.counting import Day, Keys, latest_days, utc_day

# Kept a while longer, for those who ask while it is summed anew.
_KEPT_ON = 6
_LOCK_S = 60
_POLL_S = 0.05


class Sums:
    """The sums of one store's sites."""

    def __init__(
        self,
        client: Any,
        keys: Keys,
        *,
        today: Callable[[], Day] = utc_day,
        clock: Callable[[], float] = time.time,
        sleep: Callable[[float], None] = time.sleep,
        seen: Callable[[str, list[Numbers], list[list[int]], float], None]
        | None = None,
        batch: int = BATCH,
    ) -> None:
        """Prepare.

        Args:
            client: As `open_client` makes it.
            keys: What things are called.
            today: Tells the day.
            clock: Returns seconds since 1970.
            sleep: Waits for so many seconds.
            seen: Told after each batch of pages the site, their numbers, their hits of
                each day, and how many seconds it took. A site's pages come in order.
            batch: How many pages are asked for at once.
        """
        self._client = client
        self._keys = keys
        self._reader = Reader(client, keys)
        self._today = today
        self._clock = clock
        self._sleep = sleep
        self._seen = seen
        self._batch = batch

    def site(self, site: str) -> SiteSums:
        """Return a site's sums: those that are kept, or new ones.

        Raises:
            RedisError: The store does not answer.
        """
        name = self._keys.sums(site)
        lock = self._client.lock(self._keys.sums_lock(site), timeout=_LOCK_S)
        waited = 0.0
        while True:
            text = self._client.get(name)
            kept = SiteSums.of(text) if text else None
            if kept and self._is_fresh(kept):
                return kept
            if lock.acquire(blocking=False):
                break
            if kept and kept.day == self._today().date.isoformat():
                return kept
            if waited > _LOCK_S:  # pragma: no cover - a lock does not live so long
                break
            self._sleep(_POLL_S)
            waited += _POLL_S
        try:
            return self.renewed(site)
        finally:
            if lock.owned():
                lock.release()

    def renewed(self, site: str) -> SiteSums:
        """Sum a site's pages now, and keep that; whether others do so too is not asked."""
        sums = self.compute(site)
        keep_s = int(sums.max_age_s * _KEPT_ON)
        self._client.set(self._keys.sums(site), sums.written(), ex=keep_s)
        return sums

    def kept(self, sites: Sequence[str]) -> list[SiteSums | None]:
        """Return what is kept of sites, however old; nothing is computed."""
        pipeline = self._client.pipeline(transaction=False)
        for site in sites:
            pipeline.get(self._keys.sums(site))
        return [text and SiteSums.of(text) for text in pipeline.execute()]

    def sites(self, sites: Iterable[str] | None = None) -> Iterator[SiteSums]:
        """Return the sums of sites, of all if none are named."""
        for site in self._reader.sites() if sites is None else sites:
            yield self.site(site)

    def top(
        self,
        sites: Iterable[str],
        number: int,
        *,
        order: int = 0,
        windows: Sequence[int] = WINDOWS,
    ) -> list[Numbers]:
        """Return the top pages of some sites together.

        Args:
            sites: Whose pages.
            number: How many.
            order: 0: by total, else by which window, from 1.
            windows: Numbers of days to sum; others than `WINDOWS` are not kept.
        """
        found: list[Numbers] = []
        for site in sites:
            if number <= KEPT and tuple(windows) == WINDOWS:
                sums = self.site(site)
            else:
                sums = self.compute(site, number, windows)
            found = best([*found, *sums.tops[order]], order, number)
        return [numbers for numbers in found if numbers.by(order)]

    def compute(
        self, site: str, number: int = KEPT, windows: Sequence[int] = WINDOWS
    ) -> SiteSums:
        """Sum a site's pages now.

        Args:
            site: Which.
            number: How many top pages to return of each order.
            windows: Numbers of days to sum.
        """
        at, today = self._clock(), self._today()
        tops: list[list[Numbers]] = [[] for _ in range(len(windows) + 1)]
        pages, total, lately = 0, 0, [0] * len(windows)
        for found in self._numbers(site, today, windows):
            pages += len(found)
            total += sum(n.total for n in found)
            for place in range(len(windows)):
                lately[place] += sum(n.lately[place] for n in found)
            tops = [
                best([*top, *found], order, number) for order, top in enumerate(tops)
            ]
        sums = Numbers(site, total, tuple(lately))
        return SiteSums(at, today.date.isoformat(), pages, sums, tops)

    def _is_fresh(self, sums: SiteSums) -> bool:
        return (
            sums.day == self._today().date.isoformat()
            and 0 <= self._clock() - sums.at < sums.max_age_s
        )

    def _numbers(
        self, site: str, today: Day, windows: Sequence[int]
    ) -> Iterator[list[Numbers]]:
        days = latest_days(today, max(windows))[::-1]
        years = [
            (year, [day.field for day in group])
            for year, group in groupby(days, lambda day: day.year)
        ]
        for pages in batches(sorted(set(self._reader.pages(site))), self._batch):
            began, hits = self._clock(), list[list[int]]()
            numbers = list(self._ask(pages, years, windows, hits))
            yield numbers
            if self._seen:
                self._seen(site, numbers, hits, self._clock() - began)

    def _ask(
        self,
        pages: Sequence[str],
        years: Sequence[tuple[int, list[str]]],
        windows: Sequence[int],
        of_days: list[list[int]],
    ) -> Iterator[Numbers]:
        pipeline = self._client.pipeline(transaction=False)
        for page in pages:
            keys = self._keys.page(page)
            pipeline.get(keys.total)
            for year, fields in years:
                pipeline.hmget(keys.year(year), fields)
        replies = iter(pipeline.execute())
        for page in pages:
            total = next(replies)
            hits = [int(h or 0) for _ in years for h in next(replies)]
            if total is not None:
                of_days.append(hits[::-1])
                lately = tuple(sum(hits[:window]) for window in windows)
                yield Numbers(page, int(total), lately)
