"""The past of the made-up pages: the same for the same seed, and as old as it was today.

Only `random.Random.random` is used, which gives the same numbers in every Python.
"""

import math
from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from random import Random

from hitsvc.admin.importers import Row
from hitsvc.demo.story import Page

_SATURDAY = 5
_DAY_S = 86_400
_DAYS_OF_A_YEAR = 365.25
# After so many days, a third of a crowd still comes.
_BURST_DAYS = 2.2
# How much less is read in the middle of the year than at its ends.
_SUMMER = 0.18
# How far days of one site, and days of one page, are from what is usual.
_OF_SITE = 0.16
_OF_PAGE = 0.24


def rows(pages: Iterable[Page], now: datetime, seed: int) -> Iterator[Row]:
    """Invent the views of pages, up to a moment of today.

    Args:
        pages: Which.
        now: The moment, in the zone of the service's days.
        seed: Another one, other numbers.

    Yields:
        Each page and day once, ordered by page: as an import wants it.
    """
    for page in sorted(pages, key=lambda page: page.key):
        if page.older:
            yield Row(page.key, None, page.older)
        yield from _days(page, now, seed)


def _days(page: Page, now: datetime, seed: int) -> Iterator[Row]:
    today = now.date()
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    gone = (now - midnight).total_seconds() / _DAY_S
    host = page.key.partition("/")[0]
    of_site = Random(f"{seed} {host}")  # noqa: S311 - no secret
    of_page = Random(f"{seed} {page.key}")  # noqa: S311
    # Newest first, so that pages of all ages have the days of their site in common.
    for ago in range(page.age + 1):
        day = today - timedelta(ago)
        common = 1 + _OF_SITE * (2 * of_site.random() - 1)
        own = 1 + _OF_PAGE * (2 * of_page.random() - 1)
        views = _usual(page, day, ago) * common * own
        if not ago:
            views *= min(gone, 1)
        # A page with half a view a day has one every other day.
        hits = math.floor(views + of_page.random())
        if hits:
            yield Row(page.key, day, hits)


def _usual(page: Page, day: date, ago: int) -> float:
    """Tell how many views a day has, but for chance."""
    grown = 1 - ago / page.age
    views = page.daily * (page.began + (1 - page.began) * grown)
    views *= page.weekend if day.weekday() >= _SATURDAY else 1
    summer = math.cos(2 * math.pi * day.timetuple().tm_yday / _DAYS_OF_A_YEAR)
    views *= 1 + _SUMMER * (summer - 1) / 2
    for when, crowd in page.bursts:
        if ago <= when:
            views += crowd * math.exp((ago - when) / _BURST_DAYS)
    return views
