"""The periods that can be looked at, and the bars that each has.

A bar is a day for up to 90 days, a week for up to two years, and a month beyond.
"""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import NamedTuple

from hitsvc.statistics.history import History
from hitsvc.statistics.words import day_in_words, month_in_words

USUAL = "30"
# What a query says, and what a link to it says.
PERIODS = {
    "7": "7 days",
    "30": "30 days",
    "90": "90 days",
    "year": "12 months",
    "all": "All",
}
MOST_DAYS = 90
_MOST_WEEKS = 2 * 53
WEEKS_OF_A_YEAR = 53
_WEEK = 7


class Bar(NamedTuple):
    """A part of a period.

    Attributes:
        first: Its first day.
        last: Its last day, or today.
        hits: Of all its days.
        unfinished: It is not over.
        name: In words.
        short: The same in a few letters, for an axis.
    """

    first: date
    last: date
    hits: int
    unfinished: bool
    name: str
    short: str


class Period(NamedTuple):
    """A period as it is shown.

    Attributes:
        unit: What a bar is: ``day``, ``week`` or ``month``.
        bars: Oldest first.
    """

    unit: str
    bars: list[Bar]

    @property
    def hits(self) -> int:
        """The hits of all of it."""
        return sum(bar.hits for bar in self.bars)


def period(history: History, name: str) -> Period:
    """Cut a history into the bars of a period.

    Args:
        history: Of a page.
        name: One of `PERIODS`.
    """
    today = history.today
    if name == "year":
        return Period("week", list(_weeks(history, _monday(today, WEEKS_OF_A_YEAR))))
    if name != "all":
        return Period("day", list(_days(history, today - timedelta(int(name) - 1))))
    days = (today - history.first).days + 1
    if days <= MOST_DAYS:
        # Not fewer than a week: a single bar says nothing.
        first = min(history.first, today - timedelta(_WEEK - 1))
        return Period("day", list(_days(history, first)))
    weeks = ((today - _monday(history.first)).days) // _WEEK + 1
    if weeks <= _MOST_WEEKS:
        return Period("week", list(_weeks(history, _monday(history.first))))
    return Period("month", list(_months(history)))


def _monday(day: date, weeks: int = 1) -> date:
    """Return the first day of the first of so many weeks, the last of which has a day."""
    return day - timedelta(day.weekday() + _WEEK * (weeks - 1))


def _days(history: History, first: date) -> Iterator[Bar]:
    today = history.today
    for n in range((today - first).days + 1):
        day = first + timedelta(n)
        words = day_in_words(day)
        hits = history.days.get(day, 0)
        yield Bar(day, day, hits, day == today, words, _short(day))


def _weeks(history: History, first: date) -> Iterator[Bar]:
    today = history.today
    while first <= today:
        end = first + timedelta(_WEEK - 1)
        last = min(end, today)
        name = f"Week from {day_in_words(first)}"
        hits = history.sum(first, last)
        yield Bar(first, last, hits, end >= today, name, _short(first))
        first = end + timedelta(1)


def _months(history: History) -> Iterator[Bar]:
    today = history.today
    first = history.first.replace(day=1)
    while first <= today:
        after = (first + timedelta(31)).replace(day=1)
        last = min(after - timedelta(1), today)
        name = month_in_words(first)
        hits = history.sum(first, last)
        yield Bar(first, last, hits, after > today, name, f"{name[:3]} {first.year}")
        first = after


def _short(day: date) -> str:
    return f"{day.day} {month_in_words(day)[:3]}"
