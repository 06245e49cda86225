"""Moving slots of a cluster from one primary to another, as docs/scaling.md has it."""

from collections.abc import Iterable, Iterator
from functools import partial

from redis.exceptions import ResponseError

from tests.support.cluster import Cluster, Node
from tests.support.processes import eventually

# Ranges in one command. Valkey 9.1 gives its replica garbage if the taker does not get
# the request in one piece: of some 57 on a network, of some 860 on one machine.
RANGES = 40
_WITHIN_S = 60.0


def ranges_of(slots: Iterable[int]) -> list[tuple[int, int]]:
    """Put slots into as few ranges as possible, in order."""
    ranges: list[tuple[int, int]] = []
    for slot in sorted(slots):
        if ranges and ranges[-1][1] == slot - 1:
            ranges[-1] = (ranges[-1][0], slot)
        else:
            ranges.append((slot, slot))
    return ranges


def move_at_once(cluster: Cluster, slots: Iterable[int], target: Node) -> None:
    """Move slots of one primary as Valkey 9 does it; return when all nodes know it.

    Args:
        cluster: Of all nodes; those that do not run are not asked.
        slots: Of one primary.
        target: Who is to have them.
    """
    ranges = ranges_of(slots)
    for at in range(0, len(ranges), RANGES):
        some = ranges[at : at + RANGES]
        source = cluster.owner(some[0][0])
        words = [end for begin_end in some for end in begin_end]
        source.do("CLUSTER", "MIGRATESLOTS", "SLOTSRANGE", *words, "NODE", target.id)
        eventually(partial(_is_over, source), within_s=_WITHIN_S)
    wanted = {slot for begin, end in ranges for slot in range(begin, end + 1)}
    eventually(
        lambda: all(slots_of(node, target) >= wanted for node in _running(cluster)),
        within_s=_WITHIN_S,
    )


def _is_over(source: Node) -> bool:
    """Tell whether the last job has succeeded."""
    job = source.do("CLUSTER", "GETSLOTMIGRATIONS")[0]
    assert job["state"] not in {"failed", "cancelled"}, job
    return bool(job["state"] == "success")


def move_by_key(slot: int, source: Node, target: Node) -> None:
    """Move a slot key by key, as all versions do it."""
    _set_slot(target, slot, "IMPORTING", source.id)
    _set_slot(source, slot, "MIGRATING", target.id)
    while keys := source.do("CLUSTER", "GETKEYSINSLOT", slot, 10):
        source.do("MIGRATE", "127.0.0.1", target.port, "", 0, 5_000, "KEYS", *keys)
    for node in (target, source):
        _set_slot(node, slot, "NODE", target.id)


def _set_slot(node: Node, slot: int, *what: str) -> None:
    """Say it until it is taken: since Valkey 8 a replica has to have heard of it."""

    def is_set() -> bool:
        try:
            node.do("CLUSTER", "SETSLOT", slot, *what)
        except ResponseError as ex:
            if not str(ex).startswith("NOREPLICAS"):
                raise
            return False
        return True

    eventually(is_set, within_s=_WITHIN_S)


def wait_copied(cluster: Cluster, primary: Node) -> None:
    """Wait until the replicas of a primary have applied all that it has now."""
    offset = primary.info()["master_repl_offset"]
    eventually(
        lambda: all(
            replica.info().get("slave_repl_offset", 0) >= offset
            for replica in cluster.replicas_of(primary)
        ),
        within_s=_WITHIN_S,
    )


def applies_what_it_reads(replica: Node) -> bool:
    """Tell whether a replica does more than to read what its primary sends."""
    info = replica.info()
    return bool(info["slave_repl_offset"] == info["slave_read_repl_offset"])


def slots_of(asked: Node, owner: Node) -> set[int]:
    """Return the slots that a primary has, in the eyes of a node."""
    slots: set[int] = set()
    for begin, end, (_, _, name, *_), *_ in asked.do("CLUSTER", "SLOTS"):
        if name == owner.id:
            slots.update(range(begin, end + 1))
    return slots


def _running(cluster: Cluster) -> Iterator[Node]:
    return (node for node in cluster.nodes if node.process.poll() is None)
