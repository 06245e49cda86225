"""What all sites of a store add up to, computed by one process at a time.

It is the work of a process of its own (`hitsvc.admin.summing`): a hundred thousand pages
take seconds of a CPU, which nobody who counts hits has to spare. Who wants to see it reads
what was kept, with its age.
"""

import json
import time
from collections.abc import Callable
from contextlib import suppress
from operator import add
from typing import Any, NamedTuple, Self

from redis.exceptions import LockError

from hitsvc.admin.numbers import (
    AGE_S_A_PAGE,
    KEPT,
    MIN_AGE_S,
    WINDOWS,
    Numbers,
    SiteSums,
    best,
    read_numbers,
)
from hitsvc.admin.reading import Reader
from hitsvc.admin.sums import Sums
from hitsvc.counting import Day, Keys, utc_day

LATEST_DAYS = max(WINDOWS)
# PERF: a site takes some 100 us beside its pages: its list, and what is kept of it.
_AGE_S_A_SITE = 100 * 100e-6
_KEPT_ON = 6
_LOCK_S = 120


class Overview(NamedTuple):
    """All sites together.

    Attributes:
        at: When, in seconds since 1970.
        day: What was today.
        sites: How many sites have pages.
        pages: How many pages have hits.
        sums: Their sums.
        days: The hits of the latest days, oldest first.
        top_sites: The top sites of each order: by total, then by each window.
        top_pages: The top pages likewise.
    """

    at: float
    day: str
    sites: int
    pages: int
    sums: Numbers
    days: list[int]
    top_sites: list[list[Numbers]]
    top_pages: list[list[Numbers]]

    @property
    def max_age_s(self) -> float:
        """Tell for how long it may be shown before it is computed again."""
        return max(MIN_AGE_S, self.pages * AGE_S_A_PAGE + self.sites * _AGE_S_A_SITE)

    @classmethod
    def of(cls, text: str) -> Self:
        """Read what `written` has written."""
        at, day, sites, pages, sums, days, top_sites, top_pages = json.loads(text)
        return cls(
            at,
            day,
            sites,
            pages,
            read_numbers(sums),
            days,
            [[read_numbers(n) for n in top] for top in top_sites],
            [[read_numbers(n) for n in top] for top in top_pages],
        )

    def written(self) -> str:
        """Write it down."""
        return json.dumps(self, separators=(",", ":"))


class Overviews:
    """The overview of one store."""

    def __init__(
        self,
        client: Any,
        keys: Keys,
        *,
        today: Callable[[], Day] = utc_day,
        clock: Callable[[], float] = time.time,
        rest: Callable[[float], None] = lambda worked_s: None,
    ) -> None:
        """Prepare.

        Args:
            client: As `open_client` makes it.
            keys: What things are called.
            today: Tells the day.
            clock: Returns seconds since 1970.
            rest: Called after each batch of pages with the seconds it took.
        """
        self._client = client
        self._keys = keys
        self._today = today
        self._clock = clock
        self._rest = rest

    def kept(self) -> Overview | None:
        """Return the one that was computed last, of today; `None` if there is none.

        Raises:
            RedisError: The store does not answer.
        """
        text = self._client.get(self._keys.overview)
        overview = Overview.of(text) if text else None
        if overview and overview.day == self._today().date.isoformat():
            return overview
        return None

    def is_fresh(self, overview: Overview | None) -> bool:
        """Tell whether it need not be computed again."""
        return (
            overview is not None
            and 0 <= self._clock() - overview.at < overview.max_age_s
        )

    def refresh(self) -> Overview | None:
        """Compute it if it is time, unless somebody else does.

        Returns:
            A new one; `None` if there is a fresh one or soon will be.

        Raises:
            RedisError: The store does not answer.
        """
        if self.is_fresh(self.kept()):
            return None
        name = f"{self._keys.overview}:lock"
        lock = self._client.lock(name, timeout=_LOCK_S, blocking=False)
        if not lock.acquire():
            return None
        try:
            overview = self._compute(lock)
            keep_s = int(overview.max_age_s * _KEPT_ON)
            self._client.set(self._keys.overview, overview.written(), ex=keep_s)
        finally:
            with suppress(LockError):  # it has expired
                lock.release()
        return overview

    def _compute(self, lock: Any) -> Overview:
        at, today = self._clock(), self._today().date.isoformat()
        days = [0] * LATEST_DAYS
        extended = at

        def seen(hits: list[list[int]], worked_s: float) -> None:
            nonlocal days, extended
            for of_page in hits:
                days = list(map(add, days, of_page))
            if self._clock() - extended > _LOCK_S / 4:
                extended = self._clock()
                lock.reacquire()
            self._rest(worked_s)

        sums = Sums(
            self._client, self._keys, today=self._today, clock=self._clock, seen=seen
        )
        number = pages = 0
        total = Numbers("", 0, (0,) * len(WINDOWS))
        orders = range(len(WINDOWS) + 1)
        top_sites: list[list[Numbers]] = [[] for _ in orders]
        top_pages: list[list[Numbers]] = [[] for _ in orders]
        for site in Reader(self._client, self._keys).sites():
            found = sums.renewed(site)
            number += 1
            pages += found.pages
            total = _together(total, found)
            for order in orders:
                top_sites[order] = best([*top_sites[order], found.sums], order, KEPT)
                top = [*top_pages[order], *found.tops[order]]
                top_pages[order] = best(top, order, KEPT)
        return Overview(at, today, number, pages, total, days, top_sites, top_pages)


def _together(total: Numbers, site: SiteSums) -> Numbers:
    lately = map(add, total.lately, site.sums.lately)
    return Numbers("", total.total + site.sums.total, tuple(lately))
