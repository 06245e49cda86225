"""Following a node that sends us to another one, and repeating nothing else.

``MOVED`` and ``ASK`` say that a command was not executed, so to send it again is exact. It
goes to the node that was named, after ``ASKING`` where it is an ``ASK``; whatever else a
command was answered with stands. What is lost on the way is not known, and says so.

A batch that ends with ``WAIT`` has one at the end of each of its parts. It is short if one
is that has written something: where all commands were sent on, the reply to ``WAIT`` says
nothing (a server that was a primary before refuses it).
"""

import asyncio
from collections.abc import Sequence
from typing import Any

from hitsvc.counting import spell, words
from hitsvc.errors import CounterUnavailable
from hitsvc.store.layout import Redirect
from hitsvc.store.node import Node
from hitsvc.store.topology import Topology

# A slot that moves sends us on once or twice; more is a circle.
MAX_HOPS = 5
# With less time left than this a batch is not sent on: the node that it comes to would be
# taken for one that does not answer.
LEAST_S = 0.02
_ASKING = spell("ASKING")
_WAIT = "*3\r\n$4\r\nWAIT\r\n"


class Redirected:
    """A batch of which commands were sent on, until none is or time is up."""

    def __init__(
        self, topology: Topology, node: Node, commands: str, replies: Sequence[Any]
    ) -> None:
        """Take what a node has answered.

        Args:
            topology: Told where slots are.
            node: Which has answered.
            commands: What it was sent.
            replies: To each of them.
        """
        self._topology = topology
        self._said = [spell(*command) for command in words(commands)]
        self._replies = list(replies)
        waits = self._said[-1].startswith(_WAIT)
        self._wait = self._said.pop() if waits else ""
        self._askers = [node] * len(self._said)
        self._copies: list[Any] = []
        self._settle(range(len(self._said)), self._replies)

    async def follow(self, deadline: float) -> list[Any]:
        """Send on what is sent on.

        Args:
            deadline: When the batch is to be settled, by the loop's clock.

        Returns:
            A reply to each command; `CounterUnavailable` where nobody knows.
        """
        loop = asyncio.get_running_loop()
        for _ in range(MAX_HOPS):
            parts = self._parts()
            if not parts or loop.time() > deadline - LEAST_S:
                break
            sent = (self._send(node, part, deadline) for node, part in parts.items())
            await asyncio.gather(*sent)
        if self._wait and self._copies:
            self._replies[-1] = _fewest(self._copies)
        return self._replies

    def _parts(self) -> dict[Node, dict[int, bool]]:
        """Return the places of what is to be sent on, and whether they ask, by node."""
        parts: dict[Node, dict[int, bool]] = {}
        for place, asker in enumerate(self._askers):
            if redirect := Redirect.of(self._replies[place], asker.address[0]):
                node = self._topology.moved(redirect)
                parts.setdefault(node, {})[place] = redirect.is_ask
        return parts

    async def _send(self, node: Node, part: dict[int, bool], deadline: float) -> None:
        text = "".join(
            f"{_ASKING if asks else ''}{self._said[place]}"
            for place, asks in part.items()
        )
        expected = len(part) + sum(part.values()) + bool(self._wait)
        try:
            async with asyncio.timeout_at(deadline):
                replies = await node.execute(text + self._wait, expected)
        except TimeoutError:
            failure = CounterUnavailable(f"Redis at {node.name} did not answer in time")
            self._lost(part, failure)
        except CounterUnavailable as ex:
            self._lost(part, ex)
        else:
            coming = iter(replies)
            for place, asks in part.items():
                if asks:
                    next(coming)
                self._replies[place] = next(coming)
                self._askers[place] = node
            self._settle(part, replies)

    def _lost(self, part: dict[int, bool], failure: CounterUnavailable) -> None:
        self._topology.look_again()
        for place in part:
            self._replies[place] = failure

    def _settle(self, places: Sequence[int] | dict[int, bool], replies: Any) -> None:
        """Keep the reply to a part's ``WAIT``, if the part has done anything."""
        if self._wait and not all(
            Redirect.of(self._replies[place], self._askers[place].address[0])
            for place in places
        ):
            self._copies.append(replies[-1])


def _fewest(copies: Sequence[Any]) -> Any:
    """Return the worst of some replies to ``WAIT``."""
    return next((c for c in copies if not isinstance(c, int)), None) or min(copies)
