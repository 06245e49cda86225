"""Pages that have been visited for years: the hashes of their days."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta

from redis import Redis

from bench import pages

_DAYS = 2_000
_BATCH = 10_000


def years(today: date) -> dict[int, list[str]]:
    """Return the fields of each year's hash, in the order in which they came.

    This year has all its days, and today is the last of them, whatever day it is: what a
    hit costs on 31 December.
    """
    first = date(today.year, 1, 1)
    length = (date(today.year + 1, 1, 1) - first).days
    this = today.timetuple().tm_yday
    fields = [str(day) for day in range(1, length + 1) if day != this]
    found = {today.year: [*fields, str(this)]}
    for ago in range(1, _DAYS - length + 1):
        day = first - timedelta(days=ago)
        found.setdefault(day.year, []).append(str(day.timetuple().tm_yday))
    return found


def fill_days(redis: Redis, names: Iterable[str]) -> None:
    """Give pages a history of 2,000 days, with a hit on each.

    One is made, and copied: 600,000 hashes with 200 million fields take a minute
    otherwise.

    Args:
        redis: The store.
        names: The pages.
    """
    days = years(datetime.now(UTC).date())
    for year, fields in days.items():
        # In the hash that is copied they lie in the order in which they are set.
        redis.hset(f"template:{year}", mapping=dict.fromkeys(fields, "1"))
    pipeline = redis.pipeline(transaction=False)
    for number, name in enumerate(names, 1):
        for year in days:
            pipeline.copy(f"template:{year}", f"{pages.total_key(name)}:d:{year}")
        if not number % _BATCH:
            pipeline.execute()
    pipeline.execute()
    redis.delete(*(f"template:{year}" for year in days))
