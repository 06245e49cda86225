"""The parts of the way to a cluster, each where the whole seldom comes."""

import asyncio
from typing import Any

import hiredis
import pytest

from hitsvc.counting import SLOTS, Capacity, Keys, OutageLog, PageCommands, spell
from hitsvc.errors import CounterUnavailable
from hitsvc.store import ClusterURL, Lane, Lanes, StoreReport, slots_of
from hitsvc.store.acknowledge import Copied
from hitsvc.store.cluster import NoNode
from hitsvc.store.cluster_check import ClusterCheck
from hitsvc.store.external import RedisAway, check_redis
from tests.support.commands import free_port
from tests.support.scripted_cluster import (
    ADDRESSES,
    SEED,
    World,
    open_cluster,
    open_counter,
    page_of,
    thirds,
)

HERE, THERE = page_of(ADDRESSES[0]), page_of(ADDRESSES[1])
INFO = (
    b"redis_version:7.4.1\r\nrole:master\r\naof_enabled:1\r\nmaxmemory:9\r\n"
    b"maxmemory_policy:volatile-ttl\r\ncluster_enabled:1\r\nconnected_slaves:0\r\n"
)
DENIED = hiredis.ReplyError("NOPERM no")


class TestLooking:
    """Asking who has which slots."""

    async def test_time_is_up_for_nodes_that_hang(self):
        """Nobody waits for ever."""
        world = World()
        cluster = open_cluster(world, timeout_s=0.05)
        counter = open_counter(cluster)
        node = cluster.nodes.at(SEED)
        node.hang()  # type: ignore[attr-defined]

        with pytest.raises(CounterUnavailable, match="no node of the cluster answers"):
            await counter.hit(HERE)
        await counter.close()

    async def test_a_name_without_an_address_is_told(self):
        """With the name."""
        url = ClusterURL.parse("redis+cluster://no-such-host.invalid:7000")
        assert url is not None

        with pytest.raises(CounterUnavailable, match=r"no-such-host\.invalid:7000"):
            await slots_of(url, 5)

    async def test_all_addresses_of_a_name_are_asked(self):
        """It listens on none of them."""
        port = free_port()
        url = ClusterURL.parse(f"redis+cluster://localhost:{port}")
        assert url is not None

        with pytest.raises(CounterUnavailable, match=rf"127\.0\.0\.1:{port} cannot be"):
            await slots_of(url, 5)

    async def test_who_stops_looks_no_longer(self):
        """A look that is under way ends."""
        cluster = open_cluster(World())
        look = cluster.topology.look_again()

        await cluster.close()

        assert look.cancelled()


class TestWhole:
    """What belongs to no page goes through the cluster as one backend."""

    async def test_what_has_no_node_is_not_sent(self):
        """And the rest is."""
        world = World()
        world.slots = thirds()[1:]
        cluster = open_cluster(world)
        commands = "".join(spell("GET", f"hits:{{{page}}}") for page in (HERE, THERE))

        missing, there = await cluster.execute(commands, 2)

        assert isinstance(missing, NoNode)
        assert there is None

    async def test_what_one_node_loses_is_not_known(self):
        """The others' replies are there."""
        world = World()
        cluster = open_cluster(world)
        commands = "".join(spell("SADD", f"{{{page}}}", "x") for page in (HERE, THERE))
        world.cuts.append(0)

        lost, done = await cluster.execute(commands, 2)

        assert isinstance(lost, CounterUnavailable)
        assert done == 1

    async def test_a_doubt_makes_us_look(self):
        """Whoever has it."""
        world = World()
        cluster = open_cluster(world)
        primary = cluster.primary(cluster.nodes.at(SEED))
        for doubted in (cluster, primary, Copied(primary)):
            asked = world.asked
            doubted.doubt()
            await cluster.topology.look()
            assert world.asked > asked

    async def test_a_primary_that_has_lost_its_replicas_is_doubted(self):
        """They may have left it for another."""
        world = World()
        counter = open_counter(open_cluster(world))
        await counter.hit(THERE)
        asked = world.asked
        world.answers.extend(["NOREPLICAS Not enough good replicas to write."] * 4)

        with pytest.raises(CounterUnavailable, match="NOREPLICAS"):
            await counter.hit(THERE)
        while world.asked == asked:
            await asyncio.sleep(0)
        await counter.close()


class Turning(World):
    """Nodes that describe themselves in one way, and each in another from then on."""

    def __init__(self, first: object, later: object) -> None:
        super().__init__()
        self._first, self._later = first, later
        self._times = 0

    def do(self, command: list[str]) -> Any:
        """Answer."""
        if command[0] != "INFO":
            return super().do(command)
        self._times += 1
        return self._first if self._times <= len(ADDRESSES) else self._later


class TestCheck:
    """What nodes say of themselves, put together."""

    async def report(self, world: World, acknowledge: str = "primary") -> StoreReport:
        """Ask, and ask again."""
        check = ClusterCheck(open_cluster(world), acknowledge=acknowledge)
        await check.report()
        report = await check.report()
        await check.close()
        return report

    async def test_what_may_not_be_seen_is_a_note(self):
        """It is asked once: a refusal is in the store's own log."""
        world = World()
        world.said = {"INFO": DENIED, "CLUSTER": DENIED, "CONFIG": DENIED}

        report = await self.report(world)

        asked = [said for _, said in world.batches if "CONFIG" in said]
        assert report.name.startswith("a store that does not describe itself, cluster")
        assert "do not let us see: CONFIG GET cluster-require" in report.note
        assert len(asked) == 3

    async def test_a_cluster_that_is_down_is_told(self):
        """In the eyes of its nodes; likewise slots without one."""
        world = World()
        world.slots = thirds()[1:]
        world.said = {"INFO": INFO, "CLUSTER": b"cluster_state:fail\r\n", "CONFIG": []}

        report = await self.report(world)

        assert "slots have no node" in "".join(report.warnings)
        assert any("cluster is down" in w and "all nodes" in w for w in report.warnings)
        assert report.note == ""

    async def test_a_node_that_is_too_old_is_unfit(self):
        """With its name."""
        world = World()
        world.said = {"INFO": b"redis_version:5.0.1\r\ncluster_enabled:1\r\n"}

        report = await self.report(world)

        assert "too old" in report.unfit
        assert "10.0.0.1:7000" in report.unfit

    async def test_nodes_that_are_all_silent_are_an_error(self):
        """One that is not is a warning."""
        world = World()
        check = ClusterCheck(open_cluster(world))
        world.cuts.extend([0, None, None])
        world.said = {"INFO": INFO, "CLUSTER": b"", "CONFIG": []}
        report = await check.report()
        assert any("closed the connection" in text for text in report.warnings)

        world.cuts.extend([0, 0, 0])
        with pytest.raises(CounterUnavailable, match="closed the connection"):
            await check.report()
        await check.close()

    async def test_what_makes_two_machines_true_is_looked_at(self):
        """At each node, unless it does not describe itself."""
        world = World()
        world.said = {"INFO": INFO, "CLUSTER": b"", "CONFIG": DENIED}

        report = await self.report(world, acknowledge="replica")
        world.said["INFO"] = DENIED
        silent = await self.report(world, acknowledge="replica")

        assert any("0 of the 2 replicas" in text for text in report.warnings)
        assert not any("of the 2 replicas" in text for text in silent.warnings)

    COPY = b"role:slave\r\nmaster_link_status:up\r\nslave_repl_offset:14\r\n"

    BEHIND = COPY + b"slave_read_repl_offset:20\r\n"

    async def stuck(self, now: object, cuts: int = 0) -> list[str]:
        """Look at nodes that say something else the second time; tell who is stuck."""
        world = Turning(self.BEHIND, now)
        check = ClusterCheck(open_cluster(world))
        world.said = {"CONFIG": []}
        world.cuts.extend([None] * 6 + [0] * cuts)
        report = await check.report()
        await check.close()
        return [text for text in report.warnings if "does not apply" in text]

    async def test_a_copy_that_applies_nothing_of_what_it_reads_is_told(self):
        """With how to mend it."""
        warnings = await self.stuck(self.BEHIND)

        assert len(warnings) == 3
        assert warnings[0].startswith("10.0.0.1:7000 reads")
        assert "(6 bytes)" in warnings[0]

    @pytest.mark.parametrize(
        "now",
        [
            pytest.param(
                COPY + b"slave_read_repl_offset:14\r\n", id="it has caught up"
            ),
            pytest.param(b"role:master\r\n", id="it has taken over"),
            pytest.param(DENIED, id="it does not say"),
            pytest.param(
                COPY.replace(b"14", b"18") + b"slave_read_repl_offset:30\r\n",
                id="it is at work",
            ),
        ],
    )
    async def test_a_copy_that_is_behind_for_a_moment_is_well(self, now):
        """Half of a command may have come."""
        assert await self.stuck(now) == []

    async def test_who_answers_no_more_is_not_called_stuck(self):
        """It is gone; the next look says so."""
        assert await self.stuck(self.BEHIND, cuts=3) == []

    async def test_a_primary_is_asked_by_its_name(self):
        """One that is not there says nothing."""
        world = World()
        world.said = {"INFO": INFO}
        check = ClusterCheck(open_cluster(world))

        known = await check.info("10.0.0.2:7000")
        unknown = await check.info("10.0.0.9:7000")
        world.said = {"INFO": DENIED}
        denied = await check.infos()
        await check.close()

        assert (known["role"], unknown) == ("master", {})
        assert list(denied.values()) == [{}, {}, {}]


def test_of_many_reasons_one_that_does_not_pass_is_told(valkey):
    """A node that is away may come back; one that is none never will."""
    gone, alone = free_port(), valkey.port

    with pytest.raises(RedisAway):
        check_redis(f"redis+cluster://127.0.0.1:{gone}")
    with pytest.raises(Exception, match="no node of a Redis Cluster") as caught:
        check_redis(f"redis+cluster://127.0.0.1:{gone},127.0.0.1:{alone}")
    assert not isinstance(caught.value, RedisAway)


async def test_a_primary_with_a_single_slot_is_probed():
    """By a key of that slot."""
    world = World()
    first, second, _ = thirds()
    world.slots = [[0, 0, first[2]], [1, SLOTS - 1, second[2]]]
    counter = open_counter(open_cluster(world))

    found = await counter.check()
    await counter.close()

    assert found == {"10.0.0.1:7000": "", "10.0.0.2:7000": ""}


async def test_a_cluster_without_slots_takes_no_hits():
    """It has only just been made."""
    world = World()
    world.slots = []
    counter = open_counter(open_cluster(world))

    with pytest.raises(CounterUnavailable, match="no node of the cluster has a slot"):
        await counter.check()
    await counter.close()


def test_a_page_without_a_node_is_not_refused_for_want_of_room():
    """It is refused for another reason."""
    page = PageCommands(HERE, Keys("hits:").page(HERE), 12, 60)

    def open_lane(_primary: object, _node: str) -> Lane:
        raise AssertionError

    assert not Lanes(open_cluster(World()), open_lane, 1).is_full(page)


def test_a_store_that_is_alone_leaves_nothing():
    """Its capacity is nobody's part."""
    capacity = Capacity()

    capacity.leave()

    assert not capacity.full


def test_an_outage_that_was_not_told_ends_untold(caplog):
    """There were too many of them."""
    outage = OutageLog(lambda: 0.0, node="h:1")
    for _ in range(30):
        outage.failed("gone")
        outage.moved_away()
    outage.moved_away()

    told = [r.getMessage() for r in caplog.records if "other nodes" in r.getMessage()]
    assert len(told) == 10
