"""Visitors in great numbers: measured ones, idle ones, slow ones, hasty ones."""

import asyncio
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import suppress
from itertools import islice
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from tests.support.load import end

PIPELINE = 40
_PAUSE_S = 0.01


def request(path: str) -> bytes:
    """Write a request."""
    return f"GET {path} HTTP/1.1\r\nHost: test\r\n\r\n".encode()


async def connect(base_url: str) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """Open a connection."""
    address = urlsplit(base_url)
    return await asyncio.open_connection(address.hostname, address.port)


async def answer(reader: asyncio.StreamReader) -> tuple[int, bytes]:
    """Read one answer; return its status and body."""
    head = (await reader.readuntil(b"\r\n\r\n")).lower()
    length = head.partition(b"content-length: ")[2].partition(b"\r\n")[0]
    return int(head.split(b" ", 2)[1]), await reader.readexactly(int(length))


class Watch:
    """Visitors who are timed, a few at a time, as long as the block lasts."""

    def __init__(self, base_url: str, page: str, clients: int = 4) -> None:
        """Prepare."""
        self._base_url = base_url
        self._request = request(f"/count?url={page}")
        self._clients = clients
        self._times: list[float] = []
        self._over = asyncio.Event()

    async def __aenter__(self) -> "Watch":
        """Begin."""
        self._tasks = [asyncio.create_task(self._visit()) for _ in range(self._clients)]
        return self

    async def __aexit__(self, *_exception: object) -> None:
        """End; a visitor who was not counted is an error."""
        self._over.set()
        await asyncio.gather(*self._tasks)

    async def window(self, seconds: float) -> list[float]:
        """Return how long each visitor waited who came in the next seconds."""
        self._times = []
        await asyncio.sleep(seconds)
        return self._times

    async def _visit(self) -> None:
        reader, writer = await connect(self._base_url)
        while not self._over.is_set():
            begin = time.perf_counter()
            writer.write(self._request)
            status, _ = await answer(reader)
            self._times.append(time.perf_counter() - begin)
            assert status == 200
            await asyncio.sleep(_PAUSE_S)
        await end(writer)


class Crowd:
    """Clients that stay as long as the block lasts; those cut off come again.

    Attributes:
        cut_off: How often one was cut off.
        here: How many are connected.
    """

    def __init__(self, base_url: str, count: int, trickle: bytes = b"") -> None:
        """Prepare.

        Args:
            base_url: Where to.
            count: How many.
            trickle: What each sends, a byte a second; nothing makes it silent.
        """
        self._base_url = base_url
        self._count = count
        self._trickle = trickle
        self.cut_off = 0
        self.here = 0

    async def __aenter__(self) -> "Crowd":
        """Let them come, some at a time."""
        self._tasks: list[asyncio.Task[None]] = []
        while len(self._tasks) < self._count:
            self._tasks += [
                asyncio.create_task(self._stay())
                for _ in range(min(100, self._count - len(self._tasks)))
            ]
            while self.here < len(self._tasks):
                await asyncio.sleep(_PAUSE_S)
        return self

    async def __aexit__(self, *_exception: object) -> None:
        """Let them go."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await asyncio.sleep(0)  # now their connections are closed

    async def _stay(self) -> None:
        while True:
            reader, writer = await connect(self._base_url)
            self.here += 1
            try:
                with suppress(OSError):
                    await self._be_slow(reader, writer)
                self.cut_off += 1
            finally:
                self.here -= 1
                writer.transport.abort()

    async def _be_slow(self, reader: Any, writer: asyncio.StreamWriter) -> None:
        for byte in self._trickle:
            writer.write(bytes([byte]))
            with suppress(TimeoutError):
                await asyncio.wait_for(reader.read(1), 1)
                return
        await reader.read(1)


async def rush(
    base_url: str, paths: Iterator[str], clients: int
) -> Counter[tuple[str, int]]:
    """Request each path, many in each write; count the answers by path and status."""
    answers: Counter[tuple[str, int]] = Counter()

    async def client() -> None:
        reader, writer = await connect(base_url)
        while some := list(islice(paths, PIPELINE)):
            writer.write(b"".join(map(request, some)))
            for path in some:
                status, _body = await answer(reader)
                answers[path, status] += 1
        await end(writer)

    await asyncio.gather(*(client() for _ in range(clients)))
    return answers


def by_status(answers: Counter[tuple[str, int]]) -> Counter[int]:
    """Count the answers by status."""
    statuses: Counter[int] = Counter()
    for (_, status), times in answers.items():
        statuses[status] += times
    return statuses


def p99(times: Iterable[float]) -> float:
    """Return the time that one in a hundred exceeds, in milliseconds."""
    ordered = sorted(times)
    return round(ordered[int(len(ordered) * 0.99)] * 1000, 2)


def resident_bytes(pid: int) -> int:
    """Return how much memory a process holds."""
    status = Path(f"/proc/{pid}/status").read_text()
    return int(status.partition("VmRSS:")[2].split()[0]) * 1024
