"""The numbers of pages, and what those of a site add up to."""

import json
from heapq import nsmallest
from typing import Any, NamedTuple, Self

# The last days that are summed.
WINDOWS = (1, 7, 30)
# How many top pages are kept of each order.
KEPT = 50
MIN_AGE_S = 10.0
# PERF: a page takes 18 us of a store's core. Kept so long, sums take a hundredth of it.
AGE_S_A_PAGE = 100 * 18e-6


class Numbers(NamedTuple):
    """A page's numbers, or those of many.

    Attributes:
        page: Its key; or the site.
        total: All hits.
        lately: The hits of the last days, for each window.
    """

    page: str
    total: int
    lately: tuple[int, ...]

    def by(self, order: int) -> int:
        """Return the number to sort by: 0 is the total, else which window."""
        return self.lately[order - 1] if order else self.total


class SiteSums(NamedTuple):
    """What a site's pages add up to.

    Attributes:
        at: When, in seconds since 1970.
        day: What was today.
        pages: How many pages have hits.
        sums: Their sums.
        tops: The top pages of each order: by total, then by each window.
    """

    at: float
    day: str
    pages: int
    sums: Numbers
    tops: list[list[Numbers]]

    @property
    def max_age_s(self) -> float:
        """Tell for how long it may be shown."""
        return max(MIN_AGE_S, self.pages * AGE_S_A_PAGE)

    @classmethod
    def of(cls, text: str) -> Self:
        """Read what `written` has written."""
        at, day, pages, sums, tops = json.loads(text)
        return cls(
            at,
            day,
            pages,
            read_numbers(sums),
            [[read_numbers(p) for p in top] for top in tops],
        )

    def written(self) -> str:
        """Write it down."""
        return json.dumps(self, separators=(",", ":"))


def read_numbers(fields: list[Any]) -> Numbers:
    """Make numbers again of what JSON has kept."""
    page, total, lately = fields
    return Numbers(page, total, tuple(lately))


def best(numbers: list[Numbers], order: int, number: int) -> list[Numbers]:
    """Return the first of these by an order, at most so many."""
    return nsmallest(number, numbers, key=lambda n: (-n.by(order), n.page))
