"""What all sites of a store add up to: the numbers, and how they are kept.

`hitsvc.admin.overviews` computes them.
"""

import json
from operator import add
from typing import NamedTuple, Self

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

# PERF: a site takes some 100 us beside its pages: its list, and what is kept of it.
_AGE_S_A_SITE = 100 * 100e-6
_KEPT_ON = 6
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

    @property
    def keep_s(self) -> int:
        """Tell for how long it is kept: there is always one to show."""
        return int(self.max_age_s * _KEPT_ON)

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


class Added:
    """What sites add up to, so far."""

    def __init__(self) -> None:
        """Begin with none."""
        orders = range(len(WINDOWS) + 1)
        self._sites = self._pages = 0
        self._total = Numbers("", 0, (0,) * len(WINDOWS))
        self._top_sites: list[list[Numbers]] = [[] for _ in orders]
        self._top_pages: list[list[Numbers]] = [[] for _ in orders]

    def add(self, site: SiteSums) -> None:
        """Add one site."""
        self._sites += 1
        self._pages += site.pages
        self._total = _together(self._total, site)
        for order, tops in enumerate(site.tops):
            sites, pages = self._top_sites[order], self._top_pages[order]
            self._top_sites[order] = best([*sites, site.sums], order, KEPT)
            self._top_pages[order] = best([*pages, *tops], order, KEPT)

    def as_overview(self, at: float, day: str, days: list[int]) -> Overview:
        """Return all of it.

        Args:
            at: See `Overview`, as for the others.
            day: What was today.
            days: The hits of the latest days.
        """
        found = self._total, days, self._top_sites, self._top_pages
        return Overview(at, day, self._sites, self._pages, *found)


def _together(total: Numbers, site: SiteSums) -> Numbers:
    lately = map(add, total.lately, site.sums.lately)
    return Numbers("", total.total + site.sums.total, tuple(lately))
