"""A Redis' URL, of whatever kind: its wire, and where it is now."""

import asyncio

from hitsvc.store.sentinel_url import SentinelURL
from hitsvc.store.sentinels import SHARE, Sentinels
from hitsvc.store.wire import Wire


def open_wire(url: str, timeout_s: float) -> Wire:
    """Make the wire of any Redis URL.

    Args:
        url: A plain URL, or that of a service that Sentinels watch over.
        timeout_s: Seconds for one batch, finding the primary included.

    Raises:
        SettingsError: The URL is malformed.
    """
    watched = SentinelURL.parse(url)
    if watched is None:
        return Wire(url, timeout_s)
    sentinels = Sentinels(watched, timeout_s * SHARE)
    return Wire(watched.at(("primary", 0)), timeout_s, find=sentinels.primary)


def plain_url(url: str, timeout_s: float) -> str:
    """Return the plain URL of where a Redis is now, for a program that asks once.

    Raises:
        NoSuchPrimary: The Sentinels do not know it.
        CounterUnavailable: No Sentinel can be reached.
        SettingsError: The URL is malformed.
    """
    watched = SentinelURL.parse(url)
    if watched is None:
        return url
    return watched.at(asyncio.run(Sentinels(watched, timeout_s).primary()))
