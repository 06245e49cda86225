"""Sketches of visitors that go from one page to another."""

from datetime import UTC, datetime, timedelta
from typing import Any

from hitsvc.counting import Day, Keys


def list_sketches(client: Any, keys: Keys, old: str, new: str) -> None:
    """List the sketches that a page will have of another, before they are there.

    So none is left over, as in `hitsvc.counting.sightings`.

    Args:
        client: As `open_client` makes it.
        keys: What things are called.
        old: The page that has them.
        new: The page that gets them.
    """
    today = datetime.now(UTC).date()
    for ago in range(-1, 3):
        day = Day.of(today - timedelta(ago)).name
        if client.exists(keys.page(old).sketch(day)):
            client.sadd(keys.open_days, day)
            client.sadd(keys.open_sketches(day), keys.page(new).total)
