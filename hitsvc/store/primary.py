"""Finding the primary of a Redis that Sentinels watch over.

It is looked for before each connection, so a failover needs no restart: the connection
to the lost primary ends, and the next batch finds the new one. Nothing is sent twice.

All Sentinels are asked at the same time: after the loss of a machine the first one in
the list is often lost with it, and to wait for it would take all the time there is.

PERF: 1 ms with a Sentinel on this machine; redis-py's `discover_master` takes 4 ms, and
asks one Sentinel after the other.
"""

import asyncio
import time
from collections.abc import Callable

from hitsvc.counting import spell
from hitsvc.errors import CounterUnavailable
from hitsvc.store.redis_url import BadURL
from hitsvc.store.sentinel_url import Address, SentinelURL
from hitsvc.store.wire import Wire

# Seconds for which an answer is not asked for again, so that a busy service does not
# flood the Sentinels with connections while they choose a new primary.
FRESH_S = 0.2
# What of the time for a batch may go into finding the primary.
_SHARE = 0.5


class NoSuchPrimary(CounterUnavailable):
    """A Sentinel answered, but not with an address: the URL is likely wrong."""


class Sentinels:
    """Asks Sentinels where their primary is."""

    def __init__(
        self,
        url: SentinelURL,
        timeout_s: float,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Prepare; nothing is asked yet.

        Args:
            url: Says who they are.
            timeout_s: Seconds for one search.
            clock: Returns seconds that never go back.

        Raises:
            SettingsError: The URL is malformed.
        """
        self._service = url.service
        self._wires = [
            Wire(sentinel, timeout_s, name=f"Sentinel {address}")
            for address, sentinel in url.sentinels.items()
        ]
        self._clock = clock
        self._known: Address = ("", 0)
        self._fresh_until = float("-inf")

    async def primary(self) -> Address:
        """Return the primary's address, as the first Sentinel to answer knows it.

        Raises:
            NoSuchPrimary: None knows it, and one that could be reached says why.
            CounterUnavailable: None can be reached.
        """
        if self._clock() >= self._fresh_until:
            self._known = await self._ask_all()
            self._fresh_until = self._clock() + FRESH_S
        return self._known

    async def _ask_all(self) -> Address:
        questions = [asyncio.create_task(self._ask(wire)) for wire in self._wires]
        failures = []
        try:
            for question in asyncio.as_completed(questions):
                try:
                    return await question
                except CounterUnavailable as ex:
                    failures.append(ex)
        finally:
            for asked in questions:
                asked.cancel()
            await asyncio.gather(*questions, return_exceptions=True)
        said = [ex for ex in failures if not isinstance(ex.__cause__, OSError)]
        raise (NoSuchPrimary if said else CounterUnavailable)(
            "; ".join(map(str, said or failures))
        )

    async def _ask(self, wire: Wire) -> Address:
        """Ask one, over a connection that lives as long as the question."""
        try:
            (reply,) = await wire.execute(
                spell("SENTINEL", "GET-MASTER-ADDR-BY-NAME", self._service), 1
            )
        finally:
            await wire.close()
        match reply:
            case [bytes(host), bytes(port)] if port.isdigit():
                return host.decode(errors="replace"), int(port)
            case None:
                reason = f"it watches over no service named {self._service!r}"
            case Exception():
                reason = str(reply)
            case _:
                reason = "its answer is no address"
        msg = f"{wire.name} does not tell the primary's address: {reason}"
        raise NoSuchPrimary(msg)


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
    sentinels = Sentinels(watched, timeout_s * _SHARE)
    return Wire(watched.at(("primary", 0)), timeout_s, find=sentinels.primary)


def see_url(url: str, set_by: str) -> None:
    """Refuse a URL that is malformed, before any part of it is shown or looked up.

    Args:
        url: Of any kind of Redis.
        set_by: What somebody has written it into.

    Raises:
        SettingsError: It is malformed.
    """
    try:
        open_wire(url, 1)
    except BadURL as ex:
        raise BadURL(ex.reason, set_by) from ex


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
