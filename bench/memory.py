"""Memory: what a counter takes in the store, and what a request leaves in the worker."""

from datetime import UTC, datetime
from typing import cast

from bench import pages, wrk_load
from bench.contenders import CONTENDERS, PRODUCT, running
from bench.processes import StartError
from bench.results import Results
from bench.runner import Rig
from bench.store import Store, running_store

_COUNTERS = 100_000
_WARM_UP = 300_000
_REQUESTS = 1_000_000
_PASS_S = 5
_MAX_PASSES = 60
_CONNECTIONS = 64


def measure_memory(rig: Rig, results: Results) -> None:
    """Take both measures, into the results' facts."""
    _measure_counters(rig, results)
    _measure_growth(rig, results)


def _measure_counters(rig: Rig, results: Results) -> None:
    """Visit many pages once or more, without cookies, and see what the store grows by."""
    rig.say(f"memory of {_COUNTERS:,} counters")
    draws = rig.directory / "counters.draws"
    draws.write_text(
        "".join(f"{pages.query(pages.page(n))}\n" for n in range(_COUNTERS))
    )
    place = rig.directory / "counters"
    with (
        running_store(place / "store", rig.cores.load) as store,
        running(
            CONTENDERS[PRODUCT],
            store.port,
            place / "server",
            rig.cores.server,
            env={"HITSVC_COOKIE_TIMEOUT": "0"},
        ) as server,
    ):
        before, first = store.memory(), 0
        for _ in range(_MAX_PASSES):
            first += wrk_load.run(
                f"http://127.0.0.1:{server.port}/count",
                connections=_CONNECTIONS,
                seconds=_PASS_S,
                cores=rig.cores.load,
                draws=draws,
                first=first,
            ).requests
            if first > _COUNTERS:
                break
        else:
            msg = f"only {first:,} visits"
            raise StartError(msg)
        grown = store.memory() - before
        total = pages.total_key(pages.page(0))
        results.facts |= {
            "store bytes a URL, total and days": grown / _COUNTERS,
            "store bytes a total": _memory_usage(store, total),
            "store bytes a URL's days, one day": _memory_usage(
                store, f"{total}:d:{datetime.now(UTC).year}"
            ),
        }


def _measure_growth(rig: Rig, results: Results) -> None:
    """See what the worker's resident memory grows by, once it is warm."""
    rig.say(f"growth over {_REQUESTS:,} requests")
    place = rig.directory / "growth"
    with (
        running_store(place / "store", rig.cores.load) as store,
        running(
            CONTENDERS[PRODUCT], store.port, place / "server", rig.cores.server
        ) as server,
    ):
        target = f"http://127.0.0.1:{server.port}/count/tag.svg{pages.query(pages.HOT)}"

        def visit(count: int) -> int:
            done = 0
            for _ in range(_MAX_PASSES):
                done += wrk_load.run(
                    target,
                    connections=_CONNECTIONS,
                    seconds=_PASS_S,
                    cores=rig.cores.load,
                ).requests
                if done >= count:
                    return done
            msg = f"only {done:,} visits"
            raise StartError(msg)

        idle = server.worker_rss()
        visit(_WARM_UP)
        warm = server.worker_rss()
        done = visit(_REQUESTS)
        token = next(iter(store.redis.scan_iter(f"{pages.total_key(pages.HOT)}:t:*")))
        results.facts |= {
            "worker bytes, idle": idle,
            "worker bytes, warm": warm,
            "worker bytes after a million more": server.worker_rss(),
            "worker bytes grown a request": (server.worker_rss() - warm) / done,
            "store bytes a live token": _memory_usage(store, token),
        }


def _memory_usage(store: Store, key: str | bytes) -> int:
    return cast("int", store.redis.memory_usage(key, samples=0)) or 0
