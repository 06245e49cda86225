"""Load at a given rate, whatever the server does: ``python -m bench.openloop``.

wrk sends a connection's next request when the last is answered, so a slow server is
asked less often, and its slowness is seen less ("coordinated omission"). Here requests
are due at random times (a Poisson process, as independent visitors make), and a latency
counts from when a request was *due*: waiting for a free connection is part of it.

The generator shares its core with the store, and is Python: it can send some 20,000
requests a second. How late it was itself is part of the outcome; believe a percentile
only where that is small against it.
"""

import json
import random
import re
import socket
import subprocess
import sys
import time
from collections import deque
from dataclasses import asdict

import click

from bench.machine import pinned
from bench.polling import Poller
from bench.wrk_load import Outcome

_SEED = 7
_SETTLE_S = 1.0
_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)


class _Connection:
    """A keep-alive connection with at most one request in flight."""

    def __init__(self, port: int) -> None:
        self.sock = socket.create_connection(("127.0.0.1", port), 5)
        self.sock.setblocking(False)
        self.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.due = 0.0
        self._got = b""

    def answer(self) -> bytes | None:
        """Read; return a whole answer, once there is one."""
        self._got += self.sock.recv(65536)
        head_end = self._got.find(b"\r\n\r\n")
        if head_end < 0:
            return None
        length = _LENGTH.search(self._got, 0, head_end)
        if length is None:
            msg = f"an answer without a length: {self._got[:head_end]!r}"
            raise ConnectionError(msg)
        if len(self._got) < head_end + 4 + int(length[1]):
            return None
        answer, self._got = self._got, b""
        return answer


class OpenLoop:
    """Sends requests when they are due, on whichever connection is free."""

    def __init__(self, port: int, target: str, connections: int) -> None:
        """Connect.

        Args:
            port: The server's, on the loopback.
            target: Path and query.
            connections: How many.
        """
        self._request = f"GET {target} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode()
        self._free = deque(_Connection(port) for _ in range(connections))
        self._busy: dict[int, _Connection] = {}
        self._poller = Poller()
        for connection in self._free:
            self._poller.watch(connection.sock)
        self._latencies: list[float] = []
        self._lags: list[float] = []
        self._errors = 0
        self._free_since = 0.0

    def run(self, rate: float, seconds: float) -> Outcome:
        """Send for a time, then wait for the last answers."""
        self._latencies, self._lags, self._errors = [], [], 0
        draw = random.Random(_SEED)  # noqa: S311 - the same times for everyone
        start = time.perf_counter()
        end, due = start + seconds, start + draw.expovariate(rate)
        while due < end or self._busy:
            now = time.perf_counter()
            while due <= now and due < end and self._free:
                self._send(due, now)
                due += draw.expovariate(rate)
            if now > end + _SETTLE_S:
                break
            until = due if due < end and self._free else now + _SETTLE_S
            for fd, _, _ in self._poller.wait(max(0.0, until - time.perf_counter())):
                self._receive(fd)
        return self._outcome(seconds)

    def _send(self, due: float, now: float) -> None:
        connection = self._free.popleft()
        connection.due = due
        connection.sock.send(self._request)
        # Waiting for a connection is the server's doing, not the generator's.
        self._lags.append(now - max(due, self._free_since))
        self._busy[connection.sock.fileno()] = connection

    def _receive(self, fd: int) -> None:
        connection = self._busy[fd]
        answer = connection.answer()
        if answer is None:
            return
        self._latencies.append(time.perf_counter() - connection.due)
        if not answer.startswith(b"HTTP/1.1 2"):
            self._errors += 1
        del self._busy[fd]
        if not self._free:
            self._free_since = time.perf_counter()
        self._free.append(connection)

    def _outcome(self, seconds: float) -> Outcome:
        ordered, lags = sorted(self._latencies), sorted(self._lags)
        return Outcome(
            len(ordered),
            seconds,
            self._errors,
            len(self._busy),
            _percentile_us(ordered, 50),
            _percentile_us(ordered, 90),
            _percentile_us(ordered, 99),
            _percentile_us(ordered, 100),
            _percentile_us(lags, 99),
        )


def run(
    port: int,
    target: str,
    *,
    rate: float,
    connections: int,
    seconds: float,
    cores: frozenset[int],
) -> Outcome:
    """Run the generator in a process of its own."""
    command = [sys.executable, "-m", "bench.openloop", str(port), target]
    command += [str(rate), str(connections), str(seconds)]
    with pinned(cores):
        done = subprocess.run(  # noqa: S603 - our own command
            command, capture_output=True, text=True, check=True, timeout=seconds + 30
        )
    return Outcome(**json.loads(done.stdout))


def _percentile_us(ordered: list[float], percent: int) -> float:
    if not ordered:
        return 0.0
    return round(ordered[min(len(ordered) * percent // 100, len(ordered) - 1)] * 1e6, 1)


@click.command()
@click.argument("port", type=int)
@click.argument("target")
@click.argument("rate", type=float)
@click.argument("connections", type=int)
@click.argument("seconds", type=float)
def main(port: int, target: str, rate: float, connections: int, seconds: float) -> None:
    """Request TARGET on PORT at RATE a second; print the outcome as JSON."""
    outcome = OpenLoop(port, target, connections).run(rate, seconds)
    click.echo(json.dumps(asdict(outcome)))


if __name__ == "__main__":
    main()
