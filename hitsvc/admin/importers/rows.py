"""What an import and an export are made of: rows of page, day and hits."""

import re
from datetime import date
from functools import lru_cache
from typing import NamedTuple

# The largest count that stays exact in every program that reads it: 2 to the 53rd.
MAX_HITS = 2**53

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_HITS = re.compile(r"-?\d{1,16}", re.ASCII)


class Row(NamedTuple):
    """Hits of a page.

    Attributes:
        url: The page's key.
        day: The day on which they were counted; None: nobody knows.
        hits: How many; negative only where the day is unknown.
    """

    url: str
    day: date | None
    hits: int


@lru_cache(4096)
def day_of(text: str) -> date | None:
    """Read a day such as ``2026-03-01``; None if it is none."""
    try:
        # `fromisoformat` alone takes weeks and other forms too.
        return date.fromisoformat(text) if _DAY.fullmatch(text) else None
    except ValueError:
        return None


def hits_of(text: str) -> int | None:
    """Read a number of hits; None if it is none."""
    # `int` alone takes underscores, white space and the digits of all scripts.
    return int(text) if _HITS.fullmatch(text) else None


def whole(value: object) -> int | None:
    """Return a number of JSON or SQL if it is a whole one, else None."""
    return value if isinstance(value, int) and not isinstance(value, bool) else None
