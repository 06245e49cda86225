"""TCP between machines that are all on 127.0.0.1: copies that come late, and losses.

Each server is reached through a port of its own here, by clients, by its replicas and by
Sentinels alike. What it sends to replicas comes late. When its machine is lost, all that
is on its way from and to it is dropped at the same moment, and nobody is answered any
more: a kill of the process alone proves nothing about copies, for the kernel still
delivers what lies in the sockets.
"""

import asyncio
import threading
from collections import deque
from collections.abc import Callable
from typing import Any, Self

import uvloop

from tests.support.commands import free_port

# What a replica says, some way into its connection, before copies are sent.
_COPIES_BEGIN = b"PSYNC"


class Network:
    """Passes bytes between clients and servers, or does not.

    Attributes:
        lag_s: How late a server's copies come.
    """

    def __init__(self, lag_s: float = 0.0) -> None:
        """Prepare; it runs while the block lasts."""
        self.lag_s = lag_s
        self._loop = uvloop.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever)
        self._machines: dict[int, _Machine] = {}
        self._listeners: list[asyncio.AbstractServer] = []

    def __enter__(self) -> Self:
        """Begin."""
        self._thread.start()
        return self

    def __exit__(self, *_exception: object) -> None:
        """End."""
        self._do(self._close)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def add(self, port: int) -> int:
        """Give a server that listens, or will listen, at a port another one; return it."""
        machine = _Machine(self, port)
        front = free_port()
        listening = self._loop.create_server(
            lambda: _Client(machine), "127.0.0.1", front
        )
        begun = asyncio.run_coroutine_threadsafe(listening, self._loop)
        self._listeners.append(begun.result(timeout=10))
        self._machines[front] = machine
        return front

    def lose(self, front: int) -> None:
        """Lose the machine behind a port: drop all that is on its way, and be silent."""
        self._do(self._machines[front].lose)

    def bring_back(self, front: int) -> None:
        """Let the machine be reached again; what was connected to it learns that now."""
        self._do(self._machines[front].bring_back)

    def _close(self) -> None:
        for listener in self._listeners:
            listener.close()
        for machine in self._machines.values():
            machine.lose()
            machine.bring_back()

    def _do(self, what: Callable[[], None]) -> None:
        done = threading.Event()

        def do() -> None:
            what()
            done.set()

        self._loop.call_soon_threadsafe(do)
        assert done.wait(timeout=10)


class _Machine:
    """What leads to one server."""

    def __init__(self, network: Network, port: int) -> None:
        self.network = network
        self.port = port
        self.lost = False
        self.clients: set[_Client] = set()

    def lose(self) -> None:
        self.lost = True
        for client in self.clients:
            client.cut()

    def bring_back(self) -> None:
        self.lost = False
        for client in list(self.clients):
            client.end()


class _Client(asyncio.Protocol):
    """A connection of a client's, and the one to the server that belongs to it."""

    def __init__(self, machine: _Machine) -> None:
        self._machine = machine
        self._server: asyncio.Transport | None = None
        self._early: list[bytes] = []  # what came before there was a server
        self.is_cut = False
        self._is_replica = False
        self._late: deque[tuple[float, bytes]] = deque()
        self._is_last = False  # what is late is all that will come
        self._loop = asyncio.get_running_loop()

    def connection_made(self, transport: Any) -> None:
        self._transport: asyncio.Transport = transport
        self._machine.clients.add(self)
        if self._machine.lost:
            self.cut()
        else:
            self._connecting = self._loop.create_task(self._connect())

    async def _connect(self) -> None:
        try:
            server, _ = await self._loop.create_connection(
                lambda: _Server(self), "127.0.0.1", self._machine.port
            )
        except OSError:
            self.server_ended()
            return
        self._server = server
        if self.is_cut:  # the machine was lost, or the client is gone
            server.abort()
            return
        server.write(b"".join(self._early))
        self._early.clear()

    def data_received(self, data: bytes) -> None:
        if self.is_cut or self._is_last:
            return  # there is nobody any more
        if _COPIES_BEGIN in data:
            self._is_replica = True
        if self._server is None:
            self._early.append(data)
        else:
            self._server.write(data)

    def connection_lost(self, _reason: Exception | None) -> None:
        self._machine.clients.discard(self)
        self.cut()

    def cut(self) -> None:
        """Drop what is on its way, both ways, and pass nothing on from now on."""
        self.is_cut = True
        self._early.clear()
        self._late.clear()
        if self._server is not None:
            self._server.abort()

    def end(self) -> None:
        """End the client's connection."""
        self._transport.abort()

    def say(self, data: bytes) -> None:
        """Pass on what the server says, late if it is a copy."""
        lag_s = self._machine.network.lag_s if self._is_replica else 0.0
        if not lag_s and not self._late:
            self._transport.write(data)
            return
        self._late.append((self._loop.time() + lag_s, data))
        if len(self._late) == 1:
            self._loop.call_later(lag_s, self._deliver)

    def _deliver(self) -> None:
        now = self._loop.time()
        while self._late and self._late[0][0] <= now:
            self._transport.write(self._late.popleft()[1])
        if self._late:
            self._loop.call_later(self._late[0][0] - now, self._deliver)
        elif self._is_last:
            self._transport.close()

    def server_ended(self) -> None:
        """End too, after what is on its way, if it was not the machine that was lost."""
        self._is_last = not self.is_cut
        if self._is_last and not self._late:
            self._transport.close()


class _Server(asyncio.Protocol):
    """The server's end."""

    def __init__(self, client: _Client) -> None:
        self._client = client

    def data_received(self, data: bytes) -> None:
        if not self._client.is_cut:
            self._client.say(data)

    def connection_lost(self, _reason: Exception | None) -> None:
        self._client.server_ended()
