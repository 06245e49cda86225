"""Requests that an express lane takes, beside those that it leaves to the app."""

import asyncio
import gc
import logging
import weakref
from typing import Any

import pytest

from hitsvc.http1.express_exchange import FAILURE
from tests.support.sockets import (
    GET,
    Client,
    Site,
    answers,
    body,
    on_uvloop,
    start,
    statuses,
    until,
)

FAST = b"GET /fast HTTP/1.1\r\nHost: x\r\n\r\n"
MEGABYTE = b"x" * (1 << 20)


class Taken:
    """What the lane takes."""

    def __init__(self) -> None:
        self.future: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()

    def response(self) -> tuple[bytes, bytes]:
        return b"\r\na: 1", self.future.result()


class App:
    """Takes ``/fast``; what is taken gets its answer from the test.

    Attributes:
        taken: What waits for an answer, in order of arrival.
        called: What the app was called for.
        failures: Why it was called for what had been taken.
    """

    def __init__(self) -> None:
        self.taken: list[Taken] = []
        self.called: list[str] = []
        self.failures: list[BaseException] = []

    def express(self, scope: Any) -> Taken | None:
        if scope["path"] == "/defect":
            msg = "a defect"
            raise LookupError(msg)
        if scope["path"] != "/fast":
            return None
        self.taken.append(Taken())
        return self.taken[-1]

    async def __call__(self, scope: Any, _receive: Any, send: Any) -> None:
        self.called.append(scope["path"])
        if FAILURE in scope:
            self.failures.append(scope[FAILURE])
            await send(start(503))
            await send(body(b"sorry"))
            return
        await send(start())
        await send(body(b"app"))

    async def answer(self, text: bytes = b"fast") -> None:
        """Answer what was taken last, as soon as it has come."""
        await until(lambda: self.taken)
        self.taken.pop().future.set_result(text)


async def waiting(site: Site, app: App, request: bytes = FAST) -> Client:
    """Send what is taken, over a connection of its own."""
    client = await site.connect()
    client.send(request)
    await until(lambda: app.taken)
    return client


async def exchange(client: Client, app: App, text: bytes = b"fast") -> bytes:
    client.send(FAST)
    await app.answer(text)
    return await client.read(text)


# Answers.


@on_uvloop
async def test_what_is_taken_is_answered_without_the_app():
    """Status, fields, length and body; the connection is kept, and counts them."""
    app = App()
    async with Site(app) as site:
        client = await site.connect()
        for _ in range(3):
            assert await exchange(client, app) == (
                b"HTTP/1.1 200 OK\r\na: 1\r\ncontent-length: 4\r\n\r\nfast"
            )
        assert site.state.total_requests == 3
        assert site.connection._calls is None


@pytest.mark.parametrize(
    ("request_", "field"),
    [
        (b"GET /fast HTTP/1.0\r\n\r\n", b"close"),
        (b"GET /fast HTTP/1.0\r\nConnection: keep-alive\r\n\r\n", b"keep-alive"),
        (b"GET /fast HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", b"close"),
    ],
)
def test_the_answer_says_how_the_connection_goes_on(request_, field):
    """Where HTTP/1.1 would not make it clear; and so it goes on."""

    @on_uvloop
    async def run():
        app = App()
        async with Site(app) as site:
            client = await waiting(site, app, request_)
            await app.answer()
            head = await client.read(b"\r\n\r\nfast")
            assert b"\r\nconnection: %b\r\n" % field in head
            if field == b"close":
                assert await client.rest() == b""
            else:
                assert await exchange(client, app)

    run()


@on_uvloop
async def test_both_ways_share_a_connection():
    """In any order, and several times each."""
    app = App()
    async with Site(app) as site:
        client = await site.connect()
        for _ in range(2):
            await exchange(client, app)
            client.send(GET)
            assert await client.read(b"app")
        assert site.state.total_requests == 4


@on_uvloop
async def test_requests_sent_ahead_are_answered_in_order():
    """Those behind one that was taken wait for it."""
    app = App()
    async with Site(app) as site:
        client = await waiting(site, app, FAST + GET + FAST)
        await app.answer(b"first")
        await app.answer(b"third")
        client.end()
        data = await client.rest()
        assert [text for _, text in answers(data)] == [b"first", b"app", b"third"]
        assert app.called == ["/"]


@on_uvloop
async def test_a_request_may_come_in_part_while_another_waits():
    """The rest of it is waited for, as always."""
    app = App()
    async with Site(app) as site:
        client = await waiting(site, app, FAST + FAST[:7])
        await app.answer()
        await client.read(b"fast")
        deadline = site.connection.deadline
        assert deadline < asyncio.get_running_loop().time() + 11
        client.send(FAST[7:])
        await app.answer(b"second")
        assert await client.read(b"second")


@on_uvloop
async def test_a_client_that_ends_is_answered():
    """It has said that it will send no more; then the connection is over."""
    app = App()
    async with Site(app) as site:
        client = await waiting(site, app)
        client.end()
        await app.answer()
        assert statuses(await client.rest()) == [200]


@on_uvloop
async def test_nonsense_behind_it_is_refused_after_the_answer():
    """Both get what they are due."""
    app = App()
    async with Site(app) as site:
        client = await waiting(site, app, FAST + b"nonsense\r\n\r\n")
        await app.answer()
        client.end()
        assert statuses(await client.rest()) == [200, 400]


@on_uvloop
async def test_a_client_that_does_not_read_is_not_asked_for_more():
    """Its next request is taken when the answer has gone."""
    app = App()
    async with Site(app) as site:
        sock = await site.connect_deaf()
        loop = asyncio.get_running_loop()
        await loop.sock_sendall(sock, FAST)
        await app.answer(8 * MEGABYTE)
        await until(lambda: site.connection.writable is not None)
        await loop.sock_sendall(sock, FAST)
        for _ in range(10):
            await asyncio.sleep(0.001)
        assert app.taken == []
        site.expire(31)
        await until(lambda: not site.state.connections and not site.state.tasks)
        sock.close()


# Ends.


@on_uvloop
async def test_a_connection_is_not_idle_while_it_waits():
    """It is from the answer on, and forgets the request."""
    app = App()
    async with Site(app) as site:
        client = await waiting(site, app)
        assert site.connection.idle_since is None
        site.expire(1000)
        forgotten = weakref.ref(app.taken[-1])
        before = asyncio.get_running_loop().time()
        gc.disable()
        try:
            await app.answer()
            await client.read(b"fast")
            assert forgotten() is None
        finally:
            gc.enable()
        assert (site.connection.idle_since or 0) >= before


@on_uvloop
async def test_a_stop_waits_for_the_answer():
    """The connection says that it ends, and does."""
    app = App()
    async with Site(app) as site:
        client = await waiting(site, app)
        site.connection.shutdown()
        await app.answer()
        assert b"connection: close" in await client.rest()


@pytest.mark.parametrize("after_the_app", [False, True])
@pytest.mark.parametrize("fails", [False, True])
def test_a_client_that_goes_is_forgotten(after_the_app, fails, caplog):
    """Whether its connection has a task or not; nobody complains about its answer."""

    @on_uvloop
    async def run():
        app = App()
        async with Site(app) as site:
            client = await site.connect()
            if after_the_app:
                client.send(GET)
                await client.read(b"app")
            client.send(FAST)
            await until(lambda: app.taken)
            client.abort()
            await until(lambda: not site.state.connections)
            taken = app.taken.pop()
            if fails:
                taken.future.set_exception(OSError())
            else:
                taken.future.set_result(b"late")
            del taken
            await asyncio.sleep(0.01)
            gc.collect()
        assert app.failures == []

    with caplog.at_level(logging.WARNING):
        run()
    assert caplog.records == []


@on_uvloop
async def test_a_dropped_client_gets_nothing():
    """Not even what comes before the loop has told that it is gone."""
    app = App()
    async with Site(app) as site:
        client = await waiting(site, app)
        taken = app.taken.pop()
        taken.future.cancel()
        site.connection.drop()
        assert await client.rest() == b""


# Failures.


@on_uvloop
async def test_a_failure_is_told_by_the_app():
    """It is called with the reason, once; the connection goes on."""
    app = App()
    async with Site(app) as site:
        client = await waiting(site, app)
        failure = OSError("away")
        app.taken.pop().future.set_exception(failure)
        assert (await client.read(b"sorry")).startswith(b"HTTP/1.1 503 ")
        assert app.failures == [failure]
        assert await exchange(client, app)


@on_uvloop
async def test_a_cancelled_answer_is_told_by_the_app():
    """As any failure is."""
    app = App()
    async with Site(app) as site:
        client = await waiting(site, app)
        app.taken.pop().future.cancel()
        assert await client.read(b"sorry")


@on_uvloop
async def test_a_defect_of_the_lane_is_told_by_the_app():
    """The client is not left without an answer."""
    app = App()
    async with Site(app) as site:
        client = await site.connect()
        client.send(b"GET /defect HTTP/1.1\r\nHost: x\r\n\r\n")
        assert await client.read(b"sorry")
        assert isinstance(app.failures[0], LookupError)
