"""How the store is: asked once a second at most, however many want to know."""

import asyncio
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from hitsvc.counter import HitCounter, troubles_of
from hitsvc.counting import Fill
from hitsvc.errors import CounterUnavailable
from hitsvc.settings import Settings
from hitsvc.store import StoreCheck, open_backend, open_store_check

# Seconds for which the store is not asked again, however many ask us.
FRESH_S = 1.0


@dataclass(frozen=True, slots=True)
class StoreState:
    """How a store is.

    Attributes:
        name: Its kind, version and mode; empty if it does not say.
        trouble: Why hits cannot be counted; empty if they can.
        nodes: Whether a cluster's primaries take hits; see `HitCounter.check`.
        fills: How full it is, by node; empty if it does not say.
        warnings: What can lose counts.
    """

    name: str = ""
    trouble: str = ""
    nodes: Mapping[str, str] = field(default_factory=dict)
    fills: Mapping[str, Fill] = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)


class StoreWatch:
    """Asks a store how it is, once a second at most."""

    def __init__(
        self,
        counter: HitCounter,
        check: StoreCheck,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Prepare; nothing is asked yet.

        Args:
            counter: Tries whether the store takes writes; closed with this object.
            check: Knows what the store says of itself; likewise.
            clock: Returns seconds that never go back.
        """
        self._counter = counter
        self._check = check
        self._clock = clock
        self._lock = asyncio.Lock()
        self._known = StoreState()
        self._fresh_until = float("-inf")

    async def look(self) -> StoreState:
        """Return how the store is, or was a moment ago."""
        async with self._lock:
            if self._clock() >= self._fresh_until:
                self._known = await self._ask()
                self._fresh_until = self._clock() + FRESH_S
            return self._known

    async def _ask(self) -> StoreState:
        trouble, nodes = "", dict[str, str]()
        try:
            nodes = await self._counter.check()
        except CounterUnavailable as ex:
            trouble = str(ex)
        try:
            report = await self._check.report()
            infos = await self._check.infos()
        except CounterUnavailable as ex:
            return StoreState(trouble=trouble or str(ex))
        fills = {name: Fill.of(info) for name, info in infos.items() if info}
        said = [*troubles_of(nodes), report.unfit, *report.warnings, report.note]
        warnings = [text for text in said if text]
        return StoreState(report.name, trouble, nodes, fills, warnings)

    async def process_shutdown(self, _scope: Any, _event: Any) -> None:
        """Close the connections; Falcon calls this at the end."""
        await self._counter.close()
        await self._check.close()


def open_store_watch(settings: Settings) -> StoreWatch:
    """Make what looks after the store; nothing is connected yet.

    Raises:
        SettingsError: The store's URL is malformed.
    """
    how = settings.redis_url, settings.redis_timeout, None, settings.acknowledge
    counter = HitCounter(
        open_backend(*how),
        key_prefix=settings.key_prefix,
        token_ttl_s=settings.cookie_timeout,
        token_length=settings.random_value_length,
        queue_limit=settings.queue_limit,
        acknowledge=settings.acknowledge,
    )
    return StoreWatch(counter, open_store_check(*how))
