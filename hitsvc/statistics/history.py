"""All that is known of a page, day by day."""

from dataclasses import dataclass
from datetime import date, timedelta

from hitsvc.counter import HitCounter
from hitsvc.counting import Visitors, days_between

# Most pages are younger; only for others is Redis asked once more.
_YEARS_AT_FIRST = 2
_YEARS = 12


@dataclass(frozen=True, slots=True)
class History:
    """The hits of a page.

    Attributes:
        key: Its key.
        total: All of them.
        undated: Those without a date.
        earlier: Those of days before the first of `days`.
        days: Those of each day from the first that has some, or from today, to today.
        visitors: Its visitors, where they are counted.
    """

    key: str
    total: int
    undated: int
    earlier: int
    days: dict[date, int]
    visitors: Visitors | None = None

    @property
    def first(self) -> date:
        """The first of the days."""
        return next(iter(self.days))

    @property
    def today(self) -> date:
        """The last of the days."""
        return next(reversed(self.days))

    def sum(self, first: date, last: date) -> int:
        """Add up the days from one to another, both included."""
        number = (last - first).days + 1
        days = (first + timedelta(ago) for ago in range(number))
        return sum(self.days.get(day, 0) for day in days)

    def latest(self, number: int, *, ending: int = 0) -> int:
        """Add up so many days, the last of them so many days ago."""
        last = self.today - timedelta(ending)
        return self.sum(last - timedelta(number - 1), last)


async def read_history(counter: HitCounter, key: str) -> History:
    """Read it: in one batch, or two for a page that is older than some two years.

    Raises:
        CounterUnavailable: Redis did not answer.
    """
    today = counter.today
    start = date(today.year - _YEARS_AT_FIRST + 1, 1, 1)
    seen = await counter.totals_of(key, days_between(start, today))
    days = seen.days
    earlier = seen.total - seen.undated - sum(days.values())
    if earlier > 0:
        first = date(today.year - _YEARS + 1, 1, 1)
        more = await counter.totals_of(
            key, days_between(first, start - timedelta(days=1))
        )
        earlier -= sum(more.days.values())
        days = {**more.days, **days}
    known = max(earlier, 0), _begun(days), seen.visitors
    return History(key, seen.total, seen.undated, *known)


def _begun(days: dict[date, int]) -> dict[date, int]:
    """Leave out the days before the first that has hits."""
    dates = list(days)
    first = next((i for i, day in enumerate(dates) if days[day]), len(dates) - 1)
    return {day: days[day] for day in dates[first:]}
