"""Days as they are counted: each is a field of a hash a year.

One `Calendar` says for all of the service which day it is. Whoever counts, reads or prunes
asks it, so that nobody's "today" is another than that of hits.
"""

import datetime as dt
import time
from collections.abc import Callable
from functools import lru_cache
from typing import NamedTuple, Self
from zoneinfo import ZoneInfo

_EPOCH = dt.date(1970, 1, 1)
_DAY_S = 86_400
_MINUTE_S = 60
UTC = "UTC"


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

    @classmethod
    def named(cls, name: str) -> Self:
        """Make it from its name."""
        year, _, field = name.partition("-")
        return cls.of(dt.date(int(year), 1, 1) + dt.timedelta(int(field) - 1))

    @property
    def name(self) -> str:
        """What it is called in a key: ``2026-330``."""
        return f"{self.year}-{self.field}"


class Calendar:
    """Tells the day in a time zone.

    Attributes:
        zone: Its name, such as ``Europe/Berlin``.
        today: Returns the day: the same object all day.
        clock: Returns seconds since 1970.
    """

    today: Callable[[], Day]

    def __init__(self, zone: str = UTC, clock: Callable[[], float] = time.time) -> None:
        """Read the rules of a zone.

        Args:
            zone: Its name in the tz database; the settings have looked whether it is
                there.
            clock: Returns seconds since 1970.

        Raises:
            ZoneInfoNotFoundError: There is no such zone.
        """
        self.zone = zone
        self.clock = clock
        self.tzinfo: dt.tzinfo = dt.UTC if zone == UTC else ZoneInfo(zone)
        self._minute = -1
        self._day = Day.of(_EPOCH)
        usual = zone == UTC and clock is time.time
        self.today = utc_day if usual else self._local_day

    def now(self) -> dt.datetime:
        """Tell the time in the zone."""
        return dt.datetime.fromtimestamp(self.clock(), self.tzinfo)

    def _local_day(self) -> Day:
        # Clocks change, and days begin, at whole minutes: so it has been in every zone
        # since 1972. A day may have 23 hours, or 25, or begin at 1:00.
        # PERF: 0.2 us; to ask for the date each time takes 1.5 us of each batch.
        minute = int(self.clock()) // _MINUTE_S
        if minute != self._minute:
            moment = dt.datetime.fromtimestamp(minute * _MINUTE_S, self.tzinfo)
            self._day = _same(moment.date())
            self._minute = minute
        return self._day


def utc_day() -> Day:
    """Return today in UTC: the same object all day."""
    # PERF: 0.2 us; `datetime.now` would take 1 us of each batch.
    return _day(int(time.time()) // _DAY_S)


@lru_cache(2)
def _day(days_since_epoch: int) -> Day:
    return Day.of(_EPOCH + dt.timedelta(days_since_epoch))


@lru_cache(2)
def _same(day: dt.date) -> Day:
    return Day.of(day)


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
