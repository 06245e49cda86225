"""A Redis Cluster as a backend: each command goes to the node that has its key.

Batches of one node's pages go to that node by its own connection, as `Primary`; they need
not be looked at. What belongs to many, such as the index of pages, goes through `Cluster`,
which takes it apart; nobody waits for that.
"""

import asyncio
import time
from collections.abc import Callable, Sequence
from typing import Any

import hiredis

from hitsvc.counting import slot_of, spell, words
from hitsvc.errors import CounterUnavailable
from hitsvc.store.cluster_url import ClusterURL
from hitsvc.store.node import Node, Nodes
from hitsvc.store.redirect import Redirected
from hitsvc.store.sentinel_url import Address
from hitsvc.store.topology import Topology

# A node that says so has not executed the command, and may not be who has its slot.
_ASTRAY = ("CLUSTERDOWN", "MASTERDOWN", "MOVED", "READONLY")


class NoNode(CounterUnavailable):
    """No node of the cluster has the slot: nothing was sent."""

    is_uncounted = True


class Primary:
    """A node as a backend."""

    def __init__(self, node: Node, topology: Topology, timeout_s: float) -> None:
        """Prepare.

        Args:
            node: Which.
            topology: Knows where slots are, and is told.
            timeout_s: Seconds for one batch, wherever it is sent on to.
        """
        self._node = node
        self._topology = topology
        self._timeout_s = timeout_s

    async def execute(self, commands: str, expected: int) -> Sequence[Any]:
        """Send commands of pages of this node; see `Backend.execute`."""
        deadline = asyncio.get_running_loop().time() + self._timeout_s
        try:
            replies = await self._node.execute(commands, expected)
        except CounterUnavailable:
            self._topology.look_again()
            raise
        # PERF: no loop of ours over replies, of which nearly all are none.
        if hiredis.ReplyError not in map(type, replies):
            return replies
        batch = Redirected(self._topology, self._node, commands, replies)
        replies = await batch.follow(deadline)
        if any(str(r).startswith(_ASTRAY) for r in replies if isinstance(r, Exception)):
            self._topology.look_again()
        return replies

    def doubt(self) -> None:
        """Ask whose its pages are."""
        self._topology.look_again()

    async def close(self) -> None:
        """Close the connection, and ask whose its pages are."""
        await self._node.drop()
        self._topology.look_again()


class Cluster:
    """All nodes as one backend.

    Attributes:
        topology: Knows where slots are.
    """

    def __init__(
        self,
        url: ClusterURL,
        timeout_s: float,
        nodes: Nodes | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Prepare; nothing is opened before the first command.

        Args:
            url: Says how to speak to the nodes, and where some are.
            timeout_s: Seconds for one batch.
            nodes: Opens connections to nodes; made of the URL if not given.
            clock: Returns seconds that never go back.

        Raises:
            SettingsError: The URL is malformed.
        """
        self.nodes = nodes or Nodes(url, timeout_s)
        self.topology = Topology(self.nodes, url.seeds, timeout_s, clock=clock)
        self._timeout_s = timeout_s

    def primary(self, node: Node) -> Primary:
        """Return a node as a backend."""
        return Primary(node, self.topology, self._timeout_s)

    async def node_of(self, slot: int) -> Node:
        """Return the node that has a slot.

        Raises:
            NoNode: There is none.
        """
        if self.topology.primaries[slot] is None:
            try:
                await self.topology.look()
            except CounterUnavailable as ex:
                raise NoNode(str(ex)) from ex.__cause__
        node = self.topology.primaries[slot]
        if node is None:
            msg = f"no node of the cluster has slot {slot}"
            raise NoNode(msg)
        return node

    async def execute(self, commands: str, expected: int) -> Sequence[Any]:
        """Send each command to the node of its key; see `Backend.execute`.

        What one node does not answer is `CounterUnavailable`, in its place.
        """
        replies: list[Any] = [None] * expected
        parts: dict[Node, dict[int, str]] = {}
        for place, command in enumerate(words(commands)):
            try:
                node = await self.node_of(slot_of(command[1]))
            except NoNode as ex:
                replies[place] = ex
            else:
                parts.setdefault(node, {})[place] = spell(*command)

        async def send(node: Node, part: dict[int, str]) -> None:
            text = "".join(part.values())
            got: Sequence[Any]
            try:
                got = await self.primary(node).execute(text, len(part))
            except CounterUnavailable as ex:
                got = [ex] * len(part)
            for place, reply in zip(part, got, strict=True):
                replies[place] = reply

        await asyncio.gather(*(send(node, part) for node, part in parts.items()))
        return replies

    def doubt(self) -> None:
        """Ask who has which slots."""
        self.topology.look_again()

    async def close(self) -> None:
        """Close all connections."""
        await self.topology.close()
        for node in self.nodes:
            await node.drop()


async def slots_of(url: ClusterURL, timeout_s: float) -> list[Address | None]:
    """Return the address of each slot's primary now, for a program that asks once.

    Raises:
        CounterUnavailable: No node can be reached.
    """
    cluster = Cluster(url, timeout_s)
    try:
        await cluster.topology.look()
        return [node.address if node else None for node in cluster.topology.primaries]
    finally:
        await cluster.close()
