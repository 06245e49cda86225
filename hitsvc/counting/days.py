"""Days as they are counted: in UTC, named ``YYYYMMDD``."""

import time
from collections.abc import Mapping
from datetime import date, timedelta
from functools import lru_cache

_EPOCH = date(1970, 1, 1)
_DAY_S = 86_400


def utc_day() -> str:
    """Return the name of today."""
    # PERF: 0.2 us; `strftime` would take 2.5 us of each batch.
    return _name(int(time.time()) // _DAY_S)


@lru_cache(2)
def _name(days_since_epoch: int) -> str:
    return (_EPOCH + timedelta(days_since_epoch)).strftime("%Y%m%d")


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
