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
from hitsvc.admin.ranking import Ranking
from hitsvc.admin.ranks import Ranks
from hitsvc.admin.reading import Reader
from hitsvc.admin.sums import Sums
from hitsvc.counting import Day, Keys, utc_day

LATEST_DAYS = max(WINDOWS)
# PERF: a site takes some 100 us beside its pages: its list, and what is kept of it.
_AGE_S_A_SITE = 100 * 100e-6
_KEPT_ON = 6
_LOCK_S = 120
# PERF: a hit that arrives meanwhile waits for the pages that are asked for at once: 0.2 ms.
_PAGES = 25
# Who reloads a page all the time keeps no more of a core busy; the store less by far.
MOST_BUSY = 0.1


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
        cpu_s: How many seconds of a CPU it took, beside those of the store.
    """

    at: float
    day: str
    sites: int
    pages: int
    sums: Numbers
    days: list[int]
    top_sites: list[list[Numbers]]
    top_pages: list[list[Numbers]]
    cpu_s: float = 0.0

    @property
    def max_age_s(self) -> float:
        """Tell for how long it may be shown before it is computed again."""
        work = self.pages * AGE_S_A_PAGE + self.sites * _AGE_S_A_SITE
        return max(MIN_AGE_S, work, self.cpu_s / MOST_BUSY)

    @classmethod
    def of(cls, text: str) -> Self:
        """Read what `written` has written."""
        at, day, sites, pages, sums, days, *tops, cpu_s = json.loads(text)
        top_sites, top_pages = tops
        return cls(
            at,
            day,
            sites,
            pages,
            read_numbers(sums),
            days,
            [[read_numbers(n) for n in top] for top in top_sites],
            [[read_numbers(n) for n in top] for top in top_pages],
            cpu_s,
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
        cpu_clock: Callable[[], float] = time.process_time,
    ) -> None:
        """Prepare.

        Args:
            client: As `open_client` makes it.
            keys: What things are called.
            today: Tells the day.
            clock: Returns seconds since 1970.
            rest: Called after each batch of pages with the seconds it took.
            cpu_clock: Returns seconds that this process has worked.
        """
        self._client = client
        self._keys = keys
        self._today = today
        self._clock = clock
        self._rest = rest
        self._cpu_clock = cpu_clock
        self._ranks = Ranks(client, keys, today)

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

    def are_fresh(self) -> bool:
        """Tell whether neither it nor the order of pages need be made again.

        Raises:
            RedisError: The store does not answer.
        """
        return self.is_fresh(self.kept()) and self._ranks.are_kept()

    def refresh(self) -> Overview | None:
        """Compute it if it is time, unless somebody else does.

        Returns:
            A new one; `None` if there is a fresh one or soon will be.

        Raises:
            RedisError: The store does not answer.
        """
        if self.are_fresh():
            return None
        name = f"{self._keys.overview}:lock"
        lock = self._client.lock(name, timeout=_LOCK_S, blocking=False)
        if not lock.acquire():
            return None
        try:
            overview = self._compute(lock)
            self._client.set(
                self._keys.overview, overview.written(), ex=_keep_s(overview)
            )
        finally:
            with suppress(LockError):  # it has expired
                lock.release()
        return overview

    def _compute(self, lock: Any) -> Overview:
        began_s = self._cpu_clock()
        at, today = self._clock(), self._today().date.isoformat()
        days = [0] * LATEST_DAYS
        extended = at
        ranking = Ranking(self._client, self._keys, at, today)

        def seen(
            site: str, numbers: list[Numbers], hits: list[list[int]], worked_s: float
        ) -> None:
            nonlocal days, extended
            for of_page in hits:
                days = list(map(add, days, of_page))
            ranking.add(site, numbers)
            if self._clock() - extended > _LOCK_S / 4:
                extended = self._clock()
                lock.reacquire()
            self._rest(worked_s)

        sums = Sums(
            self._client,
            self._keys,
            today=self._today,
            clock=self._clock,
            seen=seen,
            batch=_PAGES,
        )
        added = _Added()
        for site in Reader(self._client, self._keys).sites():
            added.add(sums.renewed(site))
        overview = added.as_overview(at, today, days)
        overview = overview._replace(cpu_s=round(self._cpu_clock() - began_s, 3))
        ranking.close(_keep_s(overview))
        return overview


class _Added:
    """What sites add up to, so far."""

    def __init__(self) -> None:
        orders = range(len(WINDOWS) + 1)
        self._sites = self._pages = 0
        self._total = Numbers("", 0, (0,) * len(WINDOWS))
        self._top_sites: list[list[Numbers]] = [[] for _ in orders]
        self._top_pages: list[list[Numbers]] = [[] for _ in orders]

    def add(self, site: SiteSums) -> None:
        self._sites += 1
        self._pages += site.pages
        self._total = _together(self._total, site)
        for order, tops in enumerate(site.tops):
            sites, pages = self._top_sites[order], self._top_pages[order]
            self._top_sites[order] = best([*sites, site.sums], order, KEPT)
            self._top_pages[order] = best([*pages, *tops], order, KEPT)

    def as_overview(self, at: float, day: str, days: list[int]) -> Overview:
        found = self._total, days, self._top_sites, self._top_pages
        return Overview(at, day, self._sites, self._pages, *found)


def _keep_s(overview: Overview) -> int:
    return int(overview.max_age_s * _KEPT_ON)


def _together(total: Numbers, site: SiteSums) -> Numbers:
    lately = map(add, total.lately, site.sums.lately)
    return Numbers("", total.total + site.sums.total, tuple(lately))
