"""A limit on the connections of one network, so that none takes the place of all others.

A network that has too many gives up its own: a newcomer takes the place of whichever of
them has been idle for longest. Only if none is, the newcomer is turned away.

It costs a request nothing: a connection is counted when it is made and when it is lost.
"""

import time
from collections.abc import Callable

from hitsvc.http1.limit import ConnectionLimit, Notice
from hitsvc.http1.protocol import HttpProtocol

Client = tuple[str, int] | None
_TEXT = "a network has %d connections to a worker, the most that one may have: %s"


def no_network(client: Client) -> None:
    """Tell no network from another."""


class NetworkLimit:
    """How many connections each network may have."""

    def __init__(
        self,
        most: int = 0,
        network_of: Callable[[Client], str | None] = no_network,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Set the limit.

        Args:
            most: The connections that one may have; 0 is no limit.
            network_of: Names the network of an ASGI ``client``; `None` where a limit
                would hit everybody, as of a proxy.
            clock: Returns seconds that never go back.
        """
        self.network_of = network_of if most else no_network
        self._most = most
        self._clock = clock
        self._notice = Notice(_TEXT)
        self._networks: dict[str, _Network] = {}

    def admit(self, name: str | None) -> bool:
        """Tell whether a network may have another; if not, try to make it so."""
        network = self._networks.get(name) if name else None
        return network is None or network.limit.admit(network.connections)

    def enter(self, name: str | None, connection: HttpProtocol) -> None:
        """Count a connection."""
        if name is None:
            return
        network = self._networks.get(name)
        if network is None:
            limit = ConnectionLimit(self._most, self._clock, self._notice)
            network = self._networks[name] = _Network(limit)
        network.connections.add(connection)

    def leave(self, name: str | None, connection: HttpProtocol) -> None:
        """Count it no more; it may have been forgotten before."""
        if name is None or (network := self._networks.get(name)) is None:
            return
        network.connections.discard(connection)
        if not network.connections:
            del self._networks[name]

    def __len__(self) -> int:
        """Return how many networks are counted."""
        return len(self._networks)


class _Network:
    __slots__ = ("connections", "limit")

    def __init__(self, limit: ConnectionLimit) -> None:
        self.limit = limit
        self.connections: set[HttpProtocol] = set()
