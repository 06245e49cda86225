"""Visitors: how many different people came on a day, as far as they are told apart.

While a day goes on, its visitors are a sketch (HyperLogLog,
https://redis.io/docs/latest/develop/data-types/probabilistic/hyperloglogs/): 12 kB at most,
however many there are, with a standard error of 0.81 %. When it is over, the sketch becomes
a number, see `hitsvc.counting.closing`. What goes into it is a keyed hash, and the key lives
a day.

A site has visitors as a page has: its sketches and numbers have a name of their own.
"""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import Any, NamedTuple

from hitsvc.counting.commands import PageCommands
from hitsvc.counting.days import Day
from hitsvc.counting.reply_types import failure, is_count, number
from hitsvc.errors import CounterUnavailable

# No visitors were counted before.
FIRST_YEAR = 2026


class Seen(NamedTuple):
    """A visitor, on a day.

    Attributes:
        day: Which day.
        page: What the visitor is called on the page.
        site: The same on its site.
    """

    day: Day
    page: str
    site: str


class Sighting(NamedTuple):
    """Note that a visitor came; the result is true, or a refusal."""

    page: PageCommands
    name: str
    day: Day


class ReadVisitors(NamedTuple):
    """Read the visitors of a page, or of a site; the result is a `Visitors`."""

    page: PageCommands
    today: Day

    @property
    def years(self) -> range:
        """The years that there may be numbers of."""
        return range(FIRST_YEAR, self.today.year + 1)

    @property
    def open_days(self) -> tuple[Day, Day]:
        """The days that may still be sketches: a day is closed soon after it is over."""
        return Day.of(self.today.date - timedelta(1)), self.today


class Visitors(NamedTuple):
    """The visitors of a page or a site.

    Attributes:
        days: How many came on each day that had some.
        today: How many came today.
    """

    days: dict[date, int]
    today: int

    @property
    def total(self) -> int:
        """The sum of all days: who comes on two days is two."""
        return sum(self.days.values())


def questions(read: ReadVisitors) -> list[str]:
    """Spell what is asked: the numbers of each year, then the sketches."""
    numbers = [read.page.visitors(year) for year in read.years]
    return numbers + [read.page.seen(day) for day in read.open_days]


def found(read: ReadVisitors, reply: Iterator[Any]) -> Visitors | CounterUnavailable:
    """Read the replies."""
    years = {year: next(reply) for year in read.years}
    counts = [next(reply) for _ in read.open_days]
    error = failure(_is_hash, *years.values()) or failure(is_count, *counts)
    if error:
        return error
    # A day that has its number already may still have its sketch, for a moment.
    sketched = {
        day.date: count
        for day, count in zip(read.open_days, counts, strict=True)
        if count
    }
    try:
        numbers = {
            date(year, 1, 1) + timedelta(number(field) - 1): number(count)
            for year, reply in years.items()
            for field, count in _pairs(reply)
        }
    except (ValueError, OverflowError):
        return CounterUnavailable("Redis holds something else than a number there")
    days = {**sketched, **numbers}
    return Visitors(dict(sorted(days.items())), days.get(read.today.date, 0))


def _is_hash(reply: Any) -> bool:
    """Whether it is what ``HGETALL`` gives; redis-py's client says it as a dictionary."""
    return isinstance(reply, dict) or (isinstance(reply, list) and not len(reply) % 2)


def _pairs(reply: dict[Any, Any] | Sequence[Any]) -> Iterator[tuple[Any, Any]]:
    if isinstance(reply, dict):
        return iter(reply.items())
    return zip(reply[::2], reply[1::2], strict=True)
