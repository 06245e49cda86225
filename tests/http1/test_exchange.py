"""What becomes of an app's response, and of apps that get it wrong."""

import asyncio
import logging

import pytest

from hitsvc.http1.exchange import READY_HEADERS
from hitsvc.http1.ready_headers import ReadyHeaders
from tests.support.sockets import (
    GET,
    Site,
    answering,
    answers,
    body,
    hello,
    on_uvloop,
    start,
    statuses,
    until,
)

HEAD = b"HEAD / HTTP/1.1\r\nHost: x\r\n\r\n"
OLD = b"GET / HTTP/1.0\r\n\r\n"
OLD_KEPT = b"GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n"
FAILED = b"Internal Server Error\n"
STREAM = [body(b"ab", more=True), body(b"", more=True), body(b"c")]


def length(number: int) -> list[tuple[bytes, bytes]]:
    return [(b"content-length", b"%d" % number)]


WRITTEN = [
    pytest.param(
        GET, [start(), body(b"a")], b"content-length: 1\r\n\r\na", id="length added"
    ),
    pytest.param(
        GET,
        [start(200, [(b"a", b"1"), (b"a", b"2"), *length(1)]), body(b"a")],
        b"a: 1\r\na: 2\r\ncontent-length: 1\r\n\r\na",
        id="headers as they are",
    ),
    pytest.param(
        GET, [start(299), body()], b"content-length: 0\r\n\r\n", id="status 299"
    ),
    pytest.param(GET, [start(204), body()], b"\r\n", id="204"),
    pytest.param(
        GET, [start(304, [(b"etag", b"x")]), body(b"a")], b"etag: x\r\n\r\n", id="304"
    ),
    pytest.param(
        HEAD, [start(200, length(9)), body()], b"content-length: 9\r\n\r\n", id="HEAD"
    ),
    pytest.param(HEAD, [start(), body(b"abc")], b"\r\n", id="HEAD with a body"),
    pytest.param(HEAD, [start(), *STREAM], b"\r\n", id="HEAD, stream"),
    pytest.param(GET, [start(304), *STREAM], b"\r\n", id="304, stream"),
    pytest.param(
        GET,
        [start(), *STREAM],
        b"transfer-encoding: chunked\r\n\r\n2\r\nab\r\n1\r\nc\r\n0\r\n\r\n",
        id="stream of unknown length",
    ),
    pytest.param(
        GET,
        [start(200, length(3)), *STREAM],
        b"content-length: 3\r\n\r\nabc",
        id="stream of known length",
    ),
    pytest.param(
        OLD, [start(), *STREAM], b"connection: close\r\n\r\nabc", id="1.0, stream"
    ),
    pytest.param(
        OLD_KEPT,
        [start(), *STREAM],
        b"connection: close\r\n\r\nabc",
        id="1.0 kept, stream",
    ),
    pytest.param(
        OLD_KEPT,
        [start(200, length(3)), *STREAM],
        b"content-length: 3\r\nconnection: keep-alive\r\n\r\nabc",
        id="1.0 kept, stream of known length",
    ),
    pytest.param(
        OLD_KEPT,
        [start(), body(b"a")],
        b"connection: keep-alive\r\ncontent-length: 1\r\n\r\na",
        id="1.0 kept",
    ),
    pytest.param(
        GET,
        [start(200, [(b"connection", b"close")]), body(b"a")],
        b"connection: close\r\ncontent-length: 1\r\n\r\na",
        id="the app closes",
    ),
]
WRONG = [
    pytest.param([], id="no response"),
    pytest.param([start()], id="no body"),
    pytest.param([body(b"a")], id="a body first"),
    pytest.param([start(), start(), body()], id="two starts"),
    pytest.param([start(200, [(b"a", b"1\nb: 2")]), body()], id="line feed"),
    pytest.param([start(200, [(b"a", b"1\rb: 2")]), body()], id="carriage return"),
    pytest.param([start(200, [(b"a", b"1\n")]), *STREAM], id="line feed, stream"),
    pytest.param([start(200, length(1)), body(b"ab")], id="longer than announced"),
    pytest.param([start(200, length(3)), body(b"ab")], id="shorter than announced"),
    pytest.param([start(100), body()], id="a status that ends nothing"),
]
CUT_SHORT = [
    pytest.param([start(), body(b"ab", more=True)], b"2\r\nab\r\n", id="no end"),
    pytest.param(
        [start(200, length(2)), body(b"a", more=True), body(b"bc")], b"a", id="too long"
    ),
    pytest.param(
        [start(200, length(4)), body(b"a", more=True), body(b"b")], b"a", id="too short"
    ),
    pytest.param(
        [start(), body(b"ab", more=True), start(), body()], b"2\r\nab\r\n", id="restart"
    ),
]


@pytest.mark.parametrize(("request_", "messages", "written"), WRITTEN)
def test_response_is_written(request_, messages, written):
    """After the status line come these bytes, and no others."""

    @on_uvloop
    async def check():
        async with Site(answering(*messages)) as site:
            line, _, rest = (await site.ask(request_)).partition(b"\r\n")
            assert line.startswith(b"HTTP/1.1 %d " % messages[0]["status"])
            assert rest == written

    check()


@pytest.mark.parametrize(
    ("own", "ready"),
    [
        pytest.param([], b"\r\na: 1\r\nb: 2", id="all"),
        pytest.param([(b"b", b"3")], b"\r\na: 1", id="all but its own"),
        pytest.param([(b"a", b"0"), (b"b", b"3")], b"", id="none"),
    ],
)
def test_ready_headers_are_sent_unless_the_response_has_its_own(own, ready):
    """What the app puts into the scope stands after the response's own headers."""

    async def app(scope, _receive, send):
        scope[READY_HEADERS] = ReadyHeaders([("a", "1"), ("b", "2")])
        await send(start(200, own))
        await send(body(b"x"))

    @on_uvloop
    async def check():
        async with Site(app) as site:
            head, _, _ = (await site.ask(GET)).partition(b"\r\n\r\n")
            assert head.endswith(b"content-length: 1" + ready)

    check()


@pytest.mark.parametrize("messages", WRONG)
def test_wrong_response_is_a_500(messages, caplog):
    """The client gets a whole 500, the last of its connection; the log says why."""

    @on_uvloop
    async def check():
        async with Site(answering(*messages)) as site:
            answer = await site.ask(GET + GET)
            assert answers(answer) == [(500, FAILED)]
            assert b"\r\nconnection: close\r\n" in answer

    check()
    assert [record.levelname for record in caplog.records] == ["ERROR"]


@pytest.mark.parametrize(("messages", "sent"), CUT_SHORT)
def test_broken_stream_is_cut_short(messages, sent):
    """A stream that does not end as announced ends with its connection."""

    @on_uvloop
    async def check():
        async with Site(answering(*messages)) as site:
            data = await site.ask(GET + GET)
            assert data.partition(b"\r\n\r\n")[2] == sent

    check()


@on_uvloop
async def test_head_and_body_are_one_write():
    """A response that is not streamed costs one system call."""
    writes: list[bytes] = []

    async def app(scope, receive, send):
        transport = site.connection.transport

        class Spy:
            def write(self, data):
                writes.append(data)
                transport.write(data)

            def __getattr__(self, name):
                return getattr(transport, name)

        site.connection.transport = Spy()
        await hello(scope, receive, send)

    async with Site(app) as site:
        assert await site.ask(GET) == writes[0]
        assert len(writes) == 1


@on_uvloop
async def test_failure_is_a_500_and_logged():
    """An app that raises is answered for; the next request finds it alive."""
    asked = []

    async def app(scope, receive, send):
        asked.append(scope["path"])
        if len(asked) == 1:
            msg = "oh"
            raise ValueError(msg)
        await hello(scope, receive, send)

    logging.getLogger("hitsvc.http1.exchange").setLevel(logging.CRITICAL)
    try:
        async with Site(app) as site:
            assert answers(await site.ask(GET)) == [(500, FAILED)]
            assert answers(await site.ask(GET)) == [(200, b"hello")]
    finally:
        logging.getLogger("hitsvc.http1.exchange").setLevel(logging.NOTSET)


@on_uvloop
async def test_cancelled_app_is_answered_for():
    """A cancellation from within the app leaves no client without an answer."""

    async def app(_scope, _receive, _send):
        raise asyncio.CancelledError

    async with Site(app) as site:
        assert answers(await site.ask(GET)) == [(500, FAILED)]


def test_second_response_is_the_apps_error(caplog):
    """It is not sent: the client has got the first, and can go on."""
    twice = [start(), body(b"a"), start(), body(b"b")]

    @on_uvloop
    async def check():
        async with Site(answering(*twice)) as site:
            assert answers(await site.ask(GET + GET)) == [(200, b"a")] * 2

    check()
    assert len(caplog.records) == 2


def test_body_after_the_end_is_the_apps_error(caplog):
    """It is not sent, even if it is empty."""

    @on_uvloop
    async def check():
        async with Site(answering(start(), body(b"a"), body())) as site:
            assert answers(await site.ask(GET + GET)) == [(200, b"a")] * 2

    check()
    assert len(caplog.records) == 2


@on_uvloop
async def test_app_learns_of_the_end_of_its_response():
    """After the request, `receive` waits until the response is sent."""
    seen = []

    async def app(scope, receive, send):
        seen.append(await receive())
        watch = asyncio.create_task(receive())
        other = asyncio.create_task(receive())
        await asyncio.sleep(0)
        assert not watch.done()
        cancelled = asyncio.create_task(receive())
        await asyncio.sleep(0)
        cancelled.cancel()
        await asyncio.sleep(0)
        await hello(scope, receive, send)
        seen.extend([await watch, await other, await receive()])

    async with Site(app) as site:
        assert statuses(await site.ask(GET)) == [200]
    gone = {"type": "http.disconnect"}
    whole = {"type": "http.request", "body": b"", "more_body": False}
    assert seen == [whole, gone, gone, gone]


@on_uvloop
async def test_app_learns_that_the_client_has_gone():
    """`receive` says so, sending is not an error then, and nobody is cancelled."""
    seen = []

    async def app(scope, receive, send):
        await receive()
        seen.append("waits")
        seen.append((await receive())["type"])
        await hello(scope, receive, send)
        seen.append("ends")

    async with Site(app) as site:
        client = await site.connect()
        client.send(GET)
        await until(lambda: seen)
        client.abort()
        await until(lambda: len(seen) == 3)
    assert seen == ["waits", "http.disconnect", "ends"]


def test_failure_after_the_client_has_gone_is_logged(caplog):
    """There is nobody to answer, but the log says so."""
    entered = []

    async def app(_scope, receive, _send):
        entered.append(await receive())
        await receive()
        msg = "too late"
        raise ValueError(msg)

    @on_uvloop
    async def check():
        async with Site(app) as site:
            client = await site.connect()
            client.send(GET)
            await until(lambda: entered)
            client.abort()
            await until(lambda: caplog.records)

    check()
    assert [record.message for record in caplog.records] == ["the app failed"]


def test_app_may_leave_a_client_that_has_gone(caplog):
    """To end without a response is no error when nobody waits for it."""
    entered = []

    async def app(_scope, receive, _send):
        entered.append(await receive())
        await receive()

    @on_uvloop
    async def check():
        async with Site(app) as site:
            client = await site.connect()
            client.send(GET)
            await until(lambda: entered)
            client.abort()
            await until(lambda: not site.state.connections and not site.state.tasks)

    check()
    assert not caplog.records
