"""Moving to another store while visitors come, by the steps of docs/scaling.md."""

import asyncio
import sys
from contextlib import ExitStack
from pathlib import Path

import pytest
from redis import Redis

from tests.support.commands import run_hitsvc
from tests.support.load import Tally, hit
from tests.support.processes import eventually
from tests.support.replicas import ReplicasHAProxy, replicas
from tests.support.service import Service
from tests.support.stored import day_hits
from tests.support.valkey import Valkey

pytestmark = [
    pytest.mark.service,
    pytest.mark.proxy,
    pytest.mark.skipif(sys.platform != "linux", reason="looks at processes in /proc"),
]

PAGES = ("example.com/a", "example.com/b", "example.org")
CLIENTS = 8


def command(*arguments: str) -> str:
    """Run a command of an operator's, which must succeed."""
    done = run_hitsvc(*arguments)
    assert done.returncode == 0, done.stderr
    return done.stdout


def move(services: list[Service], old: str, new: str, directory: Path) -> None:
    """Do what the manual says."""
    first, rest = directory / "first.csv.gz", directory / "rest.csv.gz"
    command("export", f"--output={first}", f"--store={old}")
    command("import", str(first), f"--store={new}")
    for service in services:
        service.restart(store=new)
    command("export", f"--output={rest}", f"--less={first}", f"--store={old}")
    command("import", str(rest), f"--store={new}")
    command("import", str(rest), f"--store={new}")  # who is not sure tries again


def more(tallies: list[Tally]) -> None:
    """Wait for a hundred answers of each page."""
    wanted = [len(tally.acknowledged) + 100 for tally in tallies]
    eventually(
        lambda: all(
            len(tally.acknowledged) >= least
            for tally, least in zip(tallies, wanted, strict=True)
        ),
        within_s=60,
    )


async def test_moving_to_another_store_loses_nothing(
    valkey: Valkey, valkey_url: str, tmp_path: Path
) -> None:
    """Every view is in the new store once, and none was refused."""
    if missing := ReplicasHAProxy.missing():
        pytest.skip(missing)
    with ExitStack() as stack:
        old = Valkey()
        stack.callback(old.close)
        services = stack.enter_context(
            replicas(tmp_path, f"redis://127.0.0.1:{old.port}", drain_s=1)
        )
        proxy = stack.enter_context(ReplicasHAProxy(tmp_path / "proxy", services))
        tallies = [Tally() for _ in PAGES]
        load = [
            asyncio.create_task(hit(proxy.url, page, CLIENTS, 10**9, tally))
            for page, tally in zip(PAGES, tallies, strict=True)
        ]
        await asyncio.to_thread(more, tallies)

        urls = f"redis://127.0.0.1:{old.port}", f"redis://127.0.0.1:{valkey.port}"
        shown = [max(tally.acknowledged) for tally in tallies]
        await asyncio.to_thread(move, services, *urls, tmp_path)

        await asyncio.to_thread(more, tallies)
        for tally in tallies:
            tally.stop.set()
        await asyncio.gather(*load)

        assert [tally.failed for tally in tallies] == [0] * len(PAGES)
        for tally, before in zip(tallies, shown, strict=True):
            following = tally.acknowledged[tally.acknowledged.index(before) + 1 :]
            assert min(following) > before - CLIENTS, "a page began anew"
        with Redis(unix_socket_path=str(valkey.socket)) as redis:
            totals = [int(redis.get(f"hits:{{{page}}}") or 0) for page in PAGES]
            days = [day_hits(redis, page) for page in PAGES]
        assert totals == [tally.attempted for tally in tallies]
        assert days == totals
