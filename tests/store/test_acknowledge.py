"""Acknowledged by a replica, too: what is sent, and what an answer means."""

import asyncio
from collections.abc import Sequence
from typing import Any, ClassVar

import hiredis
import pytest

from hitsvc.counter import HitCounter
from hitsvc.counting import slot_of, words
from hitsvc.errors import CounterUnavailable
from hitsvc.store import open_backend, open_store_check
from hitsvc.store.acknowledge import Copied
from hitsvc.store.copies import copy_warnings
from tests.support.cluster import Cluster
from tests.support.commands import run_hitsvc
from tests.support.processes import eventually
from tests.support.scripted_cluster import (
    ADDRESSES,
    World,
    open_cluster,
    open_counter,
    page_of,
)
from tests.support.sentinel import Watched, said
from tests.support.valkey import Valkey

HERE = page_of(ADDRESSES[0])
SHORT = "no replica has acknowledged"


class Store:
    """A backend that answers as it is told.

    Attributes:
        sent: The names of the commands of each batch.
        copies: What it answers to ``WAIT``.
        answers: What it answers to others, by their name.
        doubted: How often it was doubted.
    """

    def __init__(self) -> None:
        self.sent: list[list[str]] = []
        self.copies: Any = 1
        self.answers: dict[str, Any] = {}
        self.doubted = self.closed = 0
        self.gate: asyncio.Event | None = None

    async def execute(self, commands: str, expected: int) -> Sequence[Any]:
        """Answer."""
        names = [command[0] for command in words(commands)]
        assert len(names) == expected
        self.sent.append(names)
        if self.gate:
            await self.gate.wait()
        replies = {"INCRBY": 7, "HINCRBY": 3, "SET": b"OK", "GET": b"7", "EXISTS": 0}
        replies |= {"HMGET": [b"3"]} | self.answers | {"WAIT": self.copies}
        return [replies.get(name, 1) for name in names]

    def doubt(self) -> None:
        """Count it."""
        self.doubted += 1

    async def close(self) -> None:
        """Count it."""
        self.closed += 1


@pytest.fixture(name="store")
def _store() -> Store:
    return Store()


@pytest.fixture(name="counter")
def _counter(store: Store) -> HitCounter:
    """A counter that waits for a replica."""
    return HitCounter(
        store,
        key_prefix="hits:",
        token_ttl_s=60,
        token_length=12,
        queue_limit=1000,
        acknowledge="replica",
    )


async def test_a_batch_that_writes_ends_with_wait(counter, store):
    """Hits, and the probe of whether hits are taken."""
    await counter.hit("a.example")
    await counter.check()

    assert store.sent[0] == ["INCRBY", "HINCRBY", "SET", "WAIT"]
    assert ["SET", "WAIT"] in store.sent


async def test_what_only_reads_does_not_wait(counter, store):
    """It is as true without."""
    await counter.read("a.example", days=1)

    assert "WAIT" not in store.sent[0]


async def test_without_it_nothing_waits(store):
    """As it was."""
    counter = HitCounter(
        store, key_prefix="hits:", token_ttl_s=0, token_length=12, queue_limit=9
    )

    await counter.hit("a.example")

    assert store.sent[0] == ["INCRBY", "HINCRBY"]


@pytest.mark.parametrize("copies", [0, hiredis.ReplyError("ERR WAIT cannot be used")])
async def test_a_hit_without_a_replica_is_not_known(counter, store, copies):
    """It is stored, so it is neither acknowledged nor certainly uncounted."""
    store.copies = copies

    with pytest.raises(CounterUnavailable, match=SHORT) as caught:
        await counter.hit("a.example")

    assert not caught.value.is_uncounted
    assert store.doubted


async def test_reads_of_such_a_batch_are_answered(counter, store):
    """Visitors who only look see the number."""
    store.copies = 0

    hit, read = counter.hit("a.example"), counter.read("a.example")

    with pytest.raises(CounterUnavailable):
        await hit
    assert (await read).total == 7


async def test_what_was_refused_stays_refused(counter, store):
    """``NOREPLICAS`` says that nothing was stored."""
    store.copies = 0
    store.answers = dict.fromkeys(
        ("INCRBY", "HINCRBY", "SET"), hiredis.ReplyError("NOREPLICAS Not enough")
    )

    with pytest.raises(CounterUnavailable, match="NOREPLICAS") as caught:
        await counter.hit("a.example")

    assert caught.value.is_uncounted


async def test_one_batch_is_in_flight(counter, store):
    """Another would wait behind the first one's WAIT, and its time would run."""
    store.gate = asyncio.Event()
    hits = [counter.hit("a.example") for _ in range(400)]
    await asyncio.sleep(0.01)
    more = [counter.hit("b.example") for _ in range(400)]
    await asyncio.sleep(0.01)

    assert len(store.sent) == 1
    store.gate.set()
    await asyncio.gather(*hits, *more)


async def test_it_is_closed_with_what_it_stands_before(store):
    """Once."""
    await Copied(store).close()

    assert store.closed == 1


class TestSentOn:
    """In a cluster, where parts of a batch may be sent on."""

    async def test_each_part_waits(self):
        """And both must have been copied."""
        world = World()
        world.answers.extend(["", f"MOVED {slot_of(HERE)} 10.0.0.2:7000"])
        counter = open_counter(open_cluster(world), acknowledge="replica")

        hit = await counter.hit(HERE)
        await counter.close()

        assert hit.number == 1
        assert world.batches[:2] == [
            (ADDRESSES[0], ["INCRBY", "HINCRBY", "WAIT"]),
            (ADDRESSES[1], ["HINCRBY", "WAIT"]),
        ]

    @pytest.mark.parametrize(
        "copies", [(0, 1), (1, 0), (hiredis.ReplyError("ERR WAIT cannot"), 1)]
    )
    async def test_one_part_that_is_short_makes_all_doubtful(self, copies):
        """Both have written."""
        world = World()
        world.answers.extend(["", f"MOVED {slot_of(HERE)} 10.0.0.2:7000"])
        world.copies.extend(copies)
        counter = open_counter(open_cluster(world), acknowledge="replica")

        with pytest.raises(CounterUnavailable, match=SHORT):
            await counter.hit(HERE)
        await counter.close()

    @pytest.mark.parametrize("copies", [0, hiredis.ReplyError("ERR WAIT cannot")])
    async def test_a_part_that_was_sent_on_as_a_whole_says_nothing(self, copies):
        """A server that was a primary before refuses to wait."""
        world = World()
        world.answers.extend([f"MOVED {slot_of(HERE)} 10.0.0.2:7000"] * 2)
        world.copies.append(copies)
        counter = open_counter(open_cluster(world), acknowledge="replica")

        assert (await counter.hit(HERE)).number == 1
        await counter.close()

    async def test_what_is_asked_waits_too(self):
        """Behind the command, and not behind ASKING."""
        world = World()
        world.answers.extend([f"ASK {slot_of(HERE)} 10.0.0.2:7000"] * 2)
        counter = open_counter(open_cluster(world), acknowledge="replica")

        await counter.hit(HERE)
        await counter.close()

        assert world.batches[1][1] == ["ASKING", "INCRBY", "ASKING", "HINCRBY", "WAIT"]


class TestWarnings:
    """What makes it true is looked at, where that is allowed."""

    WELL: ClassVar = {
        "role": "master",
        "connected_slaves": "2",
        "min_slaves_good_slaves": "2",
    }
    ALWAYS: ClassVar = [b"appendfsync", b"always"]
    ARITY = hiredis.ReplyError("ERR wrong number of arguments for 'wait' command")

    def test_all_is_well(self):
        """Two replicas, one needed, each write on a disk."""
        assert copy_warnings(self.WELL, (self.ALWAYS, self.ARITY)) == []

    @pytest.mark.parametrize(
        ("change", "fsync", "wait", "warning"),
        [
            ({"connected_slaves": "1"}, ALWAYS, ARITY, "1 of the 2 replicas"),
            ({"connected_slaves": "0"}, ALWAYS, ARITY, "0 of the 2 replicas"),
            ({}, [b"appendfsync", b"everysec"], ARITY, "appendfsync always"),
            ({}, hiredis.ReplyError("NOPERM no"), ARITY, "cannot be seen"),
            ({}, ALWAYS, hiredis.ReplyError("NOPERM no"), "add +wait"),
        ],
    )
    def test_what_is_missing_is_told(self, change, fsync, wait, warning):
        """Each with what to do."""
        (text,) = copy_warnings(self.WELL | change, (fsync, wait))

        assert warning in text

    def test_min_replicas_is_seen_where_it_is_set(self):
        """Then it is in INFO."""
        info = {"role": "master", "connected_slaves": "2"}

        (text,) = copy_warnings(info, (self.ALWAYS, self.ARITY))

        assert "min-replicas-to-write" in text

    def test_a_replica_needs_none(self):
        """But a disk."""
        info = {"role": "slave", "connected_slaves": "0"}

        assert copy_warnings(info, (self.ALWAYS, self.ARITY)) == []


async def test_a_store_without_replicas_starts_and_takes_no_hits(valkey: Valkey):
    """A missing replica stops no start; the hit is stored, and nobody was told so."""
    url = f"redis://127.0.0.1:{valkey.port}/0"
    check = open_store_check(url, 5, acknowledge="replica")
    counter = open_wait(url)

    warnings = await check.warnings()
    again = (await check.report()).warnings
    infos = await check.infos()
    with pytest.raises(CounterUnavailable, match=SHORT):
        await counter.hit("alone.example")
    total = (await counter.totals("alone.example")).total
    await counter.close()
    await check.close()

    assert total == 1
    assert (tuple(warnings), infos[""]["role"]) == (again, "master")
    assert any("0 of the 2 replicas" in text for text in warnings)
    assert any("appendfsync always" in text for text in warnings)


def open_wait(url: str) -> HitCounter:
    """Make a counter as the service does."""
    return HitCounter(
        open_backend(url, 5, acknowledge="replica"),
        key_prefix="hits:",
        token_ttl_s=0,
        token_length=12,
        queue_limit=100,
        acknowledge="replica",
    )


async def test_with_sentinels_a_replica_has_the_hit_when_it_is_answered():
    """Not some time later."""
    watched = Watched()
    try:
        counter = open_wait(watched.url)
        await counter.hit("copied.example")
        await counter.close()
        assert int(said(watched.replica, "INFO")["slave_repl_offset"]) > 0
        assert "copied.example" in str(said(watched.replica, "KEYS *"))
    finally:
        watched.close()


async def test_in_a_cluster_each_lane_waits_for_its_own_replica():
    """Pages of a primary that has lost its replica are doubtful, others are counted."""
    with Cluster(3, 1, "--cluster-require-full-coverage", "no") as cluster:
        check = open_store_check(cluster.url, 5, acknowledge="replica")
        counter = open_wait(cluster.url)
        node, other = cluster.owner(0), cluster.owner(16_383)
        page = next(p for p in pages() if cluster.owner(slot_of(p)) is node)
        far = next(p for p in pages() if cluster.owner(slot_of(p)) is other)
        await counter.hit(page)
        (replica,) = cluster.replicas_of(node)
        replica.kill()
        eventually(lambda: node.info()["connected_slaves"] == 0)

        with pytest.raises(CounterUnavailable, match=SHORT):
            await counter.hit(page)
        assert (await counter.hit(far)).number == 1
        warnings = await check.warnings()
        await counter.close()
        await check.close()

        assert any(
            "0 of the 2 replicas" in text and str(node.port) in text
            for text in warnings
        )


def pages() -> list[str]:
    """Name pages of all parts of a cluster."""
    return [f"w{number}.example" for number in range(60)]


@pytest.mark.parametrize("store", ["embedded", "memory"])
def test_our_own_stores_have_no_replica(store, tmp_path):
    """The start is stopped, in a line."""
    ended = run_hitsvc(
        *("serve", "--store", store, "--data-dir", str(tmp_path)),
        env={"HITSVC_ACKNOWLEDGE": "replica"},
    )

    assert ended.returncode == 1
    assert f"HITSVC_ACKNOWLEDGE='replica': the {store} store has no" in ended.stderr
