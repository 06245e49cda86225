"""Sends the requests, and says which: ``python -m tests.work.count URL``.

Under Callgrind, started as `test_work` does it, each call of `mark` writes a file of what
was counted since the one before; instructions are counted from `start_counting` on, for
all that comes before it, imports above all, would take a minute.
"""

import asyncio
import gc
import os
import subprocess
import sys
from typing import Any

import uvloop
from uvicorn.server import ServerState

from hitsvc.app import create_app
from hitsvc.http1 import HttpProtocol
from hitsvc.png import open_painter
from hitsvc.settings import Settings
from tests.support.sockets import configure
from tests.work.requests import PAINTED, WORST, Request, painted, plain

PLAIN_TIMES = 20
WORST_TIMES = 2
# More than 64, and with the others less than 128: at a power of two a page is listed.
WARM_TIMES = 70


class Transport(asyncio.Transport):
    """A client that takes whatever it is sent."""

    def __init__(self) -> None:
        super().__init__()
        self.answered: asyncio.Future[bytes] = asyncio.Future()
        self.closed = False

    def write(self, data: Any) -> None:
        """Take a response."""
        self.answered.set_result(bytes(data))

    def close(self) -> None:
        """Note it: what follows would not be answered."""
        self.closed = True

    write_eof = close

    def resume_reading(self) -> None:
        """Do nothing."""

    pause_reading = resume_reading


class Client:
    """Sends requests through our protocol and the whole app, one at a time."""

    def __init__(self, url: str) -> None:
        app = create_app(
            Settings.load({"HITSVC_REDIS_URL": url, "HITSVC_REDIS_TIMEOUT": "10"})
        )
        self._transport = Transport()
        self._protocol = HttpProtocol(configure(app), ServerState(), {})
        self._protocol.connection_made(self._transport)

    async def ask(self, request: bytes) -> bytes:
        """Make a request, and return its answer."""
        answered = self._transport.answered = asyncio.Future()
        self._protocol.data_received(request)
        answer = await answered
        assert not self._transport.closed, request
        return answer

    async def ask_all(self, make: Request, numbers: range) -> bytes:
        """Make requests that differ in their number, and return the last answer."""
        requests = [make(number) for number in numbers]
        answer = b""
        mark()
        for request in requests:
            answer = await self.ask(request)
        mark()
        return answer


def mark() -> None:
    """Write what was counted; nothing else here calls this function of libc."""
    os.getpgid(0)


def start_counting() -> None:
    """Let Callgrind, if we run in it, count from here on."""
    command = ["callgrind_control", "-i", "on", str(os.getpid())]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as control:  # noqa: S603
        while control.poll() is None:
            sum(range(1000))  # it listens only while it runs code


async def count(url: str) -> None:
    """Ask for all; each is a line of tabs, and two files of Callgrind's."""
    client = Client(url)
    pictures = {"painted": painted, **PAINTED} if open_painter() else {}
    await client.ask_all(plain, range(WARM_TIMES))
    for make in (WORST | pictures).values():
        await client.ask_all(make, range(1))
    gc.disable()  # a collection is hundreds of hits, and whose it is would be chance
    start_counting()
    for name, make in {"warm": plain, "plain": plain, **WORST, **pictures}.items():
        times = PLAIN_TIMES if make is plain else WORST_TIMES
        answer = await client.ask_all(make, range(1, 1 + times))
        print(times, answer[9:12].decode(), name, sep="\t", flush=True)


if __name__ == "__main__":
    uvloop.run(count(sys.argv[1]))
