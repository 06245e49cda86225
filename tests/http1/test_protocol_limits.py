"""What a client may take: how large a request, and how much time."""

import asyncio
from functools import partial
from typing import Any

import pytest

from hitsvc.http1.limits import Limits
from hitsvc.http1.protocol import HttpProtocol
from tests.support.sockets import (
    GET,
    LAST,
    Gate,
    Site,
    answering,
    answers,
    body,
    get,
    hello,
    listen_again,
    on_uvloop,
    start,
    statuses,
    until,
)

LIMITS = Limits()
MEGABYTE = b"x" * (1 << 20)
big = answering(start(), body(8 * MEGABYTE))


def is_stuck(site: Site) -> bool:
    """Tell whether the only client has left much unread."""
    if not site.state.connections:
        return False
    transport = site.connection.transport
    return bool(
        transport.get_write_buffer_size() > transport.get_write_buffer_limits()[1]
    )


def limited(limits: Limits) -> Any:
    return partial(HttpProtocol, limits=limits)


# Sizes.


def request_of(size: int) -> bytes:
    line = b"GET / HTTP/1.1\r\nHost: x\r\nA: "
    return line + b"a" * (size - len(line) - 4) + b"\r\n\r\n"


@on_uvloop
async def test_large_request_is_answered():
    """A request of the greatest size is one."""
    async with Site(hello) as site:
        assert statuses(await site.ask(request_of(LIMITS.head_bytes) + GET)) == [
            200,
            200,
        ]


@on_uvloop
async def test_too_large_head_is_refused():
    """The client gets to read why, though it is still sending."""
    async with Site(hello) as site:
        assert statuses(await site.ask(request_of(LIMITS.head_bytes + 1))) == [431]
        assert statuses(await site.ask(request_of(100 * LIMITS.request_bytes))) == [431]


@pytest.mark.parametrize(
    "head",
    [b"Content-Length: 9999999", b"Transfer-Encoding: chunked"],
    ids=["of known length", "in chunks"],
)
def test_too_large_body_is_refused(head):
    """So it is however the body is sent."""

    @on_uvloop
    async def check():
        request = b"POST / HTTP/1.1\r\nHost: x\r\n%b\r\n\r\n20000\r\n" % head
        async with Site(hello) as site:
            assert statuses(await site.ask(request + b"a" * 0x20000)) == [413]

    check()


@on_uvloop
async def test_large_request_that_waits_is_bounded():
    """A client whose request is being answered cannot send without end either."""
    gate = Gate()
    async with Site(gate) as site:
        client = await site.connect()
        client.send(get(1))
        await until(lambda: gate.entered)
        client.send(request_of(2 * LIMITS.request_bytes))
        await client.sent()
        gate.open.set()
        client.end()
        assert statuses(await client.rest()) == [200, 431]


@on_uvloop
async def test_size_of_a_request_can_be_chosen():
    """More than that is refused, less is not."""
    async with Site(hello, http=limited(Limits(request_bytes=100))) as site:
        head = b"GET / HTTP/1.1\r\nHost: x\r\nX: %b\r\n\r\n"
        assert statuses(await site.ask((head % (b"x" * 60))[:-2])) == []
        assert statuses(await site.ask((head % (b"x" * 100))[:-2])) == [431]


# Patience.


@on_uvloop
async def test_silent_client_is_dropped():
    """It has `request_s` for its first request."""
    async with Site(hello) as site:
        client = await site.connect()
        await until(lambda: site.state.connections)
        site.expire(LIMITS.request_s - 1)
        await asyncio.sleep(0)
        assert site.state.connections
        site.expire(LIMITS.request_s + 1)
        assert await client.rest() == b""


@on_uvloop
async def test_slow_client_is_dropped():
    """Each request has its time from its first byte on; more bytes buy no more."""
    async with Site(hello) as site:
        client = await site.connect()
        client.send(GET)
        await client.read(b"hello")
        deadlines: list[float] = []
        for byte in b"GET /":
            client.send(bytes([byte]))
            await client.sent()
            await until(lambda: site.connection._intake._size > len(deadlines))
            deadlines.append(site.connection.deadline)
            await asyncio.sleep(0.001)  # the loop's clock shows milliseconds
        assert len(set(deadlines)) == 1
        site.expire(LIMITS.request_s + 1)
        assert await client.rest() == b""


@on_uvloop
async def test_idle_client_is_dropped():
    """After an answer it has the keep-alive time to send another request."""
    async with Site(hello) as site:
        client = await site.connect()
        client.send(GET)
        await client.read(b"hello")
        site.expire(4)
        client.send(GET)
        await client.read(b"hello")
        site.expire(6)
        assert await client.rest() == b""


@on_uvloop
async def test_app_is_waited_for():
    """A client whose request is being answered is never too slow."""
    gate = Gate()
    async with Site(gate) as site:
        client = await site.connect()
        client.send(get(1))
        await until(lambda: gate.entered)
        site.expire(1e9)
        gate.open.set()
        client.end()
        assert answers(await client.rest()) == [(200, b"/1")]


@on_uvloop
async def test_rest_of_a_request_is_waited_for_after_an_answer():
    """A client that had sent a part ahead has `request_s` for the rest."""
    gate = Gate()
    async with Site(gate) as site:
        client = await site.connect()
        client.send(get(1))
        await until(lambda: gate.entered)
        client.send(b"GET /2")
        await until(lambda: site.connection._intake.waits)
        gate.open.set()
        await client.read(b"\r\n\r\n/1")
        site.expire(6)  # more than the keep-alive time
        client.send(b" HTTP/1.1\r\nHost: x\r\n\r\n")
        client.end()
        assert answers(await client.rest()) == [(200, b"/2")]


@on_uvloop
async def test_patience_with_a_request_can_be_chosen():
    """A client that sends nothing is dropped after that time."""
    async with Site(hello, http=limited(Limits(request_s=3))) as site:
        client = await site.connect()
        await until(lambda: site.state.connections)
        site.expire(2)
        assert site.state.connections
        site.expire(4)
        assert await client.rest() == b""


@on_uvloop
async def test_client_that_does_not_read_is_not_served():
    """Its second request waits until it has read the first answer."""
    async with Site(big) as site:
        sock = await site.connect_deaf()
        loop = asyncio.get_running_loop()
        await loop.sock_sendall(sock, GET + LAST)
        await until(lambda: is_stuck(site))
        site.expire(LIMITS.unread_s - 1)
        assert site.state.total_requests == 1
        assert statuses(await listen_again(sock)) == [200, 200]


class Endless:
    """An app that streams until nobody reads."""

    def __init__(self) -> None:
        self.sent = 0

    async def __call__(self, _scope: Any, receive: Any, send: Any) -> None:
        await receive()
        gone = asyncio.create_task(receive())
        await send(start())
        while not gone.done():
            await send(body(MEGABYTE, more=True))
            self.sent += 1
            await asyncio.sleep(0)


@on_uvloop
async def test_client_that_does_not_read_is_dropped():
    """So it is while a stream waits for it, and after its last answer."""
    endless = Endless()
    for app, request in ((big, GET), (big, LAST), (endless, GET)):
        async with Site(app) as site:
            sock = await site.connect_deaf()
            await asyncio.get_running_loop().sock_sendall(sock, request)
            await until(lambda: is_stuck(site))
            site.expire(LIMITS.unread_s + 1)
            await until(lambda: not site.state.connections and not site.state.tasks)
            sock.close()
    assert 0 < endless.sent < 1000


@on_uvloop
async def test_stream_goes_on_when_the_client_reads():
    """A slow reader gets all of a stream."""
    pieces = [body(MEGABYTE, more=True)] * 8
    async with Site(answering(start(), *pieces, body())) as site:
        sock = await site.connect_deaf()
        await asyncio.get_running_loop().sock_sendall(sock, LAST)
        await until(lambda: is_stuck(site))
        assert answers(await listen_again(sock)) == [(200, 8 * MEGABYTE)]


@on_uvloop
async def test_refused_client_that_stays_is_dropped():
    """It is not listened to for ever, and not answered again."""
    async with Site(hello) as site:
        client = await site.connect()
        client.send(GET + b"none\r\n\r\n")
        assert statuses(await client.rest()) == [200, 400]
        client.send(GET)
        await client.sent()
        assert site.state.connections
        site.expire(LIMITS.unread_s + 1)
        await until(lambda: not site.state.connections)
        assert site.state.total_requests == 1


@on_uvloop
async def test_patience_with_a_reader_can_be_chosen():
    """One that leaves its answer unread is dropped after that time."""
    async with Site(big, http=limited(Limits(unread_s=3))) as site:
        sock = await site.connect_deaf()
        await asyncio.get_running_loop().sock_sendall(sock, GET)
        await until(lambda: is_stuck(site))
        site.expire(2)
        assert site.state.connections
        site.expire(4)
        await until(lambda: not site.state.connections)
        sock.close()
