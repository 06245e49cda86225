"""A cluster without a network, whose nodes do what a test tells them.

What a command writes is written once, whoever answers it, so that it can be compared with
what was acknowledged.
"""

import asyncio
from collections import Counter, deque
from collections.abc import Iterable, Iterator
from itertools import count
from typing import Any

import hiredis

from hitsvc.counter import HitCounter
from hitsvc.counting import SLOTS, slot_of, words
from hitsvc.errors import CounterUnavailable
from hitsvc.store.cluster import Cluster
from hitsvc.store.cluster_url import ClusterURL
from hitsvc.store.sentinel_url import Address

SEED: Address = ("10.0.0.1", 7000)
ADDRESSES: list[Address] = [SEED, ("10.0.0.2", 7000), ("10.0.0.3", 7000)]
URL = "redis+cluster://10.0.0.1:7000/"


class World:
    """What all nodes have in common.

    Attributes:
        answers: What becomes of the next commands: ``""``, an error to answer with, or
            nothing for what is not told.
        cuts: After how many commands the next batches lose their connection; `None` for
            one that does not.
        asked: How many times nodes were asked for slots.
        slots: What they say; an error to answer with.
        said: What else is answered, by the command's first word.
        wrote: Every total that there is.
        batches: What each node was sent, by its address.
    """

    def __init__(self) -> None:
        self.answers: deque[str] = deque()
        self.cuts: deque[int | None] = deque()
        self.copies: deque[Any] = deque()
        self.asked = 0
        self.slots: Any = thirds()
        self.said: dict[str, Any] = {}
        self.wrote: Counter[str] = Counter()
        self.batches: list[tuple[Address, list[str]]] = []

    def do(self, command: list[str]) -> Any:
        """Carry a command out."""
        if command[0] in self.said:
            return self.said[command[0]]
        match command:
            case ["INCRBY" | "HINCRBY", key, *_, by]:
                name = key if len(command) == 3 else f"{key} {command[2]}"
                self.wrote[name] += int(by)
                return self.wrote[name]
            case ["GET", key]:
                return b"%d" % self.wrote[key] if self.wrote[key] else None
            case ["HMGET", key, *fields]:
                return [b"%d" % self.wrote[f"{key} {field}"] for field in fields]
            case ["EXISTS", *_]:
                return 0
            case ["WAIT", *_]:
                return self.copies.popleft() if self.copies else 1
            case ["SADD" | "ZINCRBY" | "ZREMRANGEBYRANK" | "EXPIRE", *_]:
                return 1
        return b"OK"


class ScriptedNode:
    """A node; see `hitsvc.store.node.Node`."""

    def __init__(self, world: World, address: Address) -> None:
        self.address = address
        self.name = f"{address[0]}:{address[1]}"
        self.in_flight = self.unused = 0
        self.lane: Any = None
        self.dropped = 0
        self._world = world
        self._gate: asyncio.Event | None = None

    def hang(self) -> None:
        """Answer nothing until `go_on`."""
        self._gate = asyncio.Event()

    def go_on(self) -> None:
        """Answer what has come, and what comes."""
        assert self._gate
        self._gate.set()

    async def execute(self, commands: str, expected: int) -> list[Any]:
        """Answer a batch."""
        self.in_flight += 1
        try:
            if self._gate:
                await self._gate.wait()
            await asyncio.sleep(0)
            return self._answer(list(words(commands)), expected)
        finally:
            self.in_flight -= 1

    def _answer(self, commands: list[list[str]], expected: int) -> list[Any]:
        world = self._world
        assert len(commands) == expected
        world.batches.append((self.address, [command[0] for command in commands]))
        cut = world.cuts.popleft() if world.cuts else None
        replies: list[Any] = []
        asking = False
        for place, command in enumerate(commands):
            if cut is not None and place >= cut:
                break
            if command[0] in {"ASKING", "WAIT"}:
                asking = command[0] == "ASKING"
                replies.append(b"OK" if asking else world.do(command))
                continue
            told = world.answers.popleft() if world.answers else ""
            if told:
                told = told.format(slot=slot_of(command[1]))
                replies.append(hiredis.ReplyError(told))
            else:
                replies.append(world.do(command))
            asking = False
        if cut is not None:
            msg = f"Redis at {self.name} closed the connection"
            raise CounterUnavailable(msg)
        return replies

    async def ask(self, _commands: str, _expected: int) -> list[Any]:
        """Tell where slots are."""
        self._world.asked += 1
        await asyncio.sleep(0)
        if self._gate:
            await self._gate.wait()
        return [self._world.slots]

    async def drop(self) -> None:
        """Note it."""
        self.dropped += 1


class ScriptedNodes:
    """All nodes of a world; see `hitsvc.store.node.Nodes`."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._nodes: dict[Address, ScriptedNode] = {}

    def at(self, address: Address, _certified: str | None = None) -> ScriptedNode:
        """Return a node."""
        if address not in self._nodes:
            self._nodes[address] = ScriptedNode(self._world, address)
        return self._nodes[address]

    def forget(self, node: ScriptedNode) -> None:
        """Leave one out."""
        del self._nodes[node.address]

    def __iter__(self) -> Iterator[ScriptedNode]:
        """Go through them."""
        return iter(tuple(self._nodes.values()))


def thirds(addresses: Iterable[Address] = ADDRESSES) -> list[Any]:
    """Say that these have an equal part of the slots each."""
    places = list(addresses)
    size = len(places)
    return [
        [
            SLOTS * number // size,
            SLOTS * (number + 1) // size - 1,
            [host.encode(), port, b"id", []],
        ]
        for number, (host, port) in enumerate(places)
    ]


def open_cluster(world: World, timeout_s: float = 5) -> Cluster:
    """Make a cluster of a world, for which between two looks a second passes."""
    url = ClusterURL.parse(URL)
    assert url is not None
    nodes: Any = ScriptedNodes(world)
    ticks = count()
    return Cluster(url, timeout_s, nodes, lambda: float(next(ticks)))


def open_counter(cluster: Cluster, queue_limit: int = 1000, **more: Any) -> HitCounter:
    """Make a counter on it, without tokens."""
    return HitCounter(
        cluster,
        key_prefix="hits:",
        token_ttl_s=0,
        token_length=12,
        queue_limit=queue_limit,
        **more,
    )


def page_of(address: Address, number: int = 0) -> str:
    """Name a page that `thirds` give to an address; another for each number."""
    third = ADDRESSES.index(address)
    names = (f"p{n}.example" for n in count())
    here = (name for name in names if slot_of(name) * len(ADDRESSES) // SLOTS == third)
    for _ in range(number):
        next(here)
    return next(here)
