"""A request that begins in the same bytes as the one before it ends."""

import math

import pytest

from hitsvc.http1.limits import Limits
from tests.support.connection import KEEP_ALIVE_S, Answerer, Clock, Wire, connect
from tests.support.sockets import answers

LIMITS = Limits()
END = b" HTTP/1.1\r\nHost: x\r\n\r\n"
POST = b"POST /app/1 HTTP/1.1\r\nHost: x\r\n"
FIRST = {
    "of the lane": (b"GET /lane/1" + END, 1),
    "of the app": (b"GET /app/1" + END, 1),
    "with a body": (POST + b"Content-Length: 9\r\n\r\nab\r\n\r\ncde", 1),
    "in chunks": (POST + b"Transfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\n\r\n", 1),
    "two": (b"GET /lane/1" + END + b"GET /app/2" + END, 2),
}
WAYS = {"in one": None, "in bytes": 1, "in fours": 4}


@pytest.fixture
def loop():
    """A clock that is told the time."""
    loop = Clock()
    yield loop
    loop.settle()
    loop.close()


def bring(wire: Wire, data: bytes, size: int | None) -> None:
    size = size or len(data)
    for i in range(0, len(data), size):
        wire.bring(data[i : i + size])


@pytest.mark.parametrize("size", WAYS.values(), ids=WAYS)
@pytest.mark.parametrize("first", FIRST.values(), ids=FIRST)
@pytest.mark.parametrize("begun", [b"G", b"GET /lane/3", b"GET /lane/3" + END[:-1]])
class TestBeginning:
    """It has the time and the room of any request."""

    def test_it_has_its_time_from_the_answer_on(self, loop, first, begun, size):
        """Ten seconds, not the seventy-five of a client that rests."""
        app = Answerer(loop)
        wire = connect(loop, app)
        data, requests = first
        bring(wire, data + begun, size)
        for _ in range(requests):
            loop.settle()
            assert wire.protocol.deadline == math.inf
            assert wire.protocol.idle_since is None
            loop.now += 100
            app.answer()
            loop.settle()
        assert wire.protocol.idle_since is None
        assert wire.protocol.deadline == loop.now + LIMITS.request_s
        loop.now += LIMITS.request_s
        wire.protocol.expire(loop.now)
        assert wire.lost

    def test_it_can_be_ended(self, loop, first, begun, size):
        """Then the client rests."""
        app = Answerer(loop)
        wire = connect(loop, app)
        data, requests = first
        bring(wire, data + begun, size)
        bring(wire, (b"GET /lane/3" + END)[len(begun) :], size)
        for _ in range(requests + 1):
            loop.settle()
            app.answer()
        loop.settle()
        assert [status for status, _ in answers(wire.sent)] == [200] * (requests + 1)
        assert wire.protocol.idle_since == loop.now
        assert wire.protocol.deadline == loop.now + KEEP_ALIVE_S
        wire.reset()


@pytest.mark.parametrize("size", [None, 100])
def test_its_first_bytes_count(loop, size):
    """Not one more than allowed, though they came with another request."""
    for too_many in (0, 1):
        app = Answerer(loop)
        wire = connect(loop, app)
        line = b"GET /lane/2 HTTP/1.1\r\nHost: x\r\nA: "
        rest = LIMITS.head_bytes - len(line) - 4
        head = line + b"a" * (rest + too_many) + b"\r\n\r\n"
        bring(wire, b"GET /lane/1" + END + head, size)
        loop.settle()
        app.answer()
        loop.settle()
        assert bool(app.waiting) is not too_many
        assert (b"HTTP/1.1 431 " in wire.sent) is bool(too_many)
        wire.reset()
        loop.settle()


def test_blank_lines_are_no_beginning(loop):
    """A client that sends them still rests, for as long as it may."""
    wire = connect(loop, Answerer(loop))
    deadline = wire.protocol.deadline
    wire.bring(b"\r\n\r\n")
    wire.bring(b"\r\n")
    assert wire.protocol.idle_since is not None
    assert wire.protocol.deadline == deadline
    wire.reset()
