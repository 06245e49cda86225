"""One client's connection: order, patience, and its end."""

import asyncio
import gc
import weakref
from functools import partial
from itertools import pairwise
from typing import Any

import pytest
import uvicorn
from hypothesis import given, settings
from hypothesis import strategies as st
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from uvicorn.server import ServerState

from hitsvc.http1.protocol import PIECE_BYTES, HttpProtocol, Limits
from tests.support.sockets import (
    GET,
    Client,
    Gate,
    Site,
    answering,
    answers,
    body,
    configure,
    echo,
    hello,
    listen_again,
    listener,
    on_uvloop,
    start,
    statuses,
    telling,
    until,
)

LIMITS = Limits()
LAST = b"GET / HTTP/1.1\r\nConnection: close\r\n\r\n"
MEGABYTE = b"x" * (1 << 20)
big = answering(start(), body(8 * MEGABYTE))
path = telling("path")


def get(number: int) -> bytes:
    return b"GET /%d HTTP/1.1\r\n\r\n" % number


def told(*numbers: int) -> list[tuple[int, bytes]]:
    return [(200, b"'/%d'" % number) for number in numbers]


def is_stuck(site: Site) -> bool:
    """Tell whether the only client has left much unread."""
    if not site.state.connections:
        return False
    transport = site.connection.transport
    return bool(
        transport.get_write_buffer_size() > transport.get_write_buffer_limits()[1]
    )


# Order.


@on_uvloop
async def test_connection_is_kept():
    """Requests one after the other share a connection, and all are counted."""
    async with Site(hello) as site:
        client = await site.connect()
        for _ in range(3):
            client.send(GET)
            assert (await client.read(b"hello")).startswith(b"HTTP/1.1 200 OK\r\n")
        assert len(site.state.connections) == 1
        assert site.state.total_requests == 3


@on_uvloop
async def test_requests_sent_ahead_are_answered_in_order():
    """Thousands of requests in a few writes get as many answers, in their order."""
    count = 5000
    async with Site(path) as site:
        data = await site.ask(b"".join(map(get, range(count))))
        assert answers(data) == told(*range(count))


@on_uvloop
async def test_requests_are_answered_one_at_a_time():
    """The app sees the second request when the first has been answered."""
    gate = Gate()
    async with Site(gate) as site:
        client = await site.connect()
        client.send(get(1) + get(2))
        await until(lambda: gate.entered)
        client.send(get(3))
        await client.sent()
        assert gate.entered == ["/1"]
        gate.open.set()
        client.end()
        assert answers(await client.rest()) == [
            (200, b"/1"),
            (200, b"/2"),
            (200, b"/3"),
        ]


@on_uvloop
async def test_client_that_sends_on_and_on_is_not_read():
    """While requests wait, no more is read, and few of them have become objects."""
    gate = Gate()
    async with Site(gate) as site:
        client = await site.connect()
        client.send(GET * (1 << 19))  # more than the kernel's buffers hold
        await until(lambda: gate.entered)
        transport = site.connection.transport
        await until(lambda: not transport.is_reading())
        assert client.writer.transport.get_write_buffer_size() > 0
        assert len(site.connection._queue) <= PIECE_BYTES // len(GET)
        client.abort()
        gate.open.set()


@on_uvloop
async def test_split_request_waits_for_its_rest():
    """Bytes may come one by one, after and before other requests."""
    data = get(1) + get(2)
    async with Site(path) as site:
        pieces = [data[i : i + 1] for i in range(len(data))]
        assert answers(await site.ask(get(0), *pieces)) == told(0, 1, 2)


@on_uvloop
async def test_request_after_the_last_is_not_answered():
    """What follows `Connection: close` is ignored, be it a request or not."""
    async with Site(path) as site:
        assert answers(await site.ask(get(1) + LAST + get(2))) == [
            *told(1),
            (200, b"'/'"),
        ]
        assert statuses(await site.ask(LAST + b"\0")) == [200]


@on_uvloop
async def test_refusal_comes_in_its_turn():
    """Requests before the one that is none are answered first."""
    async with Site(path) as site:
        data = await site.ask(get(1) + get(2) + b"none\r\n\r\n" + get(3))
        assert answers(data) == [*told(1, 2), (400, b"Bad Request\n")]


@on_uvloop
async def test_nothing_follows_a_broken_response():
    """Not even the refusal of what the client sent after."""
    broken = answering(start(), body(b"ab", more=True))
    async with Site(broken) as site:
        data = await site.ask(GET + b"none\r\n\r\n")
        assert data.endswith(b"\r\n\r\n2\r\nab\r\n")


@on_uvloop
async def test_body_is_asked_for_after_the_answers_before_it():
    """100 Continue does not break into another response."""
    gate = Gate()
    head = b"POST /2 HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 1\r\n\r\n"
    async with Site(gate) as site:
        client = await site.connect()
        client.send(get(1) + head)
        await until(lambda: gate.entered)
        gate.open.set()
        first = await client.read(b"\r\n\r\n/1")
        assert first.startswith(b"HTTP/1.1 200 OK\r\n")
        assert await client.read(b"\r\n\r\n") == b"HTTP/1.1 100 Continue\r\n\r\n"
        client.send(b"a")
        client.end()
        assert answers(await client.rest()) == [(200, b"/2")]


# Sizes.


def request_of(size: int) -> bytes:
    line = b"GET / HTTP/1.1\r\nA: "
    return line + b"a" * (size - len(line) - 4) + b"\r\n\r\n"


@on_uvloop
async def test_large_request_is_answered():
    """A request of the greatest size is one."""
    async with Site(hello) as site:
        assert statuses(await site.ask(request_of(LIMITS.request_bytes) + GET)) == [
            200,
            200,
        ]


@on_uvloop
async def test_too_large_head_is_refused():
    """The client gets to read why, though it is still sending."""
    async with Site(hello) as site:
        assert statuses(await site.ask(request_of(2 * LIMITS.request_bytes))) == [431]
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
        request = b"POST / HTTP/1.1\r\n%b\r\n\r\n20000\r\n" % head
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


# Clients that end.


@on_uvloop
async def test_half_closed_client_is_answered():
    """A client may end its side after its requests (`printf … | nc`)."""
    gate = Gate()
    async with Site(gate) as site:
        client = await site.connect()
        client.send(get(1) + get(2))
        client.end()
        await until(lambda: gate.entered)
        transport = site.connection.transport
        await until(lambda: not transport.is_reading())  # the end has come
        gate.open.set()
        assert answers(await client.rest()) == [(200, b"/1"), (200, b"/2")]
        await until(lambda: not site.state.connections)


@pytest.mark.parametrize("data", [b"", b"GET / HT"], ids=["nothing", "a part"])
def test_client_that_ends_is_let_go(data):
    """One that ends without a whole request gets nothing."""

    @on_uvloop
    async def check():
        async with Site(hello) as site:
            assert await site.ask(data) == b""
            await until(lambda: not site.state.connections)

    check()


@on_uvloop
async def test_client_that_goes_does_not_stop_the_app():
    """The app ends what it does, awaited by the server; what waited is dropped."""
    gate = Gate()
    async with Site(gate) as site:
        client = await site.connect()
        client.send(get(1))
        await until(lambda: gate.entered)
        client.abort()
        await until(lambda: not site.state.connections)
        assert len(site.state.tasks) == 1
        gate.open.set()
        await until(lambda: not site.state.tasks)
        assert gate.left == ["/1"]


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
            await until(lambda: site.connection._partial_bytes > len(deadlines))
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
        await until(lambda: site.connection._partial_bytes)
        gate.open.set()
        await client.read(b"\r\n\r\n/1")
        site.expire(6)  # more than the keep-alive time
        client.send(b" HTTP/1.1\r\n\r\n")
        client.end()
        assert answers(await client.rest()) == [(200, b"/2")]


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
async def test_refused_client_that_ends_is_let_go():
    """The end may have come before the answer to the requests before."""
    gate = Gate()
    async with Site(gate) as site:
        client = await site.connect()
        client.send(get(1) + b"none\r\n\r\n")
        client.end()
        await until(lambda: gate.entered)
        transport = site.connection.transport
        await until(lambda: not transport.is_reading())
        gate.open.set()
        assert statuses(await client.rest()) == [200, 400]
        await until(lambda: not site.state.connections)


# The server's end.


class Served:
    """uvicorn's own server, in this loop."""

    def __init__(self, app: Any) -> None:
        self.server = uvicorn.Server(configure(app))
        self._sock = listener()
        self._address = self._sock.getsockname()

    async def start(self) -> None:
        self.task = asyncio.create_task(self.server.serve(sockets=[self._sock]))
        await until(lambda: self.server.started)

    async def connect(self) -> Client:
        return Client(*await asyncio.open_connection(*self._address))


@on_uvloop
async def test_server_ends_without_dropping_a_request():
    """Idle clients are let go; busy ones get their answer, and it says it is the last."""
    gate = Gate()
    served = Served(gate)
    await served.start()
    connections = served.server.server_state.connections
    idle, refused, busy, gone = [await served.connect() for _ in range(4)]
    refused.send(b"none\r\n\r\n")
    await refused.read(b"Bad Request\n")
    busy.send(get(1) + get(2))
    gone.send(get(3))
    await until(lambda: len(gate.entered) == 2)
    gone.abort()
    await until(lambda: len(connections) == 3)
    served.server.should_exit = True
    assert await idle.rest() == b""
    assert await refused.rest() == b""
    assert not served.task.done()
    gate.open.set()
    answer = await busy.rest()
    assert answers(answer) == [(200, b"/1")]
    assert b"\r\nconnection: close\r\n" in answer
    await served.task
    assert sorted(gate.left) == ["/1", "/3"]
    assert served.server.server_state.total_requests == 2
    for client in (idle, refused, busy, gone):
        await client.close()


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


# What others ask about a connection.


def limited(limits: Limits) -> Any:
    return partial(HttpProtocol, limits=limits)


@on_uvloop
async def test_size_of_a_request_can_be_chosen():
    """More than that is refused, less is not."""
    async with Site(hello, http=limited(Limits(request_bytes=100))) as site:
        head = b"GET / HTTP/1.1\r\nX: %b\r\n\r\n"
        assert statuses(await site.ask((head % (b"x" * 60))[:-2])) == []
        assert statuses(await site.ask((head % (b"x" * 100))[:-2])) == [431]


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
        client.send(b"POST / HTTP/1.1\r\nContent-Length: 2\r\n\r\nx")
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


# uvicorn's own protocol as the model.

METHODS = st.sampled_from([b"GET", b"POST", b"OPTIONS", b"PUT", b"DELETE"])
TARGETS = st.sampled_from(
    [b"/", b"/a?b=c", b"/%C3%BC%2f?x=%20&y", b"http://h/a/b?c", b"*", b"//a", b"/a?b?c"]
)
HEADERS = st.lists(
    st.sampled_from(
        [
            b"A: b",
            b"Cookie: a=b; c=d",
            b"Cookie: e",
            b"Empty:",
            b"X: \xff",
            b"Connection: keep-alive",
        ]
    ),
    max_size=4,
)
BODIES = st.one_of(st.none(), st.binary(max_size=40))


def chunked(data: bytes, size: int) -> bytes:
    pieces = [data[i : i + size] for i in range(0, len(data), size)]
    return b"".join(b"%x\r\n%b\r\n" % (len(p), p) for p in pieces) + b"0\r\n\r\n"


@st.composite
def requests(draw: st.DrawFn) -> bytes:
    lines = [b"%b %b HTTP/1.1" % (draw(METHODS), draw(TARGETS)), b"Host: x"]
    lines += draw(HEADERS)
    content = draw(BODIES)
    if content is None:
        return b"\r\n".join(lines) + b"\r\n\r\n"
    if draw(st.booleans()):
        lines.append(b"Content-Length: %d" % len(content))
    else:
        lines.append(b"Transfer-Encoding: chunked")
        content = chunked(content, draw(st.integers(1, 40)))
    return b"\r\n".join(lines) + b"\r\n\r\n" + content


@settings(max_examples=60, deadline=None)
@given(
    sent=st.lists(requests(), min_size=1, max_size=5).map(b"".join),
    cuts=st.lists(st.integers(0, 600), max_size=8).map(sorted),
)
def test_answers_are_those_of_uvicorn(sent, cuts):
    """However the bytes are split, status and body are what uvicorn's protocol gives."""
    edges = [0, *[cut for cut in cuts if cut < len(sent)], len(sent)]
    pieces = [sent[a:b] for a, b in pairwise(edges)]

    @on_uvloop
    async def check():
        got = []
        for http in (HttpProtocol, HttpToolsProtocol):
            async with Site(echo, http=http) as site:
                client = await site.connect()
                for piece in [*pieces, LAST]:
                    client.send(piece)
                    await client.sent()
                got.append(answers(await client.rest()))
        ours, model = got
        assert ours == model

    check()
