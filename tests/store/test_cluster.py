"""Counting in a real cluster, while its slots and its primaries move."""

import asyncio
import re
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator
from itertools import count
from pathlib import Path

import pytest

from hitsvc.cli.show import read_totals
from hitsvc.counter import HitCounter
from hitsvc.counting import slot_of
from hitsvc.errors import CounterUnavailable, SettingsError
from hitsvc.settings import Settings
from hitsvc.store import check_redis, open_backend, open_store_check
from tests.support.cluster import DURABLE, Cluster, Node
from tests.support.commands import free_port
from tests.support.processes import eventually
from tests.support.slots import move_at_once

# A page that is set aside by a busy machine is none that is lost.
PATIENT_S = 5.0


@pytest.fixture(name="cluster", scope="module")
def _cluster() -> Iterator[Cluster]:
    """Three primaries with a replica each; tests move them, and leave it whole."""
    with Cluster(3, 1, *DURABLE, "--cluster-require-full-coverage", "no") as cluster:
        yield cluster


def open_counter(url: str, acknowledge: str = "primary") -> HitCounter:
    """Make a counter as the service does."""
    return HitCounter(
        open_backend(url, PATIENT_S, acknowledge=acknowledge),
        acknowledge=acknowledge,
        key_prefix="hits:",
        token_ttl_s=60,
        token_length=12,
        queue_limit=10_000,
    )


def page_at(cluster: Cluster, node: Node, suffix: str) -> str:
    """Name a page that a primary has."""
    names = (f"{suffix}-{n}.example/p" for n in count())
    return next(name for name in names if cluster.owner(slot_of(name)) is node)


def stored(cluster: Cluster, page: str) -> int:
    """Return a page's total, from who has it."""
    return int(cluster.owner(slot_of(page)).do("GET", f"hits:{{{page}}}") or 0)


class Load:
    """Visitors of some pages, and what they were told.

    Attributes:
        attempted: How many hits there were, by page.
        numbers: Those that were shown, by page.
        refused: How many were not acknowledged.
    """

    def __init__(self, counter: HitCounter, pages: list[str]) -> None:
        self._counter = counter
        self._pages = pages
        self._ends = False
        self.attempted: Counter[str] = Counter()
        self.numbers: dict[str, list[int]] = {page: [] for page in pages}
        self.refused = 0

    async def during(self, what: Callable[[], Awaitable[None]]) -> None:
        """Visit while something goes on, and some more afterwards."""
        visitors = [asyncio.create_task(self._visit(n)) for n in range(12)]
        try:
            async with asyncio.timeout(60):
                await self.more(200)
                await what()
                await self.more(200)
        finally:
            self._ends = True
            await asyncio.gather(*visitors)

    async def more(self, hits: int) -> None:
        """Wait for so many hits to be acknowledged."""
        wanted = self.acknowledged + hits
        while self.acknowledged < wanted:
            await asyncio.sleep(0.01)

    @property
    def acknowledged(self) -> int:
        """How many numbers were shown."""
        return sum(map(len, self.numbers.values()))

    async def _visit(self, start: int) -> None:
        for number in count(start):
            if self._ends:
                return
            page = self._pages[number % len(self._pages)]
            self.attempted[page] += 1
            try:
                hit = await self._counter.hit(page)
            except CounterUnavailable:
                self.refused += 1
                await asyncio.sleep(0.01)
            else:
                self.numbers[page].append(hit.number)

    def see_exact(self, cluster: Cluster) -> None:
        """Compare with what is stored."""
        for page, numbers in self.numbers.items():
            assert len(numbers) == len(set(numbers)), page
            most = max(numbers, default=0)
            assert len(numbers) <= most <= stored(cluster, page), page
            assert stored(cluster, page) <= self.attempted[page], page


async def loaded(
    cluster: Cluster, pages: list[str], what: Callable[[], Awaitable[None]]
) -> Load:
    """Do something under load, and see that all is exact."""
    counter = open_counter(cluster.url)
    load = Load(counter, pages)
    await load.during(what)
    await counter.close()
    load.see_exact(cluster)
    return load


def everywhere(name: str) -> list[str]:
    """Name pages of all parts of the cluster."""
    return [f"{name}-{number}.example/p" for number in range(40)]


async def in_thread(what: Callable[[], object]) -> None:
    """Do what blocks while visitors go on."""
    await asyncio.to_thread(what)


async def test_pages_of_all_nodes_are_counted(cluster):
    """And their tokens known, their totals read, their names listed."""
    await in_thread(lambda: check_redis(cluster.url))
    counter = open_counter(cluster.url)
    pages = everywhere("count")

    hits = [await counter.hit(page) for page in pages]
    again = [await counter.hit(p, h.token) for p, h in zip(pages, hits, strict=True)]
    totals = [(await counter.totals(page, 3)).total for page in pages]
    assert await counter.check() == dict.fromkeys(await primaries(cluster), "")
    await counter.close()

    assert [(hit.number, hit.counted) for hit in hits] == [(1, True)] * 40
    assert [(hit.number, hit.counted) for hit in again] == [(1, False)] * 40
    assert totals == [1] * 40
    owner = cluster.owner(slot_of("hits:sites"))
    assert {page.partition("/")[0] for page in pages} <= owner.do(
        "SMEMBERS", "hits:sites"
    )
    for page in pages:
        name = f"hits:pages:{{{page.partition('/')[0]}}}"
        assert cluster.owner(slot_of(name)).do("SMEMBERS", name) == {page}


async def primaries(cluster: Cluster) -> list[str]:
    """Name them in the order of their slots."""
    owners = (cluster.owner(slot) for slot in (0, 8_000, 16_383))
    return [f"127.0.0.1:{node.port}" for node in owners]


def test_the_command_line_reads_it(cluster):
    """From any node that answers."""
    page = page_at(cluster, cluster.owner(0), "shown")
    cluster.owner(0).do("SET", f"hits:{{{page}}}", 7)
    away = f"redis+cluster://127.0.0.1:{free_port()},127.0.0.1:{cluster.nodes[1].port}"

    assert read_totals(Settings(redis_url=away), page).total == 7


async def test_slots_that_move_refuse_nobody(cluster):
    """Key by key, as all versions do it: MOVED, and ASK for what has gone before."""
    source, target = cluster.owner(0), cluster.owner(16_383)
    name = page_at(cluster, source, "moving")
    slot = slot_of(name)

    def move() -> None:
        target.do("CLUSTER", "SETSLOT", slot, "IMPORTING", source.id)
        source.do("CLUSTER", "SETSLOT", slot, "MIGRATING", target.id)
        while keys := source.do("CLUSTER", "GETKEYSINSLOT", slot, 1):
            to = ("127.0.0.1", target.port, "", 0, 5_000, "KEYS", *keys)
            source.do("MIGRATE", *to)
        for node in (target, source):
            node.do("CLUSTER", "SETSLOT", slot, "NODE", target.id)

    load = await loaded(cluster, [name, *everywhere("others")], lambda: in_thread(move))

    assert load.refused == 0
    assert cluster.owner(slot) is target


async def test_slots_that_move_at_once_refuse_nobody(cluster):
    """As Valkey 9 does it."""
    source, target = cluster.owner(8_000), cluster.owner(16_383)
    slots = sorted(slot_of(page) for page in everywhere("atomic"))
    here = [slot for slot in slots if cluster.owner(slot) is source]

    def move() -> None:
        move_at_once(cluster, here, target)

    load = await loaded(cluster, everywhere("atomic"), lambda: in_thread(move))

    assert here
    assert load.refused == 0


async def test_a_planned_failover_loses_nothing(cluster):
    """The replica takes over when it has all, and hits follow it."""
    old = cluster.owner(0)
    (replica,) = cluster.replicas_of(old)

    def fail_over() -> None:
        replica.do("CLUSTER", "FAILOVER")
        eventually(lambda: replica.is_primary and not old.is_primary, within_s=30)

    await loaded(cluster, everywhere("planned"), lambda: in_thread(fail_over))

    assert cluster.owner(0) is replica
    cluster.wait_ready()


async def test_a_primary_that_hangs_keeps_only_its_pages_waiting(cluster):
    """Pages of others are counted meanwhile; those that wait are, too, in the end."""
    node, other = cluster.owner(0), cluster.owner(16_383)
    page, far = page_at(cluster, node, "hung"), page_at(cluster, other, "free")
    counter = open_counter(cluster.url)
    await counter.hit(page)
    node.hang()
    try:
        stuck = counter.hit(page)
        for _ in range(20):
            await counter.hit(far)
        assert not stuck.done()
    finally:
        node.go_on()
    await asyncio.gather(stuck, return_exceptions=True)
    await counter.close()
    assert stored(cluster, far) == 20
    await in_thread(cluster.wait_ready)


async def test_a_primary_that_is_lost_is_followed_by_its_replica(cluster):
    """What was acknowledged is there, and what was not is not repeated."""
    node = cluster.owner(0)
    (replica,) = cluster.replicas_of(node)

    def lose() -> None:
        node.kill()
        eventually(lambda: replica.is_primary, within_s=30)

    try:
        load = await loaded(cluster, everywhere("killed"), lambda: in_thread(lose))
        assert cluster.owner(0) is replica
    finally:
        node.start()
        await in_thread(cluster.wait_ready)

    assert load.refused


async def test_the_check_tells_of_every_node(cluster):
    """What can lose counts, and at which of them."""
    check = open_store_check(cluster.url, PATIENT_S)
    async with asyncio.timeout(60):
        # One that has come back is known some time later.
        while not (await check.report()).name.endswith("3 primaries and 3 replicas"):
            await asyncio.sleep(0.05)
    node = cluster.owner(0)
    node.do("CONFIG", "SET", "maxmemory-policy", "allkeys-lru")
    node.do("CONFIG", "SET", "cluster-require-full-coverage", "yes")
    try:
        report = await check.report()
    finally:
        node.do("CONFIG", "SET", "maxmemory-policy", "noeviction")
        node.do("CONFIG", "SET", "cluster-require-full-coverage", "no")
    infos = await check.infos()
    await check.close()

    at = f"(127.0.0.1:{node.port})"
    assert report.name.startswith("Valkey ")
    assert "append-only file on, cluster of 3 primaries" in report.name
    assert any("forgets counters" in w and w.endswith(at) for w in report.warnings)
    assert any("require-full" in w and w.endswith(at) for w in report.warnings)
    assert any("no memory limit" in w and "(all nodes)" in w for w in report.warnings)
    assert sorted(infos) == sorted(await primaries(cluster))
    assert not report.unfit


async def test_the_check_tells_of_a_replica_that_is_away(cluster):
    """Its primary then has none, as soon as it is taken for lost."""
    node = cluster.owner(0)
    (replica,) = cluster.replicas_of(node)
    check = open_store_check(cluster.url, PATIENT_S)
    replica.kill()
    try:
        report = await check.report()
    finally:
        replica.start()
        await in_thread(cluster.wait_ready)
        await check.close()

    told = f"127.0.0.1:{replica.port} cannot be reached", f"{node.port} has no replica"
    assert any(text in warning for text in told for warning in report.warnings)


def test_a_store_that_is_alone_is_no_cluster(valkey):
    """The start is stopped, and the line says how its URL begins."""
    with pytest.raises(SettingsError, match="begins with redis://"):
        check_redis(f"redis+cluster://127.0.0.1:{valkey.port}")


def test_a_seed_that_is_away_does_not_stop_the_start(cluster):
    """Others know the cluster."""
    check_redis(
        f"redis+cluster://127.0.0.1:{free_port()},127.0.0.1:{cluster.nodes[0].port}"
    )


async def test_the_documented_user_suffices(cluster):
    """Also while a slot moves; it is refused nothing but a look at the settings."""
    manual = Path(__file__).parents[2].joinpath("docs/stores.md").read_text()
    granted = re.findall(r"ACL SETUSER hitsvc [^`\n]*? -@all ([^`\n]*asking)", manual)[
        0
    ]
    for node in cluster.nodes:
        node.do("ACL", "SETUSER", "hitsvc", "on", ">x", "resetkeys", "~hits:*", "-@all")
        node.do("ACL", "SETUSER", "hitsvc", *granted.split(), "+wait")
        node.do("ACL", "LOG", "RESET")
    url = cluster.url.replace("://", "://hitsvc:x@")
    source, target = cluster.owner(0), cluster.owner(16_383)
    page = page_at(cluster, source, "allowed")
    await in_thread(lambda: check_redis(url))
    counter = open_counter(url, acknowledge="replica")
    check = open_store_check(url, PATIENT_S, acknowledge="replica")

    target.do("CLUSTER", "SETSLOT", slot_of(page), "IMPORTING", source.id)
    source.do("CLUSTER", "SETSLOT", slot_of(page), "MIGRATING", target.id)
    hit = await counter.hit(page)
    again = await counter.hit(page, hit.token, today=True)
    assert set((await counter.check()).values()) == {""}
    warnings = await check.warnings()
    await counter.close()
    await check.close()
    for node in (target, source):
        node.do("CLUSTER", "SETSLOT", slot_of(page), "NODE", target.id)

    assert (hit.number, again.counted) == (1, False)
    assert any("cannot be seen" in text for text in warnings)
    refused = {entry["object"] for node in cluster.nodes for entry in node.acl_log()}
    assert refused == {"config|get"}


def test_a_user_that_may_not_see_the_slots_stops_the_start(cluster):
    """Nothing could be counted."""
    for node in cluster.nodes:
        node.do(
            "ACL", "SETUSER", "blind", "on", ">x", "~hits:*", "+@all", "-cluster|slots"
        )
    url = cluster.url.replace("://", "://blind:x@")

    with pytest.raises(SettingsError, match="forbids what hitsvc sends"):
        check_redis(url)
