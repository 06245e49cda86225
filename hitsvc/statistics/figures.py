"""The figures beside the chart: what today is compared with, best days, weekdays."""

from datetime import date, datetime, timedelta
from heapq import nsmallest
from typing import NamedTuple

from hitsvc.statistics.history import History
from hitsvc.statistics.words import WEEKDAYS

_BEST = 5
_WEEK = 7
# Of so many weeks is the usual weekday made, if the page is that old.
_WEEKS = 4
_DAY_S = 86_400
# Before that nobody can tell how the day fills.
_LEAST_PART = 0.25
# With less, a single view more or less would be news.
_LEAST_EXPECTED = 10
_DAYS_OF_A_YEAR = 365


class Change(NamedTuple):
    """How today compares with what would be usual by now.

    Attributes:
        percent: How much more, or less if it is negative.
        weekday: The name of today's.
    """

    percent: int
    weekday: str


class Weekday(NamedTuple):
    """A weekday: its name, its hits on average, and their part of the highest, in percent."""

    name: str
    hits: float
    percent: int


def change(history: History, now: datetime) -> Change | None:
    """Compare today with the mean of the same weekday in the four weeks before.

    A day is taken to fill evenly: by noon, half of what is usual is expected.

    Args:
        history: Of a page.
        now: The time, in the zone of its days.

    Returns:
        The comparison; `None` where too little is known for one.
    """
    today = history.today
    past = [today - timedelta(_WEEK * n) for n in range(1, _WEEKS + 1)]
    hits = [history.days[day] for day in past if day in history.days]
    gone = now - datetime(today.year, today.month, today.day, tzinfo=now.tzinfo)
    part = min(max(gone.total_seconds() / _DAY_S, 0), 1)
    expected = sum(hits) / len(hits) * part if hits else 0
    if part < _LEAST_PART or expected < _LEAST_EXPECTED:
        return None
    percent = round((history.days[today] / expected - 1) * 100)
    return Change(percent, WEEKDAYS[today.weekday()])


def best_days(history: History) -> list[tuple[date, int]]:
    """Return the five days with the most hits, the highest first."""
    days = [(day, hits) for day, hits in history.days.items() if hits > 0]
    return nsmallest(_BEST, days, key=lambda entry: (-entry[1], entry[0]))


def weekdays(history: History) -> list[Weekday]:
    """Return the mean of each weekday of the last year, without today, Monday first.

    Nothing, where not every weekday has been.
    """
    today = history.today
    sums, numbers = [0] * _WEEK, [0] * _WEEK
    for day, hits in history.days.items():
        if 0 < (today - day).days <= _DAYS_OF_A_YEAR:
            sums[day.weekday()] += hits
            numbers[day.weekday()] += 1
    if not all(numbers):
        return []
    means = [total / number for total, number in zip(sums, numbers, strict=True)]
    highest = max(means)
    if highest <= 0:
        return []
    return [
        Weekday(name, mean, round(100 * mean / highest))
        for name, mean in zip(WEEKDAYS, means, strict=True)
    ]
