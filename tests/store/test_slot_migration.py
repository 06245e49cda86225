"""What becomes of copies when slots move at once (Valkey 9), without the service.

Valkey 9.1.2 passes the request to take slots on to its replica as it has come. If it came
in several pieces, only the last one is passed on, and the replica applies nothing any more.
"""

import asyncio
from collections.abc import Iterator

import pytest

from hitsvc.counting import slot_of
from hitsvc.store import open_store_check
from tests.support.cluster import DURABLE, Cluster, Node
from tests.support.processes import eventually
from tests.support.slots import RANGES, move_at_once, wait_copied

# More than come in one piece, also on one machine.
MANY = 1_000


@pytest.fixture(name="cluster", scope="module")
def _cluster() -> Iterator[Cluster]:
    """Two primaries with a replica each."""
    with Cluster(2, 1, *DURABLE) as cluster:
        yield cluster


def count(node: Node, slots: range) -> list[str]:
    """Count once in each of some slots; return the keys."""
    keys = {slot_of(str(n)): f"hits:{{{n}}}" for n in range(100_000)}
    found = [keys[slot] for slot in slots if slot in keys]
    for key in found:
        node.do("INCRBY", key, 1)
    return found


def test_slots_that_move_in_few_ranges_are_copied(cluster):
    """As docs/scaling.md has it."""
    source, taker = cluster.nodes[:2]
    slots = range(1, 4 * RANGES, 2)
    keys = count(source, slots)

    move_at_once(cluster, slots, taker)
    wait_copied(cluster, taker)

    (replica,) = cluster.replicas_of(taker)
    assert len(keys) > RANGES
    assert replica.do("DBSIZE") == taker.do("DBSIZE") == len(keys)


def test_a_copy_that_many_ranges_have_broken_is_told_and_mended(cluster):
    """Should Valkey be mended, this fails, and the docs and `stuck` may forget it."""
    source, taker = cluster.nodes[:2]
    (replica,) = cluster.replicas_of(taker)
    slots = range(2_000, 2_000 + 2 * MANY, 2)
    count(source, slots)
    words = [end for slot in slots for end in (slot, slot)]

    source.do("CLUSTER", "MIGRATESLOTS", "SLOTSRANGE", *words, "NODE", taker.id)
    eventually(lambda: cluster.owner(2_000) is taker, within_s=30)
    warnings = eventually(lambda: told(cluster))

    assert f"127.0.0.1:{replica.port} reads what its primary sends" in warnings
    replica.do("CLIENT", "KILL", "TYPE", "MASTER")
    wait_copied(cluster, taker)
    assert replica.do("DBSIZE") == taker.do("DBSIZE")
    assert not told(cluster)


def told(cluster: Cluster) -> str:
    """Return what the service says of copies that are stuck."""

    async def look() -> str:
        check = open_store_check(cluster.url, 5.0)
        try:
            report = await check.report()
        finally:
            await check.close()
        return "\n".join(text for text in report.warnings if "not apply" in text)

    return asyncio.run(look())
