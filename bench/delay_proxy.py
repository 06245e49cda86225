"""A TCP proxy that puts its target further away: ``python -m bench.delay_proxy``.

What arrives is passed on after half of the delay, in each direction, so a round trip
takes that much longer. It delays without holding anything back: any amount may be under
way at once. All waits are equally long, so what is under way is one queue.
"""

import socket
import sys
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from bench.polling import Poller
from bench.processes import Server, free_port

_CHUNK = 1 << 18
_PINGS = 200
_PING = b"*1\r\n$4\r\nPING\r\n"
_PONG = b"+PONG\r\n"


class _End:
    """One socket of a connection that goes through the proxy."""

    def __init__(self, sock: socket.socket) -> None:
        sock.setblocking(False)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.sock = sock
        self.unsent = b""
        self.peer: _End = self


class DelayProxy:
    """Passes bytes between clients and a target, each way after a fixed time."""

    def __init__(self, listener: socket.socket, target_port: int, way_s: float) -> None:
        """Prepare.

        Args:
            listener: Where clients connect.
            target_port: Where to pass them on to, on the loopback.
            way_s: The delay in each direction.
        """
        self._listener = listener
        self._target = ("127.0.0.1", target_port)
        self._way_s = way_s
        self._ends: dict[int, _End] = {}
        self._under_way: deque[tuple[float, _End, bytes]] = deque()
        self._poller = Poller()
        self._poller.watch(listener)

    def serve(self) -> None:
        """Serve until the process is ended."""
        while True:
            wait_s = None
            if self._under_way:
                wait_s = max(0.0, self._under_way[0][0] - time.perf_counter())
            for fd, readable, writable in self._poller.wait(wait_s):
                if fd == self._listener.fileno():
                    self._accept()
                    continue
                if writable and fd in self._ends:
                    self._send(self._ends[fd], b"")
                if readable and fd in self._ends:
                    self._receive(self._ends[fd])
            self._deliver()

    def _accept(self) -> None:
        client = _End(self._listener.accept()[0])
        target = _End(socket.create_connection(self._target))
        client.peer, target.peer = target, client
        for end in (client, target):
            self._ends[end.sock.fileno()] = end
            self._poller.watch(end.sock)

    def _receive(self, end: _End) -> None:
        try:
            data = end.sock.recv(_CHUNK)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if data:
            due = time.perf_counter() + self._way_s
            self._under_way.append((due, end.peer, data))
        else:
            self._close(end)
            self._close(end.peer)

    def _deliver(self) -> None:
        while self._under_way and self._under_way[0][0] <= time.perf_counter():
            _, end, data = self._under_way.popleft()
            if end.sock.fileno() >= 0:
                self._send(end, data)

    def _send(self, end: _End, data: bytes) -> None:
        waited = bool(end.unsent)
        data = end.unsent + data
        try:
            sent = end.sock.send(data) if data else 0
        except BlockingIOError:
            sent = 0
        except OSError:
            self._close(end)
            self._close(end.peer)
            return
        end.unsent = data[sent:]
        if waited or end.unsent:
            self._poller.watch(end.sock, writing=bool(end.unsent))

    def _close(self, end: _End) -> None:
        fd = end.sock.fileno()
        if fd >= 0:
            self._poller.forget(end.sock)
            del self._ends[fd]
            end.sock.close()


@contextmanager
def running_proxy(
    target_port: int, delay_ms: float, log: Path, cores: frozenset[int]
) -> Iterator[int]:
    """Run a proxy in a process of its own; give the port to connect to."""
    port = free_port()
    command = [sys.executable, "-m", "bench.delay_proxy"]
    command += [str(port), str(target_port), str(delay_ms)]
    with Server(command, port, log, cores=cores):
        yield port


def round_trip_ms(port: int) -> float:
    """Time PINGs to a store and return the median."""
    times = []
    with socket.create_connection(("127.0.0.1", port), 5) as sock:
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for _ in range(_PINGS):
            start = time.perf_counter()
            sock.sendall(_PING)
            answer = b""
            while answer != _PONG:
                chunk = sock.recv(64)
                if not chunk:
                    msg = "the store hung up"
                    raise ConnectionError(msg)
                answer += chunk
            times.append(time.perf_counter() - start)
    return sorted(times)[_PINGS // 2] * 1000


@click.command()
@click.argument("port", type=int)
@click.argument("target_port", type=int)
@click.argument("delay_ms", type=float)
def main(port: int, target_port: int, delay_ms: float) -> None:
    """Put TARGET_PORT further away by DELAY_MS a round trip, on PORT."""
    listener = socket.create_server(("127.0.0.1", port), backlog=512)
    DelayProxy(listener, target_port, delay_ms / 2000).serve()


if __name__ == "__main__":
    main()
