"""Days as they are counted: in UTC, named ``YYYYMMDD``."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache


def utc_day() -> str:
    """Return the name of today."""
    return datetime.now(UTC).strftime("%Y%m%d")


@lru_cache(16)
def latest_days(today: str, number: int) -> Mapping[str, date]:
    """Return the days up to today by their names, oldest first.

    Args:
        today: Its name.
        number: How many, today included.
    """
    last = date.fromisoformat(today)
    days = [last - timedelta(days=ago) for ago in reversed(range(number))]
    return {day.strftime("%Y%m%d"): day for day in days}
