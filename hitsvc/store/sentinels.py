"""Asking Sentinels where their primary is.

Before each connection the first good answer is believed: after the loss of a machine
the first Sentinel in the list is often lost with it, and to wait for it would take all
the time there is. While one is connected, all are heard.

Sentinels number their decisions (``config-epoch``), so that one that has missed a failover
can be told from one that knows of it: an answer with a lower number than one that was
believed is not believed, unless most Sentinels say so.

PERF: 1 ms with a Sentinel on this machine; redis-py's `discover_master` takes 4 ms, and
asks one Sentinel after the other.
"""

import asyncio
import time
from collections.abc import Callable, Sequence
from typing import NamedTuple

from hitsvc.counting import spell
from hitsvc.errors import CounterUnavailable
from hitsvc.store.sentinel_url import Address, SentinelURL
from hitsvc.store.wire import Wire

# Seconds for which an answer is not asked for again, so that a busy service does not
# flood the Sentinels with connections while they choose a new primary.
FRESH_S = 0.2
# What of the time for a batch may go into finding the primary.
SHARE = 0.5

# Of any number that is one; Python refuses to read very long ones.
_DIGITS = 21


class NoSuchPrimary(CounterUnavailable):
    """A Sentinel answered, but not with an address: the URL is likely wrong."""


class Opinion(NamedTuple):
    """What a Sentinel says.

    Attributes:
        epoch: The number of the decision that made this the primary; 0 if there was
            none yet, or it does not tell.
        address: Where the primary is.
    """

    epoch: int
    address: Address


_NONE_YET = Opinion(-1, ("", 0))


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
        self._commands = spell("SENTINEL", "GET-MASTER-ADDR-BY-NAME", url.service)
        self._commands += spell("SENTINEL", "MASTER", url.service)
        self._service = url.service
        self._wires = [
            Wire(sentinel, timeout_s, name=f"Sentinel {address}")
            for address, sentinel in url.sentinels.items()
        ]
        self._clock = clock
        self._believed = _NONE_YET
        self._fresh_until = float("-inf")

    async def primary(self) -> Address:
        """Return the primary's address, as the first Sentinel to answer knows it.

        The connections to them live as long as the question.

        Raises:
            NoSuchPrimary: None knows it, and one that could be reached says why.
            CounterUnavailable: None can be reached.
        """
        if self._clock() >= self._fresh_until:
            try:
                self.believe(await self._first())
            finally:
                await self.close()
        return self._believed.address

    async def newest(self) -> Opinion | None:
        """Return the Sentinels' last decision, after all have been heard.

        The connections to them are kept until `close`, or until `primary` is asked.

        Returns:
            `None` if they do not agree what it is, if it is older than what is believed,
            or if it is not newer and told by too few of them.
        """
        asked = await asyncio.gather(
            *map(self._ask, self._wires), return_exceptions=True
        )
        said = [opinion for opinion in asked if isinstance(opinion, Opinion)]
        epoch = max((opinion.epoch for opinion in said), default=-1)
        last = [opinion for opinion in said if opinion.epoch == epoch]
        if len(set(last)) != 1 or epoch < self._believed.epoch:
            return None
        return last[0] if epoch > self._believed.epoch else self._of_most(last)

    def believe(self, opinion: Opinion) -> None:
        """Take an opinion for true; it is not asked for again for a moment."""
        self._believed = opinion
        self._fresh_until = self._clock() + FRESH_S

    async def close(self) -> None:
        """Close the connections to them."""
        await asyncio.gather(*(wire.close() for wire in self._wires))

    async def _first(self) -> Opinion:
        questions = [asyncio.create_task(self._ask(wire)) for wire in self._wires]
        failures: list[CounterUnavailable] = []
        behind = []
        try:
            for question in asyncio.as_completed(questions):
                try:
                    opinion = await question
                except CounterUnavailable as ex:
                    failures.append(ex)
                    continue
                if opinion.epoch >= self._believed.epoch:
                    return opinion
                behind.append(opinion)
        finally:
            for asked in questions:
                asked.cancel()
            await asyncio.gather(*questions, return_exceptions=True)
        if behind:
            return self._of_those_behind(behind, failures)
        said = [ex for ex in failures if not isinstance(ex.__cause__, OSError)]
        raise (NoSuchPrimary if said else CounterUnavailable)(
            "; ".join(map(str, said or failures))
        )

    def _of_those_behind(
        self, behind: Sequence[Opinion], failures: Sequence[CounterUnavailable]
    ) -> Opinion:
        """Choose when what is known is newer: most Sentinels may have been set up anew."""
        if opinion := self._of_most([max(behind)] * len(behind)):
            return opinion
        msg = (
            f"only {len(behind)} of {len(self._wires)} Sentinels tell the primary's "
            f"address, and have missed a failover: {'; '.join(map(str, failures))}"
        )
        raise CounterUnavailable(msg)

    def _of_most(self, said: Sequence[Opinion]) -> Opinion | None:
        """Return what is said if more than half of all Sentinels say it."""
        return said[0] if 2 * len(said) > len(self._wires) else None

    async def _ask(self, wire: Wire) -> Opinion:
        where, about = await wire.execute(self._commands, 2)
        match where:
            case [bytes(host), bytes(port)] if _is_number(port):
                return Opinion(
                    _epoch(about), (host.decode(errors="replace"), int(port))
                )
            case None:
                reason = f"it watches over no service named {self._service!r}"
            case Exception():
                reason = str(where)
            case _:
                reason = "its answer is no address"
        msg = f"{wire.name} does not tell the primary's address: {reason}"
        raise NoSuchPrimary(msg)


def _is_number(word: object) -> bool:
    return isinstance(word, bytes) and word.isdigit() and len(word) < _DIGITS


def _epoch(about: object) -> int:
    """Read the number of the last decision; its user may be forbidden to ask."""
    words = about if isinstance(about, list) else []
    for name, value in zip(words[::2], words[1::2], strict=False):
        if name == b"config-epoch" and _is_number(value):
            return int(value)
    return 0
