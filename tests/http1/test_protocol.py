"""One client's connection: its answers and their order, and how it ends."""

import asyncio
import gc
from itertools import pairwise
from typing import Any

import pytest
import uvicorn
from hypothesis import given, settings
from hypothesis import strategies as st
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from hitsvc.http1.exchange import Exchange
from hitsvc.http1.protocol import HttpProtocol
from tests.support.sockets import (
    GET,
    LAST,
    Client,
    Gate,
    Site,
    answering,
    answers,
    body,
    configure,
    echo,
    get,
    hello,
    listener,
    on_uvloop,
    start,
    statuses,
    telling,
    until,
)

path = telling("path")


def told(*numbers: int) -> list[tuple[int, bytes]]:
    return [(200, b"'/%d'" % number) for number in numbers]


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


def _exchanges() -> int:
    return sum(isinstance(found, Exchange) for found in gc.get_objects())


@on_uvloop
async def test_client_that_sends_on_and_on_is_not_read():
    """While requests wait, no more is read, and none of them has become an object."""
    gate = Gate()
    gc.collect()
    others = _exchanges()
    async with Site(gate) as site:
        client = await site.connect()
        client.send(GET * (1 << 19))  # more than the kernel's buffers hold
        await until(lambda: gate.entered)
        transport = site.connection.transport
        await until(lambda: not transport.is_reading())
        assert client.writer.transport.get_write_buffer_size() > 0
        assert _exchanges() - others == 1
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
    head = b"POST /2 HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 1\r\n\r\n"
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


# uvicorn's own protocol as the model.

METHODS = st.sampled_from([b"GET", b"POST", b"OPTIONS", b"PUT", b"DELETE"])
TARGETS = st.sampled_from(
    [b"/", b"/a?b=c", b"/%C3%BC%2f?x=%20&y", b"http://h/a/b?c", b"//a", b"/a?b?c"]
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
