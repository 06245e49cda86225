"""Moving to another store while visitors come, by the steps of docs/scaling.md."""

import asyncio
import sys
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

import pytest
from redis import Redis, RedisCluster

from hitsvc.counting import slot_of
from tests.support.cluster import DURABLE, Cluster
from tests.support.commands import run_hitsvc
from tests.support.load import Tally, hit
from tests.support.processes import eventually
from tests.support.replicas import ReplicasHAProxy, replicas
from tests.support.sentinel import Watched
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


class Visited:
    """Three instances behind HAProxy, and visitors who come while something is done.

    Attributes:
        services: The instances.
        tallies: What became of the visitors to each page.
    """

    def __init__(self, stack: ExitStack, directory: Path, store: str) -> None:
        """Start all but the visitors."""
        if missing := ReplicasHAProxy.missing():
            pytest.skip(missing)
        self.services = stack.enter_context(replicas(directory, store, drain_s=1))
        proxy = ReplicasHAProxy(directory / "proxy", self.services)
        self._url = stack.enter_context(proxy).url
        self.tallies = [Tally() for _ in PAGES]

    async def meanwhile(self, do: Callable[[], None]) -> None:
        """Let visitors come, and do something."""
        load = [
            asyncio.create_task(
                hit(self._url, page, CLIENTS, 10**9, tally, pause_s=0.03)
            )
            for page, tally in zip(PAGES, self.tallies, strict=True)
        ]
        await asyncio.to_thread(self._more)
        await asyncio.to_thread(do)
        await asyncio.to_thread(self._more)
        for tally in self.tallies:
            tally.stop.set()
        await asyncio.gather(*load)

    def _more(self) -> None:
        """Wait for a hundred answers of each page."""
        wanted = [len(tally.acknowledged) + 100 for tally in self.tallies]
        eventually(
            lambda: all(
                len(tally.acknowledged) >= least
                for tally, least in zip(self.tallies, wanted, strict=True)
            ),
            within_s=60,
        )

    def check(self, redis: Redis | RedisCluster) -> None:
        """No request has failed, and this store has each hit once."""
        assert [tally.failed for tally in self.tallies] == [0] * len(PAGES)
        totals = [int(redis.get(f"hits:{{{page}}}") or 0) for page in PAGES]
        assert totals == [tally.attempted for tally in self.tallies]
        assert [day_hits(redis, page) for page in PAGES] == totals


async def test_moving_to_another_store_loses_nothing(
    valkey: Valkey, valkey_socket: Path, tmp_path: Path
) -> None:
    """Every view is in the new store once, and none was refused."""
    with ExitStack() as stack:
        old = Valkey()
        stack.callback(old.close)
        urls = f"redis://127.0.0.1:{old.port}", f"redis://127.0.0.1:{valkey.port}"
        visited = Visited(stack, tmp_path, urls[0])
        shown: list[int] = []

        def move_all() -> None:
            shown.extend(max(tally.acknowledged) for tally in visited.tallies)
            move(visited.services, *urls, tmp_path)

        await visited.meanwhile(move_all)

        with Redis(unix_socket_path=str(valkey_socket)) as redis:
            visited.check(redis)
        for tally, before in zip(visited.tallies, shown, strict=True):
            following = tally.acknowledged[tally.acknowledged.index(before) + 1 :]
            assert min(following) > before - CLIENTS, "a page began anew"


@pytest.mark.long
async def test_moving_from_one_store_to_a_cluster_loses_nothing(
    tmp_path: Path,
) -> None:
    """Each page goes to the node that has its slot."""
    with ExitStack() as stack:
        old = Valkey()
        stack.callback(old.close)
        cluster = stack.enter_context(Cluster(3, 1, *DURABLE))
        url = f"redis://127.0.0.1:{old.port}"
        visited = Visited(stack, tmp_path, url)

        await visited.meanwhile(
            lambda: move(visited.services, url, cluster.url, tmp_path)
        )

        with RedisCluster("127.0.0.1", cluster.nodes[0].port) as redis:
            visited.check(redis)
        owners = {cluster.owner(slot_of(page)).number for page in PAGES}
        assert len(owners) > 1, "nothing was divided"


@pytest.mark.long
async def test_a_redis_that_sentinels_come_to_is_the_same(tmp_path: Path) -> None:
    """Nothing is moved: the instances learn another address of their store."""
    with ExitStack() as stack:
        watched = Watched()
        stack.callback(watched.close)
        direct = f"redis://:secret@127.0.0.1:{watched.primary.port}"
        visited = Visited(stack, tmp_path, direct)

        def ask_sentinels() -> None:
            for service in visited.services:
                service.restart(store=watched.url)

        await visited.meanwhile(ask_sentinels)

        url = f"redis://:secret@127.0.0.1:{watched.primary.port}"
        with Redis.from_url(url) as redis:
            visited.check(redis)
        # And all of it is copied.
        watched.in_step()
        url = f"redis://:secret@127.0.0.1:{watched.replica.port}"
        with Redis.from_url(url) as redis:
            visited.check(redis)
