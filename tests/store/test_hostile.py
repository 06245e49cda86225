"""Servers that say what was not asked, or too much of it."""

import asyncio
import re
import socket

import pytest

from hitsvc.counting import Outcome, spell
from hitsvc.errors import CounterUnavailable
from hitsvc.store.not_redis import NotRedis
from hitsvc.store.replies import MAX_ANSWER_BYTES, Replies
from hitsvc.store.wire import Wire
from tests.support.pacing import impatient
from tests.support.scripted import serving

LONG = 60.0


class Line(asyncio.Transport):
    """A connection that notes whether it was cut off."""

    cut = False

    def write(self, _data: object) -> None: ...

    def abort(self) -> None:
        self.cut = True


def connected() -> tuple[Replies, Line]:
    replies, line = Replies(), Line()
    replies.connection_made(line)
    return replies, line


def ask(replies: Replies, expected: int = 1) -> Outcome[list[object]]:
    loop = asyncio.get_running_loop()
    return replies.ask(b"", expected, loop.time() + LONG)


UNASKED = [
    pytest.param(b"+PONG\r\n", "a reply to nothing", id="a reply"),
    pytest.param(b"$2000000000\r\n", "a reply to nothing", id="the head of a long one"),
    pytest.param(b"*3\r\n:1\r\n", "a reply to nothing", id="part of an array"),
    pytest.param(b"HTTP/1.1 400\r\n", "is not Redis", id="another protocol"),
    pytest.param(
        b"-ERR max number of clients reached\r\n", "max number", id="a reason"
    ),
]


@pytest.mark.parametrize(("data", "reason"), UNASKED)
async def test_what_nobody_asked_for_ends_the_connection(data, reason):
    """Before the first question, and between two; none of it is kept."""
    for asked in (False, True):
        replies, line = connected()
        if asked:
            question = ask(replies)
            replies.data_received(b"+OK\r\n")
            assert await question == [b"OK"]
        replies.data_received(data)
        assert line.cut
        assert replies.lost
        with pytest.raises(ConnectionError, match=reason):
            replies.check()


BEGINNINGS = [
    *(b":", b"+", b"-", b"$", b"*", b"_", b"%", b":5", b"+A", b":5\r", b"+A\r", b":-"),
    *(b"$0\r\n", b"$1\r\n", b"$2\r\n", b"$2\r\nab", b"$2000000000\r\n"),
    *(b"*1\r\n", b"*2\r\n:7\r\n", b"*1\r\n*1\r\n", b"%1\r\n:7\r\n", b"~1\r\n"),
]


@pytest.mark.parametrize("rest", BEGINNINGS)
async def test_the_beginning_of_a_reply_too_many_ends_the_connection(rest):
    """Else the next question would get it for its answer."""
    replies, line = connected()
    question = ask(replies)
    replies.data_received(b"+OK\r\n" + rest)
    assert await question == [b"OK"]
    assert line.cut


@pytest.mark.parametrize("asked", [False, True])
@pytest.mark.parametrize("data", [b"%1\r\n*1\r\n:1\r\n:2\r\n", b"?\r\n"])
async def test_what_python_cannot_hold_ends_the_connection(data, asked):
    """Such as a map of which a key is an array; nobody sees a traceback."""
    replies, line = connected()
    question = ask(replies) if asked else None
    replies.data_received(data)
    assert line.cut
    with pytest.raises(NotRedis, match="is not Redis"):
        await question if question else replies.check()


@pytest.mark.parametrize(
    "piece",
    [
        pytest.param(b"x" * 65536, id="one long text"),
        pytest.param(b":1\r\n" * 16384, id="an endless array"),
    ],
)
async def test_an_answer_has_a_bound(piece):
    """A server that sends on and on is left; what it sent is freed."""
    replies, line = connected()
    question = ask(replies)
    head = b"$2000000000\r\n" if piece[:1] == b"x" else b"*4000000\r\n"
    replies.data_received(head)
    sent = 0
    while not line.cut:
        replies.data_received(piece)
        sent += len(piece)
        assert sent <= MAX_ANSWER_BYTES + len(piece)
    with pytest.raises(NotRedis, match="more than anything"):
        await question


async def test_the_largest_answer_is_taken():
    """512 reads of a year; and then another, for the bound is each answer's."""
    replies, line = connected()
    year = b"*366\r\n" + b"$20\r\n-9223372036854775808\r\n" * 366
    for _ in range(2):
        question = ask(replies, 512)
        for _ in range(512):
            replies.data_received(year)
        assert len(await question) == 512
    assert not line.cut


async def test_a_connection_that_breaks_in_any_way_is_an_error():
    """The event loop may say why in its own words."""
    replies, _ = connected()
    question = ask(replies)
    replies.connection_lost(MemoryError("no room"))
    with pytest.raises(ConnectionError, match="no room"):
        await question


async def test_a_server_that_hangs_up_before_the_question_is_told_at_once():
    """Not after the time-out: there is nobody to wait for."""

    async def handler(_reader, writer):
        writer.write(b"-ERR max number of clients reached\r\n")

    async with serving(handler) as url:
        wire = Wire(url, LONG, pacing=impatient())
        for _ in range(5):
            try:
                (said,) = await wire.execute(spell("PING"), 1)  # if it came before
            except CounterUnavailable as ex:
                said = ex
            assert re.search("max number|closed the connection|reset", str(said))
        await wire.close()


@pytest.mark.parametrize("loop_name", ["asyncio", "uvloop"])
def test_idle_connections_are_kept_alive(loop_name):
    """The kernel asks for a sign of life, so that nothing between forgets them."""
    factory = pytest.importorskip(loop_name).new_event_loop

    async def silent(reader: asyncio.StreamReader, _: asyncio.StreamWriter) -> None:
        await reader.read()

    async def look() -> list[int]:
        async with serving(silent) as url:
            port = int(url.rpartition(":")[2])
            transport, _ = await asyncio.get_running_loop().create_connection(
                Replies, "127.0.0.1", port
            )
            connection = transport.get_extra_info("socket")
            found = [
                connection.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE),
                connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE),
                connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPINTVL),
            ]
            transport.abort()
            return found

    with asyncio.Runner(loop_factory=factory) as runner:
        assert runner.run(look()) == [1, 60, 20]
