"""Asking a store what it says of itself.

It is asked with ``INFO``, which every user may be allowed.
"""

import asyncio
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from hitsvc.counting import spell
from hitsvc.errors import CounterUnavailable
from hitsvc.store.backend import Backend
from hitsvc.store.copies import ASKED, QUESTIONS, copy_warnings
from hitsvc.store.description import MEMORY, StoreReport, describe, fields_of

# Seconds for which an answer is not asked for again.
FRESH_S = 5.0


class StoreCheck:
    """Asks a store what it says of itself, over a connection of its own."""

    def __init__(
        self,
        backend: Backend | None,
        clock: Callable[[], float] = time.monotonic,
        *,
        in_cluster: bool = False,
        acknowledge: str = "primary",
    ) -> None:
        """Prepare; nothing is asked yet.

        Args:
            backend: Carries the question, and is closed with this object; `None` if
                counts are in this process's memory.
            clock: Returns seconds that never go back.
            in_cluster: It has to be a node of a cluster.
            acknowledge: ``replica``: look at what makes that true, too.
        """
        self._is_copied = acknowledge == "replica"
        self._backend = backend
        self._in_cluster = in_cluster
        self._clock = clock
        self._lock = asyncio.Lock()
        # Asked once: what is refused is in the store's own log each time.
        self._copies_said: Sequence[Any] | None = None
        self._known: tuple[str, ...] = ()
        self._fresh_until = float("-inf")

    async def report(self) -> StoreReport:
        """Ask now.

        Raises:
            CounterUnavailable: The store does not answer.
        """
        if self._backend is None:
            return MEMORY
        reply = await self._ask(self._backend)
        if isinstance(reply, Exception):
            return StoreReport(
                "a store that does not describe itself",
                note=f"the store does not say how it keeps data (INFO: {reply}); "
                "see that nothing is evicted and everything is on its disk",
            )
        info = fields_of(reply)
        report = describe(info, in_cluster=self._in_cluster)
        if not self._is_copied:
            return report
        if self._copies_said is None:
            self._copies_said = await self._backend.execute(QUESTIONS, ASKED)
        found = copy_warnings(info, self._copies_said)
        return replace(report, warnings=(*report.warnings, *found))

    async def info(self, _node: str = "") -> Mapping[str, str]:
        """Return what the store says of itself, nothing if it does not.

        Args:
            _node: Which node of a cluster.

        Raises:
            CounterUnavailable: The store does not answer.
        """
        if self._backend is None:
            return {}
        reply = await self._ask(self._backend)
        return {} if isinstance(reply, Exception) else fields_of(reply)

    async def infos(self) -> Mapping[str, Mapping[str, str]]:
        """Return this of each node that counts, by its name; of a cluster, its primaries.

        Raises:
            CounterUnavailable: The store does not answer.
        """
        return {"": await self.info()}

    async def _ask(self, backend: Backend) -> object:
        (reply,) = await backend.execute(spell("INFO"), 1)
        return reply

    async def warnings(self) -> Sequence[str]:
        """Return what can lose counts, as it was some seconds ago at most.

        It does not raise: whether a store answers at all is asked elsewhere.
        """
        async with self._lock:
            if self._clock() >= self._fresh_until:
                try:
                    report = await self.report()
                except CounterUnavailable as ex:
                    self._known = (f"the store does not say how it keeps data: {ex}",)
                else:
                    unfit = (report.unfit,) if report.unfit else ()
                    self._known = unfit + report.warnings
                self._fresh_until = self._clock() + FRESH_S
            return self._known

    async def close(self) -> None:
        """Close the connection."""
        if self._backend is not None:
            await self._backend.close()
