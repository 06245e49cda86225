"""A connection between requests: who can tell, and what it still holds."""

import asyncio
import gc
import weakref
from typing import Any

from uvicorn.server import ServerState

from hitsvc.http1.protocol import HttpProtocol
from tests.support.sockets import GET, Gate, Site, configure, hello, on_uvloop, until

# Who can tell.


@on_uvloop
async def test_connection_is_idle_from_its_begin_on():
    """Until something of a request has come."""
    async with Site(hello) as site:
        begin = asyncio.get_running_loop().time()
        client = await site.connect()
        await until(lambda: site.state.connections)
        since = site.connection.idle_since or 0
        assert begin <= since <= asyncio.get_running_loop().time()
        client.send(GET[:5])
        await until(lambda: site.connection.idle_since is None)


@on_uvloop
async def test_connection_is_idle_between_requests():
    """From the end of the last answer on; not while the app is busy."""
    gate = Gate()
    async with Site(gate) as site:
        client = await site.connect()
        client.send(GET)
        await until(lambda: gate.entered)
        assert site.connection.idle_since is None
        before = asyncio.get_running_loop().time()
        gate.open.set()
        await until(lambda: site.connection.idle_since)
        assert (site.connection.idle_since or 0) >= before


@on_uvloop
async def test_connection_is_not_idle_in_a_body():
    """The head has come, and the app waits for nothing yet."""
    async with Site(hello) as site:
        client = await site.connect()
        client.send(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\nx")
        await client.sent()
        await until(lambda: site.connection._reader.pending)
        assert site.connection.idle_since is None


@on_uvloop
async def test_connection_that_is_dropped_ends_at_once():
    """It is not idle any more, and its client sees the end."""
    async with Site(hello) as site:
        client = await site.connect()
        await until(lambda: site.state.connections)
        connection = site.connection
        connection.drop()
        assert connection.idle_since is None
        assert await client.rest() == b""


# Memory.


class Sink:
    """A transport that goes nowhere, so that only our own objects are counted."""

    def get_extra_info(self, _name: str) -> None:
        return None

    def write(self, _data: bytes) -> None:
        pass

    def close(self) -> None:
        pass


@on_uvloop
async def test_requests_leave_nothing_for_the_garbage_collector():
    """Neither a request nor a connection is part of a cycle when it is over."""
    config, state, loop = configure(hello), ServerState(), asyncio.get_running_loop()

    async def connect_and_ask(requests: int) -> None:
        protocol = HttpProtocol(config, state, {}, loop)
        protocol.connection_made(Sink())  # type: ignore[arg-type]
        for _ in range(requests):
            protocol.data_received(GET)
            await asyncio.sleep(0)
            await asyncio.sleep(0)
        protocol.connection_lost(None)
        await asyncio.sleep(0)

    await connect_and_ask(1)
    assert state.total_requests == 1
    gc.collect()
    gc.disable()
    try:
        before = len(gc.get_objects())
        await connect_and_ask(2000)
        for _ in range(200):
            await connect_and_ask(1)
            await connect_and_ask(0)
        after = len(gc.get_objects())
        found = gc.collect()
    finally:
        gc.enable()
    assert state.total_requests == 2201
    assert after - before < 50
    assert found < 50


@on_uvloop
async def test_idle_connection_forgets_its_requests():
    """What a request held is free when it has been answered."""
    scopes: list[Any] = []

    class Kept:
        pass

    async def app(scope, receive, send):
        kept = Kept()
        scope["kept"] = kept
        scopes.append(weakref.ref(kept))
        await hello(scope, receive, send)

    async with Site(app) as site:
        client = await site.connect()
        client.send(GET)
        await client.read(b"hello")
        await asyncio.sleep(0)
        assert scopes[0]() is None
