"""What a page holds: its total, its days, and its hits without a date."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, Self

from hitsvc.admin.importers import Row


@dataclass(frozen=True, slots=True)
class Contents:
    """All that is counted of a page, at one moment.

    Attributes:
        total: Its hits.
        undated: Those without a date, as stored.
        days: Those of each day.
    """

    total: int = 0
    undated: int = 0
    days: Mapping[date, int] = field(default_factory=dict)

    @classmethod
    def of(cls, reply: Sequence[Any]) -> Self:
        """Read what a script has returned."""
        total, undated, years = reply
        days = {}
        for year, fields in years:
            first = date(int(year), 1, 1)
            for number, hits in zip(fields[::2], fields[1::2], strict=True):
                days[first + timedelta(int(number) - 1)] = int(hits)
        return cls(int(total or 0), int(undated or 0), days)

    def rows(self, page: str) -> Iterator[Row]:
        """Write it down, so that the rows add up to the total.

        What a lost day has left apart counts as without a date.
        """
        undated = self.total - sum(self.days.values())
        if undated:
            yield Row(page, None, undated)
        for day in sorted(self.days):
            yield Row(page, day, self.days[day])


def rows_of(pages: Iterable[tuple[str, Contents]]) -> Iterator[Row]:
    """Write pages down, one after another."""
    for page, contents in pages:
        yield from contents.rows(page)
