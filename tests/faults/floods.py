"""Floods of hits: of URLs that never come again, and into a store that is full."""

from collections import Counter
from operator import gt, ne
from pathlib import Path
from typing import Any

from tests.faults.clients import by_status, resident_bytes, rush
from tests.faults.store import AofStore
from tests.support.service import Service
from tests.support.stored import day_hits

CLIENTS = 16


async def flood(
    directory: Path, urls: int = 1_000_000, steps: int = 10
) -> dict[str, Any]:
    """Hits of URLs that never come again."""
    (directory / "store").mkdir()
    store = AofStore(directory / "store", "everysec")
    env = {"HITSVC_COOKIE_TIMEOUT": "0"}
    try:
        with (
            Service(directory / "service", store=store.url, env=env) as service,
            store.client() as redis,
        ):
            (worker,) = service.worker_pids
            worker_bytes = [resident_bytes(worker)]
            empty = redis.info("memory")["used_memory"]
            statuses: Counter[int] = Counter()
            for step in range(steps):
                numbers = range(step, urls, steps)
                paths = (f"/count?url=example.com/flood/{n:016}" for n in numbers)
                statuses += by_status(await rush(service.url, paths, CLIENTS))
                worker_bytes.append(resident_bytes(worker))
            full = redis.info("memory")["used_memory"]
            return {
                "answers": dict(statuses),
                "keys": redis.dbsize(),
                "worker_bytes": worker_bytes,
                "store_bytes_a_url": (full - empty) / urls,
            }
    finally:
        store.close()


async def full(
    directory: Path,
    maxmemory: int = 32 << 20,
    hits: int = 400_000,
    pages: int = 5_000,
    padding: int = 0,
) -> dict[str, Any]:
    """A store whose memory is full of tokens that live for long.

    Each page's name, and with it each token's, is so much longer: fewer fill the store.
    Of pages, it tells how many have lost a hit, have one too many, or whose days differ.
    """
    (directory / "store").mkdir()
    limits = ("--maxmemory", str(maxmemory), "--maxmemory-policy", "volatile-ttl")
    store = AofStore(directory / "store", "everysec", *limits)
    env = {"HITSVC_COOKIE_TIMEOUT": "1000000"}
    names = [f"example.com/full/{page:08}{'x' * padding}" for page in range(pages)]
    try:
        with (
            Service(directory / "service", store=store.url, env=env) as service,
            store.client() as redis,
        ):
            paths = [f"/count?url={name}" for name in names]
            asked = (paths[hit % pages] for hit in range(hits))
            answers = await rush(service.url, asked, CLIENTS)
            totals = [int(redis.get(f"hits:{{{name}}}") or 0) for name in names]
            days = [day_hits(redis, name) for name in names]
            acknowledged = [answers[path, 200] for path in paths]
            attempted = [len(range(page, hits, pages)) for page in range(pages)]
            return {
                "answers": dict(by_status(answers)),
                "evicted": redis.info("stats")["evicted_keys"],
                "keys": redis.dbsize(),
                "lost": sum(map(gt, acknowledged, totals)),
                "invented": sum(map(gt, totals, attempted)),
                "apart": sum(map(ne, totals, days)),
            }
    finally:
        store.close()
