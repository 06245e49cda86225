"""Sketches of visitors that go from one page to another.

They are listed before they are there, as in `hitsvc.counting.sightings`, and once more when
they are: meanwhile, whoever closes the day may have found nothing to close.
"""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

from hitsvc.counting import Day, Keys


def list_sketches(client: Any, keys: Keys, old: str, new: str) -> None:
    """List the sketches that a page has, or will have of another.

    Args:
        client: As `open_client` makes it.
        keys: What things are called.
        old: The page that has them.
        new: The page that gets them; it may be the same.
    """
    today = datetime.now(UTC).date()
    names = [Day.of(today - timedelta(ago)).name for ago in range(-1, 3)]
    sketch = keys.page(old).sketch
    list_days(client, keys, new, [n for n in names if client.exists(sketch(n))])


def list_days(client: Any, keys: Keys, page: str, days: Iterable[str]) -> None:
    """List the sketches of some days of a page."""
    for day in days:
        client.sadd(keys.open_days, day)
        client.sadd(keys.open_sketches(day), keys.page(page).total)
