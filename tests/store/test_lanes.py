"""A cluster whose nodes send on, refuse, hang and vanish: what becomes of hits."""

import asyncio
import logging
from collections import Counter
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hitsvc.counter import HitCounter
from hitsvc.counting import Capacity, slot_of
from hitsvc.errors import CounterBusy, CounterFull, CounterUnavailable
from hitsvc.store.cluster import Cluster
from hitsvc.store.redirect import LEAST_S, MAX_HOPS
from hitsvc.store.sentinel_url import Address
from tests.support.scripted_cluster import (
    ADDRESSES,
    World,
    open_cluster,
    open_counter,
    page_of,
    thirds,
)

FIRST, SECOND, THIRD = ADDRESSES
HERE, THERE = page_of(FIRST), page_of(SECOND)

ANSWERS = [
    *[""] * 6,
    "MOVED {slot} 10.0.0.2:7000",
    "MOVED {slot} 10.0.0.3:7000",
    "MOVED {slot} :7000",
    "MOVED {slot} 10.0.0.9:7001",
    "ASK {slot} 10.0.0.2:7000",
    "ASK {slot} 10.0.0.1:7000",
    "CLUSTERDOWN the cluster is down",
    "OOM no memory",
    "READONLY you can not write",
    "TRYAGAIN later",
]


@given(
    answers=st.lists(st.sampled_from(ANSWERS), max_size=60),
    cuts=st.lists(st.one_of(st.none(), st.integers(0, 6)), max_size=20),
    copies=st.lists(st.sampled_from([0, 1, 1, 2]), max_size=20),
    waves=st.lists(st.integers(1, 8), min_size=1, max_size=6),
)
def test_acknowledged_is_at_most_stored_and_stored_at_most_attempted(
    answers, cuts, copies, waves
):
    """And no number is shown twice, whatever nodes answer, and whatever is cut."""
    world = World()
    world.answers.extend(answers)
    world.cuts.extend(cuts)
    world.copies.extend(copies)
    attempted: Counter[str] = Counter()
    shown: dict[str, list[int]] = {}

    async def hit(counter: HitCounter, page: str) -> None:
        attempted[page] += 1
        with suppress(CounterUnavailable):
            shown.setdefault(page, []).append((await counter.hit(page)).number)

    async def main() -> None:
        counter = open_counter(open_cluster(world))
        for number, size in enumerate(waves):
            pages = [page_of(ADDRESSES[(number + n) % 3], n % 2) for n in range(size)]
            await asyncio.gather(*(hit(counter, page) for page in pages))
        await counter.close()

    asyncio.run(main())
    for page, numbers in shown.items():
        stored = world.wrote[f"hits:{{{page}}}"]
        assert len(numbers) == len(set(numbers))
        assert max(numbers, default=0) <= stored <= attempted[page]


def node_at(cluster: Cluster, address: Address) -> Any:
    """Return the scripted node at an address."""
    return cluster.nodes.at(address)


async def indexed(world: World, batches: int = 2) -> None:
    """Wait until the index has been written."""
    while sum(said[0] == "SADD" for _, said in world.batches) < batches:
        await asyncio.sleep(0)


async def test_a_page_goes_to_the_node_that_has_its_slot():
    """And the next one to its own."""
    world = World()
    counter = open_counter(open_cluster(world))

    await asyncio.gather(*(counter.hit(page_of(address)) for address in ADDRESSES))
    await counter.close()

    hits = [where for where, commands in world.batches if commands[0] == "INCRBY"]
    assert sorted(hits) == ADDRESSES


@pytest.mark.parametrize("kind", ["MOVED", "ASK"])
async def test_what_was_sent_on_is_repeated_there_and_nothing_else(kind):
    """The total was counted here; the day is sent there."""
    world = World()
    world.answers.extend(["", f"{kind} {slot_of(HERE)} 10.0.0.3:7000"])
    counter = open_counter(open_cluster(world))

    hit = await counter.hit(HERE)
    await counter.close()

    asking = ["ASKING"] if kind == "ASK" else []
    assert (hit.number, hit.today) == (1, 1)
    assert world.batches[:2] == [
        (FIRST, ["INCRBY", "HINCRBY"]),
        (THIRD, [*asking, "HINCRBY"]),
    ]


async def test_moved_is_remembered_and_ask_is_not():
    """The next hit of the slot goes where it was sent; its neighbour's does not."""
    world = World()
    counter = open_counter(open_cluster(world))
    await counter.hit(HERE)
    await indexed(world)
    world.slots = "not to be asked"
    world.answers.extend([f"ASK {slot_of(HERE)} 10.0.0.3:7000"] * 2)
    await counter.hit(HERE)
    world.answers.extend([f"MOVED {slot_of(HERE)} 10.0.0.2:7000"] * 2)
    await counter.hit(HERE)
    world.batches.clear()

    await counter.hit(HERE)
    await counter.hit(page_of(FIRST, 1))
    await counter.close()

    assert [where for where, said in world.batches if said[0] == "INCRBY"] == [
        SECOND,
        FIRST,
    ]


async def test_no_host_is_the_one_that_was_asked():
    """``MOVED 1 :7001``: a node that does not know how it is reached."""
    world = World()
    world.answers.extend([f"MOVED {slot_of(HERE)} :7001"] * 2)
    counter = open_counter(open_cluster(world))

    await counter.hit(HERE)
    await counter.close()

    assert world.batches[1][0] == (FIRST[0], 7001)


async def test_a_circle_ends():
    """As a refusal, so the hit is known not to be counted."""
    world = World()
    world.answers.extend([f"ASK {slot_of(HERE)} 10.0.0.2:7000"] * 99)
    counter = open_counter(open_cluster(world))

    with pytest.raises(CounterUnavailable, match="ASK") as caught:
        await counter.hit(HERE)
    world.answers.clear()
    await counter.close()

    assert caught.value.is_uncounted
    sent = [said for _, said in world.batches if said[0] in {"INCRBY", "ASKING"}]
    assert len(sent) == 1 + MAX_HOPS


async def test_nothing_is_sent_on_when_time_is_up():
    """It stays refused: a node that is asked too late would be taken for a slow one."""
    world = World()
    counter = open_counter(open_cluster(world, timeout_s=LEAST_S))
    await counter.hit(HERE)
    await indexed(world)
    world.answers.extend([f"MOVED {slot_of(HERE)} 10.0.0.2:7000"] * 2)

    with pytest.raises(CounterUnavailable, match="MOVED") as caught:
        await counter.hit(HERE)
    await counter.close()

    assert caught.value.is_uncounted


async def test_where_it_is_sent_on_to_may_be_too_late():
    """Then nobody knows."""
    world = World()
    cluster = open_cluster(world, timeout_s=0.1)
    counter = open_counter(cluster)
    await counter.hit(HERE)
    await indexed(world)
    world.answers.extend([f"MOVED {slot_of(HERE)} 10.0.0.2:7000"] * 2)
    node_at(cluster, SECOND).hang()

    with pytest.raises(CounterUnavailable, match="did not answer in time") as caught:
        await counter.hit(HERE)
    await counter.close()

    assert not caught.value.is_uncounted


async def test_what_is_lost_on_the_way_is_not_known():
    """Not uncounted, and never repeated; the other hit of the batch is counted."""
    world = World()
    cluster = open_cluster(world)
    counter = open_counter(cluster)
    await counter.hit(HERE)
    await indexed(world)
    world.answers.extend(["", "", *[f"MOVED {slot_of(HERE)} 10.0.0.2:7000"] * 2])
    world.cuts.extend([None, 0])

    other, lost = await asyncio.gather(
        counter.hit(page_of(FIRST, 1)), counter.hit(HERE), return_exceptions=True
    )
    await counter.close()

    assert not isinstance(other, BaseException)
    assert isinstance(lost, CounterUnavailable)
    assert not lost.is_uncounted
    assert world.wrote[f"hits:{{{HERE}}}"] == 1


async def test_a_lost_connection_makes_us_look_again():
    """The pages may be at another node by now."""
    world = World()
    counter = open_counter(open_cluster(world))
    await counter.hit(HERE)
    await indexed(world)
    asked = world.asked
    world.cuts.append(1)
    world.slots = thirds([SECOND, SECOND, THIRD])

    with pytest.raises(CounterUnavailable):
        await counter.hit(HERE)
    while world.asked == asked:
        await asyncio.sleep(0)
    await asyncio.sleep(0.01)
    world.batches.clear()
    await counter.hit(HERE)
    await counter.close()

    assert world.batches[0][0] == SECOND
    assert world.wrote[f"hits:{{{HERE}}}"] == 3  # the one that is not known is stored


async def test_nobody_asks_for_slots_while_all_is_well():
    """Not by a timer, nor with each batch."""
    world = World()
    counter = open_counter(open_cluster(world))
    await counter.hit(HERE)
    asked = world.asked

    for _ in range(20):
        await counter.hit(THERE)
    await counter.close()

    assert world.asked == asked == 1


async def test_a_primary_that_hangs_keeps_only_its_own_pages_waiting():
    """The others have queues of their own."""
    world = World()
    cluster = open_cluster(world)
    counter = open_counter(cluster)
    await counter.hit(HERE)
    node = node_at(cluster, FIRST)
    node.hang()

    stuck = counter.hit(HERE)
    for _ in range(5):
        await counter.hit(THERE)
    assert not stuck.done()
    node.go_on()
    await stuck
    await counter.close()


async def test_all_lanes_have_one_limit():
    """Wherever what waits is waiting."""
    cluster = open_cluster(World())
    counter = open_counter(cluster, queue_limit=4)
    await asyncio.gather(*(counter.hit(page_of(address)) for address in ADDRESSES))
    for address in ADDRESSES:
        node_at(cluster, address).hang()

    # One batch of each lane is in flight, and four wait.
    flying = [counter.hit(page_of(address)) for address in ADDRESSES]
    await asyncio.sleep(0)
    waiting = [counter.hit(page_of(ADDRESSES[n % 2])) for n in range(4)]
    with pytest.raises(CounterBusy):
        counter.hit(page_of(THIRD))
    for address in ADDRESSES:
        node_at(cluster, address).go_on()
    await asyncio.gather(*flying, *waiting)
    await counter.hit(page_of(THIRD))
    await counter.close()


async def test_a_slot_without_a_node_is_refused():
    """Nothing was sent, so it is known not to be counted; other pages are."""
    world = World()
    world.slots = thirds()[1:]
    counter = open_counter(open_cluster(world))

    assert (await counter.hit(THERE)).number == 1
    with pytest.raises(
        CounterUnavailable, match="no node of the cluster has"
    ) as caught:
        await counter.hit(HERE)
    await counter.close()

    assert caught.value.is_uncounted


async def test_a_cluster_that_nobody_can_be_asked_about_is_refused():
    """With the reason."""
    world = World()
    world.slots = ValueError("ERR This instance has cluster support disabled")
    counter = open_counter(open_cluster(world))

    with pytest.raises(CounterUnavailable, match="cluster support disabled"):
        await counter.hit(HERE)
    with pytest.raises(CounterUnavailable, match="cluster support disabled"):
        await counter.check()
    await counter.close()


async def test_the_index_goes_to_where_it_belongs():
    """Each of its sets has a slot of its own."""
    world = World()
    counter = open_counter(open_cluster(world))

    await counter.hit(HERE)
    await counter.close()

    added = [(where, said) for where, said in world.batches if said == ["SADD"]]
    third = [
        slot_of(key) * 3 // 16384 for key in ("hits:sites", f"hits:pages:{{{HERE}}}")
    ]
    assert sorted(where for where, _ in added) == sorted(ADDRESSES[n] for n in third)


async def test_each_primary_is_probed():
    """One that takes no writes is told of; the others are enough."""
    world = World()
    cluster = open_cluster(world)
    counter = open_counter(cluster)
    await counter.hit(HERE)
    await indexed(world)
    world.answers.append("OOM no memory")

    found = await counter.check()
    world.answers.extend(["OOM no memory"] * 3)
    with pytest.raises(CounterUnavailable, match="OOM"):
        await counter.check()
    await counter.close()

    assert list(found) == ["10.0.0.1:7000", "10.0.0.2:7000", "10.0.0.3:7000"]
    assert sorted(found.values()) == ["", "", "Redis refused: OOM no memory"]


async def test_new_pages_are_refused_where_the_node_is_full():
    """Known ones are counted there, and new ones elsewhere."""
    world = World()

    async def ask(node):
        used = "95" if node == "10.0.0.1:7000" else "5"
        return {"maxmemory": "100", "used_memory": used}

    counter = open_counter(open_cluster(world), capacity=Capacity(ask))
    await counter.hit(HERE)
    await counter.hit(THERE)
    await asyncio.sleep(0.01)

    assert (await counter.hit(HERE)).number == 2
    assert (await counter.hit(page_of(SECOND, 1))).number == 1
    with pytest.raises(CounterFull):
        await counter.hit(page_of(FIRST, 1))
    await counter.close()


async def test_a_node_without_pages_is_left(caplog):
    """Its outage ends in the log; its connection is closed when it is not used."""
    caplog.set_level(logging.WARNING)
    world = World()
    cluster = open_cluster(world)
    counter = open_counter(cluster)
    await counter.hit(HERE)
    world.slots = thirds([SECOND, SECOND, THIRD])
    node = node_at(cluster, FIRST)
    await indexed(world)
    world.cuts.append(0)
    with pytest.raises(CounterUnavailable):
        await counter.hit(HERE)

    for _ in range(5):
        await cluster.topology.look()
    # The URL names it, so it is asked, and is a new node.
    assert node_at(cluster, FIRST) is not node
    await counter.close()

    assert node.dropped
    assert [
        record.getMessage().partition(" after")[0] for record in caplog.records
    ] == [
        "No hits of the pages at 10.0.0.1:7000 can be counted: "
        "Redis at 10.0.0.1:7000 closed the connection",
        "The pages at 10.0.0.1:7000 are at other nodes",
    ]


async def test_a_closed_counter_takes_nothing():
    """Also if no node was known."""
    counter = open_counter(open_cluster(World()))
    await counter.close()

    with pytest.raises(CounterBusy, match="shutting down"):
        counter.hit(HERE)


async def test_a_close_waits_for_those_whose_node_is_looked_for():
    """They have been accepted."""
    counter = open_counter(open_cluster(World()))
    hit = counter.hit(HERE)
    await asyncio.sleep(0)

    await counter.close()

    assert hit.done()
    await asyncio.gather(hit, return_exceptions=True)
