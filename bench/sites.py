"""``python -m bench.sites``: what ``hitsvc top`` takes of a store with many pages.

It fills a store with 1,000 sites of 1,000 pages, one of them with 10,000 pages instead, and
tells the CPU time of the client and of the store for the sums of that site.
"""

import time
from typing import Any

from bench.lives import store
from hitsvc.admin import Sums
from hitsvc.counting import Keys, latest_days, utc_day
from hitsvc.serve.embedded import server_binary

_SITES = 1_000
_PAGES = 1_000
_LARGE = 10_000
_KEYS = Keys("hits:")


def _fill(client: Any, site: str, pages: int) -> None:
    days = latest_days(utc_day(), 5)
    pipeline = client.pipeline(transaction=False)
    names = [f"{site}/posts/{number:06}" for number in range(pages)]
    pipeline.sadd(_KEYS.sites, site)
    pipeline.sadd(_KEYS.pages(site), *names)
    for number, page in enumerate(names):
        keys = _KEYS.page(page)
        pipeline.set(keys.total, number + 5)
        pipeline.hset(keys.year(days[-1].year), mapping={day.field: 1 for day in days})
    pipeline.execute()


def _store_s(client: Any) -> float:
    info = client.info("cpu")
    return float(info["used_cpu_user"]) + float(info["used_cpu_sys"])


def main() -> None:
    """Print the figures."""
    with store(str(server_binary())) as client:
        for number in range(_SITES):
            _fill(client, f"s{number:03}.example", _PAGES if number else _LARGE)
        memory = client.info("memory")["used_memory"] / 1e6
        print(f"{client.dbsize():,} keys, {memory:,.0f} MB")
        ours, theirs, began = time.process_time(), _store_s(client), time.monotonic()
        found = Sums(client, _KEYS).site("s000.example")
        print(
            f"sums of {found.pages:,} pages: {time.process_time() - ours:.2f} s of CPU, "
            f"{_store_s(client) - theirs:.2f} s of the store's, "
            f"{time.monotonic() - began:.2f} s by the clock"
        )


if __name__ == "__main__":
    main()
