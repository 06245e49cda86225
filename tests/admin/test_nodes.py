"""Many servers: what is looked through in turn, and what moves meanwhile."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from itertools import count
from typing import Any

import pytest
from redis import Redis

from hitsvc.admin import Changes, Export, fill_of
from hitsvc.admin.cluster_client import ClusterClient
from hitsvc.admin.importers import Row
from hitsvc.counting import Fill, Keys, slot_of
from hitsvc.errors import ChangeRefused, StoreError
from hitsvc.store import ClusterURL, slots_of
from tests.admin.imports import run
from tests.support.cluster import Cluster, Node
from tests.support.processes import eventually

KEYS = Keys("hits:")
TODAY = date(2026, 11, 25)
PAGE = next(f"a.example/{n}" for n in count() if slot_of(f"a.example/{n}") < 1_000)
SLOT = slot_of(PAGE)
NAMES = KEYS.page(PAGE)


class Move:
    """The page's slot goes to another node, key by key."""

    def __init__(self, cluster: Cluster, source: Node, target: Node) -> None:
        self.cluster = cluster
        self.source = source
        self.target = target

    def begin(self) -> None:
        self.target.do("CLUSTER", "SETSLOT", SLOT, "IMPORTING", self.source.id)
        self.source.do("CLUSTER", "SETSLOT", SLOT, "MIGRATING", self.target.id)

    def key(self, name: str) -> None:
        self.source.do("MIGRATE", "127.0.0.1", self.target.port, name, 0, 5_000)

    def end(self) -> None:
        for name in self.source.do("CLUSTER", "GETKEYSINSLOT", SLOT, 100):
            self.key(name)
        for node in (self.target, self.source):
            node.do("CLUSTER", "SETSLOT", SLOT, "NODE", self.target.id)
        # Two moves that know nothing of each other would be settled by the nodes' names.
        eventually(self._is_known)

    def _is_known(self) -> bool:
        nodes = self.cluster.nodes
        epochs = {node.state()["cluster_current_epoch"] for node in nodes}
        views = {str(node.do("CLUSTER", "SLOTS")) for node in nodes}
        return len(epochs) == len(views) == 1


@pytest.fixture(name="move")
def _move(six_nodes: Cluster) -> Iterator[Move]:
    """A move that can be made; in the end the slot is where it was."""
    move = Move(six_nodes, six_nodes.owner(SLOT), six_nodes.owner(16_383))
    yield move
    move.end()
    back = Move(six_nodes, move.target, move.source)
    back.begin()
    back.end()


@contextmanager
def patient(cluster: Cluster, sleep: Callable[[float], None]) -> Iterator[Any]:
    """Open a client that waits as it is told."""
    url = ClusterURL.parse(cluster.url)
    assert url is not None
    slots = asyncio.run(slots_of(url, 5.0))

    def connect(address: tuple[str, int]) -> Redis:
        return Redis(*address, decode_responses=True)

    with ClusterClient(slots, connect, sleep) as client:
        yield client


def export(client: Any) -> list[tuple[str, int]]:
    return [(row.url, row.hits) for row in Export(client, KEYS).rows(TODAY)]


def test_nothing_is_exported_while_slots_move(cluster_client, move):
    """A page could be missed, or be read in parts."""
    cluster_client.set(NAMES.total, 5)
    move.begin()
    with pytest.raises(StoreError, match="slots move"):
        export(cluster_client)
    move.end()
    assert export(cluster_client) == [(PAGE, 5)]


class Watched:
    """A client of a cluster in which something happens before the first node is read."""

    def __init__(self, client: Any, happens: Callable[[], None]) -> None:
        self._client = client
        self._happens = happens

    def __getattr__(self, name: str) -> Any:
        return getattr(self._client, name)

    def primaries(self) -> list[Any]:
        first, *others = self._client.primaries()
        return [FirstNode(first, self._happens), *others]


class FirstNode:
    """That node."""

    def __init__(self, client: Any, happens: Callable[[], None]) -> None:
        self._client = client
        self._happens = happens

    def __getattr__(self, name: str) -> Any:
        return getattr(self._client, name)

    def eval(self, *words: Any) -> Any:
        """Be read."""
        self._happens()
        return self._client.eval(*words)


@pytest.mark.parametrize("ends", [False, True], ids=["begins", "begins and ends"])
def test_a_move_in_the_meantime_is_seen(cluster_client, move, ends):
    """When all nodes have been looked through."""

    def happens() -> None:
        move.begin()
        if ends:
            move.end()

    with pytest.raises(StoreError, match="slots move"):
        export(Watched(cluster_client, happens))


def read(client: Any) -> None:
    assert client.eval("return redis.call('GET', KEYS[1])", 1, NAMES.total) == "5"


WORKS: dict[str, tuple[Callable[[Any], object], int]] = {
    "set": (lambda client: Changes(client, KEYS).set(PAGE, 7), 7),
    "import": (lambda client: run(client, [Row(PAGE, None, 3)]), 8),
    "read": (read, 5),
}


@pytest.mark.parametrize("gone", [NAMES.total, NAMES.undated], ids=["total", "undated"])
@pytest.mark.parametrize("work", list(WORKS))
def test_a_page_in_parts_is_waited_for(six_nodes, cluster_client, move, gone, work):
    """What is at the other node is not taken for none."""
    cluster_client.set(NAMES.total, 5)
    cluster_client.set(NAMES.undated, 5)
    waits: list[float] = []

    def sleep(seconds: float) -> None:
        waits.append(seconds)
        if len(waits) == 3:
            move.end()

    does, expected = WORKS[work]
    move.begin()
    move.key(gone)
    with patient(six_nodes, sleep) as client:
        does(client)

    assert waits or (work, gone) == ("read", NAMES.undated)
    stored = {cluster_client.get(name) for name in (NAMES.total, NAMES.undated)}
    assert stored == {str(expected)}


def test_it_is_not_waited_for_without_end(six_nodes, cluster_client, move):
    """And nothing has changed."""
    cluster_client.set(NAMES.total, 5)
    move.begin()
    with (
        patient(six_nodes, lambda seconds: None) as client,
        pytest.raises(ChangeRefused, match="its slot moves to another node"),
    ):
        Changes(client, KEYS).set(PAGE, 7)
    move.end()
    assert cluster_client.get(NAMES.total) == "5"


def test_the_fullest_node_says_how_full_a_cluster_is(six_nodes, cluster_client):
    """Its pages are refused first."""
    node = six_nodes.owner(SLOT)
    node.do("CONFIG", "SET", "maxmemory", 2**30)
    try:
        fill = fill_of(cluster_client)
    finally:
        node.do("CONFIG", "SET", "maxmemory", 0)
    assert fill.limit == 2**30
    assert fill_of(cluster_client) != Fill()
