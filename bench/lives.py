"""``python -m bench.lives``: what a page takes in the store, by how it is visited.

It fills a store with pages that were visited once, monthly, every tenth day, or daily, for
so many days, as they are kept now and as version 1.0 kept them, and tells the bytes a page.
Then it tells the store's own time for a hit of a page that was visited daily, at the end of
a year. `docs/keys.md` has the tables.
"""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path
from subprocess import DEVNULL, Popen
from typing import Any

from redis import Redis

from hitsvc.counting import Day, Keys, site_of
from hitsvc.serve.embedded import server_binary

# Fewer where each has many days.
_PAGES = 20_000
_FIELDS = 1_000_000
_LAST = date(2026, 12, 31)
_LIVES = {"once": 0, "monthly": 30, "every tenth day": 10, "daily": 1}
_AGES = (1, 30, 365, 2_000)
_HITS = 20_000
_KEYS = Keys("hits:")


@contextmanager
def store(binary: str) -> Iterator[Any]:
    """Run an empty store, and yield a client of it."""
    with tempfile.TemporaryDirectory(prefix="lives-") as directory:
        path = Path(directory, "sock")
        options = ["--port", "0", "--unixsocket", str(path), "--save", ""]
        process = Popen([binary, *options, "--dir", directory], stdout=DEVNULL)  # noqa: S603
        try:
            client: Any = Redis(unix_socket_path=str(path), decode_responses=True)
            while not path.exists():
                process.poll()
            client.config_set("lazyfree-lazy-user-flush", "no")
            yield client
            client.close()
        finally:
            process.kill()
            process.wait()


def _days(age: int, every: int) -> list[Day]:
    """Return the days with hits, in their order: the last is where a store looks longest."""
    ago = range(0, age, every) if every else [age - 1]
    return [Day.of(_LAST - timedelta(days)) for days in reversed(ago)]


def _pages(days: list[Day]) -> int:
    return min(_PAGES, _FIELDS // len(days))


def _fill(client: Any, days: list[Day], *, version_1: bool) -> None:
    pipeline = client.pipeline(transaction=False)
    for number in range(_pages(days)):
        page = f"example.com/posts/{number:08}"
        keys = _KEYS.page(page)
        pipeline.set(keys.total, len(days))
        if version_1:
            fields = {f"{day.date:%Y%m%d}": 1 for day in days}
            pipeline.hset(keys.version_1_days, mapping=fields)
        else:
            for day in days:
                pipeline.hset(keys.year(day.year), day.field, 1)
            pipeline.sadd(_KEYS.pages(site_of(page)), page)
        if not number % 100:
            pipeline.execute()
    pipeline.execute()


def _bytes_a_page(client: Any, age: int, every: int, *, version_1: bool) -> float:
    client.flushdb()
    before = _used(client)
    days = _days(age, every)
    _fill(client, days, version_1=version_1)
    return (_used(client) - before) / _pages(days)


def _used(client: Any) -> int:
    """Return what the store's data takes, without the buffers of its clients."""
    info = client.info("memory")
    clients = int(info.get("mem_clients_normal", 0))
    return int(info["used_memory"]) - clients


def _hit_us(client: Any, age: int, *, version_1: bool) -> float:
    """Return the store's time for the day of a hit, in microseconds."""
    client.flushall()
    days = _days(age, 1)
    _fill(client, days, version_1=version_1)
    keys = _KEYS.page("example.com/posts/00000000")
    name = keys.version_1_days if version_1 else keys.year(days[-1].year)
    field = f"{days[-1].date:%Y%m%d}" if version_1 else days[-1].field
    client.config_resetstat()
    pipeline = client.pipeline(transaction=False)
    for _ in range(_HITS):
        pipeline.hincrby(name, field, 1)
    pipeline.execute()
    return float(client.info("commandstats")["cmdstat_hincrby"]["usec_per_call"])


def main() -> None:
    """Print the tables."""
    found = filter(None, map(shutil.which, ["redis-server"]))
    for binary in (str(server_binary()), *found):
        with store(binary) as client:
            info = client.info("server")
            version = info.get("valkey_version", info["redis_version"])
            print(f"\n{Path(binary).name} {version}: bytes a page, 1.0 -> now")
            print(f"{'':16}", *(f"{age:>16,} days" for age in _AGES))
            for life, every in _LIVES.items():
                pairs = [
                    [
                        _bytes_a_page(client, age, every, version_1=v)
                        for v in (True, False)
                    ]
                    for age in _AGES
                ]
                print(f"{life:16}", *(f"{a:>10,.0f} -> {b:>7,.0f}" for a, b in pairs))
            print("microseconds for a daily page's HINCRBY on 31 December, 1.0 -> now")
            for age in _AGES:
                before, now = (_hit_us(client, age, version_1=v) for v in (True, False))
                print(f"{age:>6,} days old: {before:.2f} -> {now:.2f}")


if __name__ == "__main__":
    main()
