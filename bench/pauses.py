"""The slowest hit while slots move, and while a primary is handed over.

``python -m bench.pauses``: the counter without HTTP on a real cluster of six nodes, hits
acknowledged by the primary, then by a replica.
"""

import asyncio
import time
from collections.abc import Callable

import uvloop

from hitsvc.counter import HitCounter
from hitsvc.counting import slot_of
from hitsvc.errors import CounterUnavailable
from hitsvc.store import open_backend
from tests.support.cluster import DURABLE, SLOTS, Cluster
from tests.support.processes import eventually
from tests.support.slots import move_at_once, move_by_key

VISITORS = 32
PAGES = 5_000
# As the service has it.
TIMEOUT_S = 0.22
_THINK_S = 0.002
_QUIET_S = 2.0
_BY_KEY = 50
_AT_ONCE = range(3_000, 4_500)


class Visitors:
    """Visitors of all pages, one after the other.

    Attributes:
        counted: How many were answered with a number.
        refused: How many were not.
        slowest_s: How long one waited at most.
    """

    def __init__(self, counter: HitCounter) -> None:
        """Prepare."""
        self._counter = counter
        self.counted = self.refused = 0
        self.slowest_s = 0.0

    async def visit(self, number: int) -> None:
        """Come again and again."""
        while True:
            began = time.perf_counter()
            try:
                await self._counter.hit(page(number))
                self.counted += 1
            except CounterUnavailable:
                self.refused += 1
            self.slowest_s = max(self.slowest_s, time.perf_counter() - began)
            number += 7919
            await asyncio.sleep(_THINK_S)


def page(number: int) -> str:
    """Name a page."""
    return f"site.example/{number % PAGES}"


def events(cluster: Cluster) -> dict[str, Callable[[], None]]:
    """Name what happens."""
    source, taker, planned = cluster.nodes[:3]

    def move_keys() -> None:
        used = {slot_of(page(n)) for n in range(PAGES)} & set(range(SLOTS // 3))
        for slot in sorted(used)[:_BY_KEY]:
            move_by_key(slot, source, taker)

    def fail_over() -> None:
        (replica,) = cluster.replicas_of(planned)
        replica.do("CLUSTER", "FAILOVER")
        eventually(lambda: replica.is_primary and not planned.is_primary, within_s=30)

    return {
        "nothing": lambda: time.sleep(_QUIET_S),
        f"{_BY_KEY} slots key by key": move_keys,
        f"{len(_AT_ONCE):,} slots at once": lambda: move_at_once(
            cluster, _AT_ONCE, taker
        ),
        "CLUSTER FAILOVER": fail_over,
    }


async def measure(acknowledge: str) -> None:
    """Let all of it happen, one after the other, and print what visitors saw."""
    copied = ("--min-replicas-to-write", "1") if acknowledge == "replica" else ()
    with Cluster(3, 1, *DURABLE, *copied) as cluster:
        counter = HitCounter(
            open_backend(cluster.url, TIMEOUT_S, acknowledge=acknowledge),
            acknowledge=acknowledge,
            key_prefix="hits:",
            token_ttl_s=60,
            token_length=12,
            queue_limit=10_000,
        )
        seen = Visitors(counter)
        load = [asyncio.create_task(seen.visit(number)) for number in range(VISITORS)]
        await asyncio.sleep(_QUIET_S)
        for name, happen in events(cluster).items():
            seen.counted = seen.refused = 0
            seen.slowest_s = 0.0
            await asyncio.to_thread(happen)
            await asyncio.sleep(_QUIET_S / 2)
            print(
                f"{acknowledge}, {name}: {seen.counted:,} hits, {seen.refused} refused, "
                f"slowest {seen.slowest_s * 1000:.0f} ms",
                flush=True,
            )
        for task in load:
            task.cancel()
        await asyncio.gather(*load, return_exceptions=True)
        await counter.close()


def main() -> None:
    """Measure and print."""
    for acknowledge in ("primary", "replica"):
        uvloop.run(measure(acknowledge))


if __name__ == "__main__":
    main()
