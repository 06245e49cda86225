"""A tally of sites that asked to be counted and are not.

It is for the operator, who may have forgotten one. Strangers choose what stands in it, so it
is bounded: in memory, in the store (the hundred that ask most), in the log and in time.
"""

import asyncio
import logging
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from hitsvc.counting.commands import spell
from hitsvc.counting.keys import Keys
from hitsvc.errors import CounterUnavailable

log = logging.getLogger(__name__)

WRITE_EVERY_S = 60.0
MAX_IN_MEMORY = 1_000
MAX_IN_STORE = 100
MAX_IN_LOG = 5
KEPT_S = 30 * 86_400


class RefusedSites:
    """Counts refused sites, and writes them down once a minute at most."""

    def __init__(
        self,
        keys: Keys,
        send: Callable[[str, int], Awaitable[Sequence[Any]]],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Begin with none.

        Args:
            keys: Names where they are written.
            send: Sends commands once and returns a reply to each, or raises
                `CounterUnavailable`.
            clock: Returns seconds that never go back.
        """
        self._keys = keys
        self._send = send
        self._clock = clock
        self._counted: Counter[str] = Counter()
        self._write_at = float("-inf")
        self._writer: asyncio.Task[None] | None = None

    def add(self, site: str) -> None:
        """Note that a page of a site was asked for."""
        if site in self._counted or len(self._counted) < MAX_IN_MEMORY:
            self._counted[site] += 1
        if self._clock() >= self._write_at and self._writer is None:
            self._writer = asyncio.create_task(self._write())

    async def close(self) -> None:
        """Write what is left."""
        if self._writer is not None:
            await asyncio.wait([self._writer])
        if self._counted:
            await self._write()

    async def _write(self) -> None:
        self._write_at = self._clock() + WRITE_EVERY_S
        most, self._counted = self._counted.most_common(MAX_IN_STORE), Counter()
        log.warning(
            "Not counted here: %s; HITSVC_SITES and HITSVC_DENY say what is",
            ", ".join(f"{site} ({times})" for site, times in most[:MAX_IN_LOG]),
        )
        name = self._keys.refused
        commands = [spell("ZINCRBY", name, str(times), site) for site, times in most]
        commands.append(spell("ZREMRANGEBYRANK", name, "0", str(-MAX_IN_STORE - 1)))
        commands.append(spell("EXPIRE", name, str(KEPT_S)))
        try:
            await self._send("".join(commands), len(commands))
        except CounterUnavailable:
            pass  # a tally may be lost
        finally:
            self._writer = None
