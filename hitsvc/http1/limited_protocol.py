"""A connection that there may be one too many of."""

import asyncio
from typing import Any

from hitsvc.http1.date import DateField
from hitsvc.http1.limit import ConnectionLimit
from hitsvc.http1.limits import Limits
from hitsvc.http1.networks import NetworkLimit
from hitsvc.http1.protocol import HttpProtocol
from hitsvc.http1.scope import client_of
from hitsvc.http1.turned_away import TurnedAway

_LIMITS, _NO_DATE, _NO_NETWORKS = Limits(), DateField(), NetworkLimit()


class LimitedProtocol(HttpProtocol):
    """A connection that is served if there is room for it."""

    def __init__(
        self,
        limit: ConnectionLimit,
        config: Any,
        server_state: Any,
        app_state: dict[str, Any],
        _loop: asyncio.AbstractEventLoop | None = None,
        limits: Limits = _LIMITS,
        date: DateField = _NO_DATE,
        networks: NetworkLimit = _NO_NETWORKS,
    ) -> None:
        """Prepare for one connection; see `HttpProtocol`.

        Args:
            limit: How many there may be.
            config: uvicorn's configuration, loaded.
            server_state: uvicorn's record of connections and tasks.
            app_state: The ASGI lifespan state.
            limits: What the client may ask of us.
            date: The time, for the responses.
            networks: How many of one network.
        """
        super().__init__(config, server_state, app_state, _loop, limits, date)
        self._limit = limit
        self._networks = networks
        self._network: str | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Serve the client, or turn it away."""
        networks = self._networks
        network = networks.network_of(client_of(transport))
        # A network that floods us closes its own connections first, not others'.
        if networks.admit(network) and self._limit.admit(
            self._server_state.connections
        ):
            self._network = network
            networks.enter(network, self)
            super().connection_made(transport)
            return
        TurnedAway(transport, self._limit.lingering, self.date)  # type: ignore[arg-type]

    def connection_lost(self, exc: Exception | None) -> None:
        """Make room."""
        self._networks.leave(self._network, self)
        super().connection_lost(exc)

    def drop(self) -> None:
        """End the connection at once; there is room for another now."""
        self._networks.leave(self._network, self)
        self._server_state.connections.discard(self)
        super().drop()
