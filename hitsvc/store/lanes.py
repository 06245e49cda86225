"""Lanes of a cluster: each primary has its own queue and its own connection.

An operation takes the lane of its page's slot, so a page's hits keep their order, and a
primary that hangs keeps only its own pages waiting. All lanes share one limit.
"""

import asyncio
from collections.abc import Callable
from typing import Any, NamedTuple

from hitsvc.counting import (
    Begun,
    Capacity,
    GroupCommit,
    Operation,
    OutageLog,
    Outcome,
    PageCommands,
    slot_of,
)
from hitsvc.errors import CounterBusy, CounterUnavailable
from hitsvc.store.backend import Backend
from hitsvc.store.cluster import Cluster
from hitsvc.store.node import Node

# A node that had no part in so many looks at the cluster is forgotten.
_UNUSED_LOOKS = 2


class Lane(NamedTuple):
    """The lane of one primary.

    Attributes:
        commit: Its queue.
        capacity: Knows how full that node is.
        outage: Knows whether it answers.
    """

    commit: GroupCommit[Operation, Any]
    capacity: Capacity
    outage: OutageLog


class Lanes:
    """Has the interface of `GroupCommit`, and leads operations to that of their page."""

    def __init__(
        self, cluster: Cluster, open_lane: Callable[[Backend, str], Lane], limit: int
    ) -> None:
        """Prepare; nothing is asked yet.

        Args:
            cluster: Knows who has a page; closed by others.
            open_lane: Makes the lane of a primary, given it as a backend, and its name.
            limit: Operations that may wait, in all lanes together.
        """
        self._cluster = cluster
        self._topology = cluster.topology
        self._topology.changed = self._tidy
        self._open_lane = open_lane
        self._limit = limit
        # How many may surely be taken before the lanes are looked at again.
        self._room = limit
        self._homeless: set[asyncio.Future[Any]] = set()
        self._closed = False

    def submit(self, operation: Operation) -> Outcome[Any]:
        """Accept an operation; see `GroupCommit.submit`."""
        if self._room <= 0:
            self._measure()
        self._room -= 1
        node = self._topology.primaries[operation.page.slot]
        if node is None:
            return self._wait_for_node(operation)
        return self._lane(node).commit.submit(operation)

    def is_full(self, page: PageCommands) -> bool:
        """Tell whether the node of a page has no room for new ones."""
        node = self._topology.primaries[page.slot]
        return node is not None and self._lane(node).capacity.full

    async def probes(self) -> dict[str, str]:
        """Return a key, as of a page, that each primary has, by the primary's name.

        Raises:
            CounterUnavailable: No primary is known.
        """
        if not self._topology.in_use:
            await self._topology.look()
        primaries, in_use = self._topology.primaries, self._topology.in_use
        if not in_use:
            msg = "no node of the cluster has a slot"
            raise CounterUnavailable(msg)
        found: dict[Node | None, str] = {}
        number = 0
        # 149,734 numbers have every slot; a primary with thousands has one of the first.
        while not all(node in found for node in in_use):
            # No page is called so: pages begin with their host.
            key = f"/{number}"
            found.setdefault(primaries[slot_of(key)], key)
            number += 1
        return {node.name: found[node] for node in in_use}

    async def close(self) -> None:
        """Refuse new operations and wait until the accepted ones are settled."""
        self._closed = True
        while self._homeless:
            await asyncio.wait(self._homeless)
        for node in self._cluster.nodes:
            if node.lane:
                await node.lane.commit.close()
                await node.lane.capacity.close()

    def _lane(self, node: Node) -> Lane:
        lane: Lane | None = node.lane
        if lane is None:
            self._see_open()
            lane = self._open_lane(self._cluster.primary(node), node.name)
            node.lane = lane
        return lane

    def _see_open(self) -> None:
        if self._closed:
            msg = "the counter is shutting down"
            raise CounterBusy(msg)

    def _measure(self) -> None:
        """See how many wait in all lanes.

        Raises:
            CounterBusy: Too many.
        """
        waiting = len(self._homeless) + sum(
            node.lane.commit.waiting for node in self._cluster.nodes if node.lane
        )
        self._room = self._limit - waiting
        if self._room <= 0:
            msg = f"{self._limit} operations wait for Redis already"
            raise CounterBusy(msg)

    def _wait_for_node(self, operation: Operation) -> Outcome[Any]:
        """Lead an operation to its lane when it is known whose its page is."""
        self._see_open()

        async def lead() -> Any:
            node = await self._cluster.node_of(operation.page.slot)
            return await self._lane(node).commit.submit(operation)

        outcome = Begun(lead())
        self._homeless.add(outcome.task)
        outcome.task.add_done_callback(self._homeless.discard)
        return outcome

    async def _tidy(self) -> None:
        """Close what a node had that has no pages any more, when it is done with it."""
        used = set(self._topology.in_use)
        for node in self._cluster.nodes:
            lane: Lane | None = node.lane
            if lane and node not in used:
                lane.outage.moved_away()
            is_idle = lane is None or lane.commit.is_idle
            if node in used or node.in_flight or not is_idle:
                node.unused = 0
                continue
            node.unused += 1
            if node.unused > _UNUSED_LOOKS:
                if lane:
                    lane.capacity.leave()
                self._cluster.nodes.forget(node)
                await node.drop()
