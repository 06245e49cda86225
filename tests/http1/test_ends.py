"""Ends of a connection, step by step."""

import pytest

from tests.support.connection import Answerer, Clock, Wire, connect
from tests.support.sockets import statuses

GET = b"GET /%b/1 HTTP/1.1\r\nHost: x\r\n%b\r\n"
NEXT = GET % (b"lane", b"")


@pytest.fixture
def loop():
    """A clock that is told the time."""
    loop = Clock()
    yield loop
    loop.settle()
    loop.close()


def served(loop: Clock) -> tuple[Wire, Answerer]:
    app = Answerer(loop)
    return connect(loop, app), app


@pytest.mark.parametrize("way", [b"lane", b"app"])
def test_who_sends_no_more_is_answered(loop, way):
    """And then let go."""
    wire, app = served(loop)
    wire.bring(GET % (way, b""))
    loop.settle()
    wire.end()
    assert not wire.lost
    app.answer()
    loop.settle()
    assert statuses(wire.sent) == [200]
    assert wire.lost


@pytest.mark.parametrize("way", [b"lane", b"app"])
@pytest.mark.parametrize(
    "field", [b"Connection: close\r\n", b"Connection: upgrade\r\n"]
)
@pytest.mark.parametrize("more", [b"", NEXT, b"none\r\n\r\n", b"\0" * 9])
def test_what_follows_the_last_request_is_ignored(loop, way, field, more):
    """Be it a request or not, in the same bytes or the next."""
    wire, app = served(loop)
    if b"upgrade" in field:
        field += b"Upgrade: h2c\r\n"
    wire.bring(GET % (way, field) + more)
    loop.settle()
    wire.bring(more)
    app.answer()
    loop.settle()
    assert statuses(wire.sent) == [200]
    assert not app.waiting
    assert wire.lost


def test_a_stop_changes_nothing_for_who_is_let_go(loop):
    """It waits for the client to read, as before."""
    wire, app = served(loop)
    wire.is_read = False
    wire.bring(GET % (b"lane", b"Connection: close\r\n"))
    app.answer()
    loop.settle()
    deadline = wire.protocol.deadline
    loop.now += 1
    wire.protocol.shutdown()
    assert not wire.lost
    assert wire.protocol.deadline == deadline
    wire.read()
    assert wire.lost


@pytest.mark.parametrize("way", [b"lane", b"app"])
def test_who_is_retired_is_answered_once_more(loop, way):
    """An idle connection stays open, and is told that this answer is the last."""
    wire, app = served(loop)
    wire.bring(GET % (way, b""))
    loop.settle()
    app.answer()
    loop.settle()
    wire.protocol.retire()
    wire.protocol.retire()
    loop.settle()
    assert not wire.lost
    before = len(wire.sent)
    wire.bring(GET % (way, b"") + NEXT)
    loop.settle()
    app.answer()
    loop.settle()
    last = wire.sent[before:]
    assert statuses(last) == [200]
    assert b"connection: close" in last
    assert wire.lost


@pytest.mark.parametrize("way", [b"lane", b"app"])
def test_who_is_retired_in_a_request_may_ask_for_another(loop, way):
    """The head of the answer at hand may be on its way."""
    wire, app = served(loop)
    wire.bring(GET % (way, b""))
    loop.settle()
    wire.protocol.retire()
    app.answer()
    loop.settle()
    assert b"connection: close" not in wire.sent
    assert not wire.lost
    wire.bring(NEXT)
    loop.settle()
    app.answer()
    loop.settle()
    assert statuses(wire.sent) == [200, 200]
    assert wire.lost


def test_who_has_gone_can_be_retired(loop):
    """The worker may not know yet."""
    wire, _ = served(loop)
    wire.protocol.drop()
    wire.protocol.retire()
    loop.settle()
    assert wire.lost


def test_who_is_refused_gains_no_time_by_ending(loop):
    """To read what was said, or to hold the connection."""
    wire, _ = served(loop)
    wire.is_read = False
    wire.bring(b"none\r\n\r\n")
    deadline = wire.protocol.deadline
    loop.now += 1
    wire.end()
    assert wire.protocol.deadline == deadline
    wire.read()
    assert statuses(wire.sent) == [400]
    assert wire.lost
