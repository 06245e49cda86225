"""All that is known of a page's hits."""

from datetime import date
from typing import NamedTuple

from hitsvc.counting.visitors import Visitors


class Totals(NamedTuple):
    """What is known of a URL.

    Attributes:
        total: All its hits.
        days: The hits of the latest days, as many as were asked for, oldest
            first.
        undated: Its hits without a date: set, added or brought in by the operator.
        visitors: Its visitors, where they are counted.
    """

    total: int
    days: dict[date, int]
    undated: int = 0
    visitors: Visitors | None = None

    @property
    def today(self) -> int:
        """The hits of the latest day."""
        return next(reversed(self.days.values()))
