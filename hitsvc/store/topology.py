"""Who of a cluster has which slots, as far as we know.

It is asked when something says that we are wrong: a node sends us to another one, a
connection is lost, a slot has no node. Never by a timer, and not more often than every
tenth of a second. All nodes that we know are asked at the same time, and what the first of
them says is taken: after the loss of a machine one of them is lost with it. Should that one
be behind, the nodes themselves correct us.
"""

import asyncio
import contextlib
import socket
import time
from collections.abc import Awaitable, Callable, Coroutine, Iterable, Sequence
from ipaddress import ip_address
from typing import Any

from hitsvc.counting import SLOTS, spell
from hitsvc.errors import CounterUnavailable
from hitsvc.store.layout import Layout, NotACluster, Redirect
from hitsvc.store.node import Node, Nodes
from hitsvc.store.sentinel_url import Address, netloc

# Seconds from one look to the next.
EVERY_S = 0.1
_QUESTION = spell("CLUSTER", "SLOTS")


class Topology:
    """Knows which node has a slot.

    Attributes:
        primaries: The node of each slot; `None` where we know none.
        changed: Called after each look.
    """

    def __init__(
        self,
        nodes: Nodes,
        seeds: Iterable[Address],
        timeout_s: float,
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Prepare; nothing is asked yet.

        Args:
            nodes: The nodes that we know.
            seeds: Those that can always be asked; a host name may have many addresses.
            timeout_s: Seconds for one look.
            clock: Returns seconds that never go back.
        """
        self.primaries: list[Node | None] = [None] * SLOTS
        self._nodes = nodes
        self._seeds = tuple(seeds)
        self._timeout_s = timeout_s
        self._clock = clock
        self.changed: Callable[[], Awaitable[None]] | None = None
        self._layout = Layout()
        self._looked_at = float("-inf")
        self._looking: asyncio.Task[CounterUnavailable | None] | None = None

    @property
    def in_use(self) -> list[Node]:
        """The primaries that have slots, each once, in the order of these."""
        return list(dict.fromkeys(node for node in self.primaries if node))

    @property
    def copies(self) -> dict[Node, list[Node]]:
        """The replicas of each of these."""
        at, replicas = self._nodes.at, self._layout.replicas
        return {
            node: [at(replica) for replica in replicas.get(node.address, ())]
            for node in self.in_use
        }

    @property
    def unserved(self) -> int:
        """How many slots have no node."""
        return self.primaries.count(None)

    def look_again(self) -> "asyncio.Task[CounterUnavailable | None]":
        """Look, soon; return what tells the reason if nobody answers."""
        if self._looking is None:
            self._looking = asyncio.create_task(self._look())
        return self._looking

    async def look(self) -> None:
        """Look, and wait for it.

        Raises:
            CounterUnavailable: No node answers.
        """
        failure = await asyncio.shield(self.look_again())
        if failure:
            raise CounterUnavailable(str(failure)) from failure.__cause__

    def moved(self, redirect: Redirect) -> Node:
        """Believe a node that sends us to another one; return that."""
        node = self._nodes.at(redirect.address)
        if not redirect.is_ask:
            self.primaries[redirect.slot] = node
            self.look_again()
        return node

    async def close(self) -> None:
        """Stop looking."""
        if self._looking is not None:
            self._looking.cancel()
            await asyncio.wait([self._looking])

    async def _look(self) -> CounterUnavailable | None:
        try:
            await asyncio.sleep(self._looked_at + EVERY_S - self._clock())
            self._looked_at = self._clock()
            async with asyncio.timeout(self._timeout_s):
                self._take(await self._ask_all())
            if self.changed:
                await self.changed()
        except TimeoutError as ex:
            failure = CounterUnavailable("no node of the cluster answers in time")
            failure.__cause__ = ex
            return failure
        except CounterUnavailable as ex:
            return ex
        finally:
            self._looking = None
        return None

    def _take(self, layout: Layout) -> None:
        nodes = {a: self._nodes.at(a) for a in layout.replicas}
        self._layout = layout
        self.primaries = [a and nodes[a] for a in layout.primaries]

    async def _ask_all(self) -> Layout:
        """Return what the first to answer says."""
        known = list(self._nodes)
        questions = [_ask(node) for node in known]
        questions += [self._ask_seed(seed, known) for seed in self._seeds]
        return await _first(questions)

    async def _ask_seed(self, seed: Address, known: Sequence[Node]) -> Layout:
        """Ask all addresses of a seed, but those that are asked anyway."""
        found = [node for node in await self._at(seed) if node not in known]
        return await _first([_ask(node) for node in dict.fromkeys(found)])

    async def _at(self, seed: Address) -> list[Node]:
        host, port = seed
        with contextlib.suppress(ValueError):
            ip_address(host)
            return [self._nodes.at(seed)]
        loop = asyncio.get_running_loop()
        try:
            found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except OSError as ex:
            msg = f"Redis at {netloc(seed)} cannot be reached: {ex}"
            raise CounterUnavailable(msg) from ex
        return [self._nodes.at((str(at[0]), port), host) for *_, at in found]


async def _first(questions: Sequence[Coroutine[Any, Any, Layout]]) -> Layout:
    """Return the first answer, and leave the other questions.

    Raises:
        CounterUnavailable: Nobody answers. A node that could be reached says why.
    """
    tasks = [asyncio.create_task(question) for question in questions]
    failures: list[CounterUnavailable] = []
    try:
        for task in asyncio.as_completed(tasks):
            try:
                return await task
            except CounterUnavailable as ex:
                failures.append(ex)
    finally:
        for asked in tasks:
            asked.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    told = [ex for ex in failures if str(ex)]
    said = [ex for ex in told if not isinstance(ex.__cause__, OSError)] or told
    cause = said[0].__cause__ if said else None
    raise CounterUnavailable("; ".join(map(str, said))) from cause


async def _ask(node: Node) -> Layout:
    (reply,) = await node.ask(_QUESTION, 1)
    try:
        return Layout.of(reply, node.address[0])
    except NotACluster as ex:
        msg = f"Redis at {node.name} does not tell of its cluster: {ex}"
        raise CounterUnavailable(msg) from ex
