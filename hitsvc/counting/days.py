"""Days as they are counted, in UTC: each is a field of a hash a year."""

import datetime as dt
import time
from functools import lru_cache
from typing import NamedTuple, Self

_EPOCH = dt.date(1970, 1, 1)
_DAY_S = 86_400


class Day(NamedTuple):
    """A day, and where its hits are stored.

    Attributes:
        date: In the calendar.
        year: Says which of a page's hashes.
        field: Its name there: the day of the year, 1 to 366.
    """

    date: dt.date
    year: int
    field: str

    @classmethod
    def of(cls, day: dt.date) -> Self:
        """Make it from the calendar's."""
        return cls(day, day.year, str(day.timetuple().tm_yday))


def utc_day() -> Day:
    """Return today: the same object all day."""
    # PERF: 0.2 us; `datetime.now` would take 1 us of each batch.
    return _day(int(time.time()) // _DAY_S)


@lru_cache(2)
def _day(days_since_epoch: int) -> Day:
    return Day.of(_EPOCH + dt.timedelta(days_since_epoch))


# The first and second half of a long history; each is the same all day.
@lru_cache(4)
def days_between(first: dt.date, last: dt.date) -> tuple[Day, ...]:
    """Return the days from one to another, both included, oldest first."""
    number = (last - first).days + 1
    return tuple(Day.of(first + dt.timedelta(n)) for n in range(number))


@lru_cache(16)
def latest_days(today: Day, number: int) -> tuple[Day, ...]:
    """Return the days up to today, oldest first.

    Args:
        today: The last of them.
        number: How many, today included.
    """
    last = today.date
    return tuple(Day.of(last - dt.timedelta(ago)) for ago in reversed(range(number)))
