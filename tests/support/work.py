"""Counts the instructions that requests cost, whole: ``python -m tests.support.work URL``.

Under ``valgrind --tool=callgrind --instr-atstart=no --dump-before=getpgid`` each call of
`mark` writes what was counted since the one before.
"""

import asyncio
import os
import subprocess
import sys
from typing import Any

import uvloop
from uvicorn.server import ServerState

from hitsvc.app import create_app
from hitsvc.http1 import HttpProtocol
from hitsvc.settings import Settings
from tests.support.sockets import configure
from tests.support.worst import WORST, Request, plain

PLAIN_TIMES = 20
WORST_TIMES = 2
WARM_TIMES = 30


class Transport(asyncio.Transport):
    """A client that takes whatever it is sent."""

    def __init__(self) -> None:
        super().__init__()
        self.answered: asyncio.Future[bytes] | None = None

    def write(self, data: Any) -> None:
        """Take a response."""
        assert self.answered is not None
        if not self.answered.done():
            self.answered.set_result(bytes(data))

    def close(self) -> None:
        """Do nothing."""

    write_eof = resume_reading = pause_reading = close


class Client:
    """Sends requests through our protocol and the whole app, one at a time."""

    def __init__(self, url: str) -> None:
        app = create_app(
            Settings.load({"HITSVC_REDIS_URL": url, "HITSVC_REDIS_TIMEOUT": "10"})
        )
        self._config = configure(app)

    async def ask(self, request: bytes) -> bytes:
        """Make a request, over a connection of its own."""
        protocol = HttpProtocol(self._config, ServerState(), {})
        transport = Transport()
        protocol.connection_made(transport)
        transport.answered = asyncio.get_running_loop().create_future()
        protocol.data_received(request)
        answer = await transport.answered
        protocol.connection_lost(None)
        return answer

    async def repeat(self, make: Request, times: int, first: int) -> bytes:
        """Make some requests that differ in their number."""
        answer = b""
        for number in range(first, first + times):
            answer = await self.ask(make(number))
        return answer


def mark() -> None:
    """Write what was counted; nothing else here calls this function of libc."""
    os.getpgid(0)


async def count(url: str) -> None:
    """Ask, and say what was asked: a line for each mark but the first."""
    client = Client(url)
    await client.repeat(plain, WARM_TIMES, 0)
    for make in WORST.values():
        await client.repeat(make, 1, 0)
    if "valgrind" in os.environ.get("LD_LIBRARY_PATH", "") + os.environ.get(
        "LD_PRELOAD", ""
    ):
        control = subprocess.Popen(
            ["callgrind_control", "-i", "on", str(os.getpid())], stdout=2
        )
        while control.poll() is None:
            sum(range(1000))  # valgrind listens while it runs code
    await client.repeat(plain, WARM_TIMES, 100)
    for name, make in {"plain": plain, **WORST}.items():
        times = PLAIN_TIMES if make is plain else WORST_TIMES
        requests = [make(1000 + i) for i in range(times)]
        mark()
        for request in requests:
            answer = await client.ask(request)
        mark()
        print(times, answer[9:12].decode(), len(request), name, sep="\t", flush=True)


if __name__ == "__main__":
    uvloop.run(count(sys.argv[1]))
