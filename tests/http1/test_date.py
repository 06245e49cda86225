"""The date of responses (RFC 9110 6.6.1)."""

from functools import partial
from types import SimpleNamespace
from typing import Any

import pytest

from hitsvc.http1.date import DateField
from hitsvc.http1.protocol import HttpProtocol
from tests.support.connection import Answerer, Clock
from tests.support.sockets import (
    GET,
    Site,
    answering,
    body,
    hello,
    on_uvloop,
    start,
)

LINE = b"\r\ndate: Sun, 06 Nov 1994 08:49:37 GMT\r\n"
NOW = 784111777.4


def told(now: float = NOW) -> DateField:
    date = DateField()
    date.tick(now)
    return date


@pytest.mark.parametrize(
    ("app", "request_"),
    [
        pytest.param(hello, GET, id="of the app"),
        pytest.param(
            answering(start(), body(b"a", more=True), body()), GET, id="stream"
        ),
        pytest.param(answering(), GET, id="500"),
        pytest.param(hello, b"nonsense\r\n\r\n", id="400"),
        pytest.param(hello, b"OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n", id="of nobody"),
    ],
)
def test_every_response_tells_it_once(app: Any, request_: bytes) -> None:
    """Whoever makes it."""

    @on_uvloop
    async def check():
        async with Site(app, http=partial(HttpProtocol, date=told())) as site:
            head, _, _ = (await site.ask(request_)).partition(b"\r\n\r\n")
            assert (head + b"\r\n").count(LINE) == 1

    check()


def test_an_answer_of_the_express_lane_tells_it():
    """From the same place, so that it is as new."""
    loop = Clock()
    written: list[bytes] = []
    transport: Any = SimpleNamespace(
        write=written.append, get_extra_info=lambda _name: None
    )
    date = told()
    config = SimpleNamespace(loaded_app=(app := Answerer(loop)), timeout_keep_alive=5)
    state = SimpleNamespace(connections=set(), tasks=set(), total_requests=0)
    protocol = HttpProtocol(config, state, {}, loop, date=date)
    protocol.connection_made(transport)
    for now in (NOW, NOW + 1):
        date.tick(now)
        protocol.data_received(b"GET /lane/ HTTP/1.1\r\nHost: x\r\n\r\n")
        app.answer()
        loop.settle()
    protocol.connection_lost(None)
    loop.close()
    assert LINE in written[0]
    assert LINE.replace(b":37", b":38") in written[1]


@on_uvloop
async def test_a_date_of_the_app_stands():
    """There is one, and it is that."""
    own = answering(start(200, [(b"date", b"mine")]), body())
    async with Site(own, http=partial(HttpProtocol, date=told())) as site:
        data = await site.ask(GET)
        assert data.count(b"\r\ndate: ") == 1
        assert b"\r\ndate: mine\r\n" in data
