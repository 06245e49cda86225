"""What a hit tells, to be compared."""

from typing import Any

Told = tuple[int, int | None, bool, str | None]


def told(hit: Any) -> Told:
    """Return its number, that of today, whether it was counted, and its token."""
    return hit.number, hit.today, hit.counted, hit.token
