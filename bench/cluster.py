"""CPU of the client a hit: three primaries beside one store, in the same process.

``python -m bench.cluster``; rounds of both take turns, so that what disturbs one disturbs
the other. Read the ratios.
"""

import asyncio
import time
from statistics import median

import uvloop

from hitsvc.counter import HitCounter
from hitsvc.store import open_backend
from tests.support.cluster import Cluster
from tests.support.valkey import Valkey

IN_FLIGHT = (32, 128)
ROUNDS = 7
HITS = 30_000
PAGES = 5_000


async def cpu_us(url: str, in_flight: int) -> float:
    """Return the microseconds of this process's CPU that a hit takes."""
    counter = HitCounter(
        open_backend(url, 5),
        key_prefix="hits:",
        token_ttl_s=60,
        token_length=12,
        queue_limit=10_000,
    )
    numbers = iter(range(-2 * in_flight, HITS))

    async def visitor() -> None:
        for number in numbers:
            await counter.hit(f"site.example/{number * 7919 % PAGES}")

    await counter.hit("site.example/first")
    began = time.process_time()
    await asyncio.gather(*(visitor() for _ in range(in_flight)))
    spent = time.process_time() - began
    await counter.close()
    return spent / HITS * 1e6


def main() -> None:
    """Measure and print."""
    alone = Valkey()
    try:
        with Cluster(3) as cluster:
            urls = {"one": f"redis://127.0.0.1:{alone.port}", "three": cluster.url}
            for in_flight in IN_FLIGHT:
                found: dict[str, list[float]] = {name: [] for name in urls}
                for _ in range(ROUNDS):
                    for name, url in urls.items():
                        found[name].append(uvloop.run(cpu_us(url, in_flight)))
                one, three = median(found["one"]), median(found["three"])
                print(
                    f"{in_flight} in flight: one store {one:.1f} us a hit, "
                    f"three primaries {three:.1f}, ratio {three / one:.2f}"
                )
    finally:
        alone.close()


if __name__ == "__main__":
    main()
