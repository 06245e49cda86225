"""The nodes of a cluster, and the connections to them."""

from collections.abc import Iterator
from typing import Any

from hitsvc.store.cluster_url import ClusterURL
from hitsvc.store.sentinel_url import Address, netloc
from hitsvc.store.wire import Wire


class Node:
    """A server of a cluster: a connection for batches, and one for questions.

    Attributes:
        address: Where it is.
        name: That, for people.
        in_flight: How many batches are on their way to it.
        unused: For how many looks at the cluster it has had nothing to do.
        lane: What those who open the nodes keep with it.
    """

    def __init__(
        self, url: ClusterURL, address: Address, timeout_s: float, certified: str | None
    ) -> None:
        """Prepare; nothing is opened before the first batch."""
        self.address = address
        self.name = netloc(address)
        self.in_flight = self.unused = 0
        self.lane: Any = None
        at, called = url.at(address), f"Redis at {self.name}"
        self._wire = Wire(at, timeout_s, name=called, certified=certified)
        self._asker = Wire(at, timeout_s, name=called, certified=certified)

    async def execute(self, commands: str, expected: int) -> list[Any]:
        """Send commands once and return a reply to each; see `Wire.execute`."""
        self.in_flight += 1
        try:
            return await self._wire.execute(commands, expected)
        finally:
            self.in_flight -= 1

    async def ask(self, commands: str, expected: int) -> list[Any]:
        """Do the same over a connection that lives as long as the question.

        One question at a time.
        """
        try:
            return await self._asker.execute(commands, expected)
        finally:
            await self._asker.close()

    async def drop(self) -> None:
        """Close the connection for batches; the next one opens another."""
        await self._wire.close()


class Nodes:
    """All nodes that we have to do with, each once."""

    def __init__(self, url: ClusterURL, timeout_s: float) -> None:
        """Begin with none.

        Args:
            url: Says how to speak to each of them.
            timeout_s: Seconds for one batch.
        """
        self._url = url
        self._timeout_s = timeout_s
        self._nodes: dict[Address, Node] = {}

    def at(self, address: Address, certified: str | None = None) -> Node:
        """Return the node at an address.

        Args:
            address: Where it is.
            certified: The name in its certificate, if that is not its address.
        """
        node = self._nodes.get(address)
        if node is None:
            node = Node(self._url, address, self._timeout_s, certified)
            self._nodes[address] = node
        return node

    def forget(self, node: Node) -> None:
        """Leave out one that is no longer needed; see `Node.drop`."""
        del self._nodes[node.address]

    def __iter__(self) -> Iterator[Node]:
        """Go through them as they are now."""
        return iter(tuple(self._nodes.values()))
