"""The calendar of a store: which day its counts say it is."""

from typing import Any

from hitsvc.counting import Calendar, Keys
from hitsvc.errors import StoreError


def calendar_of(client: Any, keys: Keys, otherwise: str) -> Calendar:
    """Return the calendar by which the service counts.

    Args:
        client: As `open_client` makes it.
        keys: What things are called.
        otherwise: The zone to go by if no service has written its own yet.

    Raises:
        StoreError: The service knows a zone that this machine does not.
    """
    zone = client.get(keys.zone) or otherwise
    try:
        return Calendar(zone)
    except (KeyError, ValueError, OSError) as ex:
        msg = f"{keys.zone} holds {zone!r}, and this machine has no such time zone"
        raise StoreError(msg) from ex
