"""Reading the latest days of pages, and all of one, by commands that only read.

A user of the store that may not run scripts may send them. A page that is hit meanwhile may
have one hit more in its days than in its total: each number is right for its moment.
"""

from collections.abc import Callable, Sequence
from itertools import groupby
from typing import Any, NamedTuple

from hitsvc.admin.contents import Contents
from hitsvc.admin.scripting import FIRST_YEAR, LAST_YEAR
from hitsvc.counting import Day, Keys, latest_days, utc_day

LATEST_DAYS = 30


class History(NamedTuple):
    """A page's numbers.

    Attributes:
        page: Its key.
        total: All hits.
        days: The hits of the latest days, oldest first.
    """

    page: str
    total: int
    days: tuple[int, ...]

    def last(self, days: int) -> int:
        """Add up the last of these days."""
        return sum(self.days[-days:])


class Histories:
    """Reads the numbers of one store's pages."""

    def __init__(
        self, client: Any, keys: Keys, today: Callable[[], Day] = utc_day
    ) -> None:
        """Prepare.

        Args:
            client: As `open_client` makes it.
            keys: What things are called.
            today: Tells the day.
        """
        self._client = client
        self._keys = keys
        self._today = today

    def of(self, pages: Sequence[str], days: int = LATEST_DAYS) -> list[History]:
        """Read some pages' totals and latest days.

        Those that are gone are left out, and those whose total is none.

        Raises:
            RedisError: The store does not answer.
        """
        years = [
            (year, [day.field for day in group])
            for year, group in groupby(
                latest_days(self._today(), days), lambda day: day.year
            )
        ]
        pipeline = self._client.pipeline(transaction=False)
        for page in pages:
            keys = self._keys.page(page)
            pipeline.get(keys.total)
            for year, fields in years:
                pipeline.hmget(keys.year(year), fields)
        replies = iter(pipeline.execute(raise_on_error=False))
        found = []
        for page in pages:
            total = next(replies)
            hits = tuple(
                hit for _, fields in years for hit in _hits(next(replies), len(fields))
            )
            if isinstance(total, str) and total.isdecimal():
                found.append(History(page, int(total), hits))
        return found

    def whole(self, page: str) -> Contents | None:
        """Read all that is counted of a page; `None` if there is no such page.

        Raises:
            RedisError: The store does not answer.
        """
        keys = self._keys.page(page)
        years = range(FIRST_YEAR, LAST_YEAR + 1)
        pipeline = self._client.pipeline(transaction=False)
        pipeline.get(keys.total)
        pipeline.get(keys.undated)
        for year in years:
            pipeline.hgetall(keys.year(year))
        total, undated, *found = pipeline.execute()
        if total is None:
            return None
        flat = [
            (year, [part for pair in days.items() for part in pair])
            for year, days in zip(years, found, strict=True)
            if days
        ]
        return Contents.of((total, undated, flat))


def _hits(reply: Any, number: int) -> list[int]:
    """Read the hits of days; what cannot be read has none: `hitsvc repair` names it."""
    if not isinstance(reply, list):
        return [0] * number
    return [int(hits) if hits and hits.isdecimal() else 0 for hits in reply]
