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
from collections.abc import Mapping
from io import StringIO
from typing import Any

import uvloop
from uvicorn.server import ServerState

from hitsvc.access import Keyring, Operator, OperatorStore, Tokens
from hitsvc.admin import open_client, summing, summing_order
from hitsvc.app import create_app
from hitsvc.counting import Keys
from hitsvc.http1 import HttpProtocol
from hitsvc.png import open_painter
from hitsvc.settings import Settings
from tests.support.sockets import configure
from tests.work.everything import EVERYTHING, SETTINGS
from tests.work.requests import PAINTED, WORST, Request, painted, plain

PLAIN_TIMES = 20
WORST_TIMES = 2
# More than 64, and with the others less than 128: at a power of two a page is listed.
WARM_TIMES = 70
# As many as the sums of a site tell of.
SITE, SITE_PAGES = "plain.example", 200


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

    def __init__(self, url: str, settings: Mapping[str, str] = {}) -> None:
        how = {"HITSVC_REDIS_URL": url, "HITSVC_REDIS_TIMEOUT": "10", **settings}
        found = Settings.load(how)
        # Sums are there already: to make them is no request's work.
        store = OperatorStore(lambda: open_client(url, 10), lambda: None)
        keyring = Keyring(Tokens(found.admin_token, ""))
        app = create_app(found, operator=Operator(keyring, store=store))
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


def fill(url: str) -> None:
    """Put a site with many pages into the store, and the sums of it."""
    keys = Keys("hits:")
    pages = [f"{SITE}/page/{number}" for number in range(SITE_PAGES)]
    client = open_client(url, 10)
    client.mset({keys.page(page).total: 1 for page in pages})
    client.sadd(keys.pages(SITE), *pages)
    client.sadd(keys.sites, SITE)
    client.close()
    summing(StringIO(summing_order(url, "hits:", "UTC")))


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
    client, everything = Client(url), Client(url, SETTINGS)
    pictures = {"painted": painted, **PAINTED} if open_painter() else {}
    await client.ask_all(plain, range(WARM_TIMES))
    fill(url)
    asked: list[tuple[Client, Mapping[str, Request]]]
    asked = [(client, WORST | pictures), (everything, EVERYTHING)]
    for whom, requests in asked:
        for make in requests.values():
            await whom.ask_all(make, range(1))
    gc.disable()  # a collection is hundreds of hits, and whose it is would be chance
    start_counting()
    for whom, requests in [(client, {"warm": plain, "plain": plain}), *asked]:
        for name, make in requests.items():
            times = PLAIN_TIMES if make is plain else WORST_TIMES
            answer = await whom.ask_all(make, range(1, 1 + times))
            print(times, answer[9:12].decode(), name, sep="\t", flush=True)


if __name__ == "__main__":
    uvloop.run(count(sys.argv[1]))
