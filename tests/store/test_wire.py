"""The pipelined connection, against a real Valkey and a server that misbehaves."""

import asyncio
from contextlib import suppress
from typing import Any

import pytest

from hitsvc.counting import Outcome, spell
from hitsvc.errors import CounterUnavailable
from hitsvc.store.replies import Replies
from hitsvc.store.wire import Wire
from tests.support.pacing import impatient
from tests.support.scripted import Script, serving


def wire_to(url: str, timeout_s: float, **options: Any) -> Wire:
    """Make a wire that connects as often as it is asked to."""
    return Wire(url, timeout_s, pacing=impatient(), **options)


async def ask(wire: Wire, *commands: str) -> list[Any]:
    """Send commands whose words hold no space."""
    spelled = [spell(*command.split()) for command in commands]
    return await wire.execute("".join(spelled), len(spelled))


async def test_many_commands_give_as_many_replies(valkey_url):
    """Replies come in the order of the commands, of every type."""
    wire = wire_to(valkey_url, 5)
    replies = await ask(wire, "INCRBY n 3", "SET t 1 EX 60", "GET none", "TTL t")
    assert replies == [3, b"OK", None, 60]
    await wire.close()


async def test_error_reply_is_returned_not_raised(valkey_url):
    """A refused command leaves its neighbours their replies."""
    wire = wire_to(valkey_url, 5)
    set_, incr, get = await ask(wire, "SET word x", "INCR word", "GET word")
    assert (set_, get) == (b"OK", b"x")
    assert "not an integer" in str(incr)
    await wire.close()


async def test_connection_is_kept():
    """Two batches share one connection."""
    script = Script(b"+PONG\r\n", b"+PONG\r\n")
    async with serving(script) as url:
        wire = wire_to(url, 5)
        await ask(wire, "PING")
        await ask(wire, "PING")
        assert script.connections == 1
        await wire.close()


async def together(wire: Wire, *commands: str) -> list[Any]:
    """Send several batches at the same time, and return what each got."""
    asked = (ask(wire, command) for command in commands)
    said: list[Any] = await asyncio.gather(*asked, return_exceptions=True)
    return said


async def test_batches_on_their_way_share_a_connection(valkey_url):
    """Also those that come while it is being opened; each gets its own replies."""
    wire = wire_to(valkey_url, 5)
    for _ in range(2):
        said = await together(wire, "ECHO a", "ECHO b", "ECHO c")
        assert said == [[b"a"], [b"b"], [b"c"]]
    (clients,) = await ask(wire, "CLIENT LIST")
    assert clients.count(b"cmd=") == 1
    await wire.close()


async def test_replies_are_shared_out_wherever_the_network_cuts():
    """A piece may end one batch's replies and begin another's."""

    async def handler(reader, writer):
        await reader.readuntil(b"C\r\n")
        for piece in (b"+A\r\n+", b"B\r\n:1\r\n+", b"C\r\n"):
            writer.write(piece)
            await writer.drain()
            await asyncio.sleep(0.001)

    async with serving(handler) as url:
        wire = wire_to(url, 5)
        a, b = await asyncio.gather(ask(wire, "A"), ask(wire, "B", "I", "C"))
        assert [a, b] == [[b"A"], [b"B", 1, b"C"]]
        await wire.close()


@pytest.mark.parametrize(
    ("reply", "reason"),
    [
        pytest.param(None, "closed the connection", id="a lost connection"),
        pytest.param(b"?\r\n", "not Redis", id="nonsense"),
        pytest.param(b"+A\r\n+B\r\n+C\r\n", "reply to nothing", id="one too many"),
        pytest.param(b"", "did not answer", id="silence"),
    ],
)
async def test_all_on_their_way_fail_together(reply, reason):
    """Nobody knows which of them were executed; none is sent again."""
    received = []

    async def handler(reader, writer):
        received.append(await reader.readuntil(b"B\r\n"))
        if reply is not None:
            writer.write(reply)
            await reader.read()

    async with serving(handler) as url:
        wire = wire_to(url, 5 if reply != b"" else 0.05)
        first, second = await together(wire, "A", "B")
        assert reason in str(first)
        assert reason in str(second)
        assert received == [(spell("A") + spell("B")).encode()]
        await wire.close()


async def test_reply_in_pieces_is_put_together():
    """It does not matter where the network cuts."""

    async def handler(reader, writer):
        await reader.read(100)
        for piece in (b":1", b"2\r", b"\n+O", b"K\r\n"):
            writer.write(piece)
            await writer.drain()
            await asyncio.sleep(0)

    async with serving(handler) as url:
        wire = wire_to(url, 5)
        assert await ask(wire, "INCR n", "SET a 1") == [12, b"OK"]
        await wire.close()


async def test_password_and_database_are_said_first():
    """A URL with credentials and a number authenticates and selects."""
    script = Script(b"+OK\r\n+OK\r\n", b"+PONG\r\n")
    async with serving(script) as url:
        wire = wire_to(url.replace("//", "//user:p%40ss@") + "/2", 5)
        await ask(wire, "PING")
        await wire.close()
    assert script.received[0] == (
        b"*3\r\n$4\r\nAUTH\r\n$4\r\nuser\r\n$4\r\np@ss\r\n"
        b"*2\r\n$6\r\nSELECT\r\n$1\r\n2\r\n"
    )


async def test_password_without_a_user_is_said_alone():
    """The old form of AUTH, for stores that know only one user."""
    script = Script(b"+OK\r\n", b"+PONG\r\n")
    async with serving(script) as url:
        wire = wire_to(url.replace("//", "//:secret@"), 5)
        await ask(wire, "PING")
        await wire.close()
    assert script.received[0] == b"*2\r\n$4\r\nAUTH\r\n$6\r\nsecret\r\n"


async def test_refused_password_is_an_error():
    """The batch is not sent on a connection that was refused."""
    script = Script(b"-WRONGPASS no\r\n")
    async with serving(script) as url:
        with pytest.raises(CounterUnavailable, match="WRONGPASS"):
            await ask(wire_to(url.replace("//", "//:bad@"), 5), "PING")
    assert len(script.received) == 1


async def test_nobody_there_is_an_error(tmp_path):
    """A refused or missing socket is the domain's error."""
    with pytest.raises(CounterUnavailable, match="cannot be reached"):
        await ask(wire_to(f"unix://{tmp_path}/none", 5), "PING")


async def test_silence_is_an_error_after_the_timeout():
    """A server that does not answer is given up, and its connection dropped."""
    script = Script()
    async with serving(script) as url:
        wire = wire_to(url, 0.02)
        with pytest.raises(CounterUnavailable, match=r"within 0\.02 s"):
            await ask(wire, "PING")
        with pytest.raises(CounterUnavailable):
            await ask(wire, "PING")
        assert script.connections == 2


async def test_silent_greeting_is_an_error_after_the_timeout():
    """The time-out covers connecting and authenticating."""
    async with serving(Script()) as url:
        with pytest.raises(CounterUnavailable, match="within"):
            await ask(wire_to(url.replace("//", "//:secret@"), 0.02), "PING")


async def test_late_reply_is_never_taken_for_another():
    """After a time-out the next batch has a connection of its own."""
    release = asyncio.Event()
    answers = iter([b"+LATE\r\n", b"+RIGHT\r\n"])

    async def handler(reader, writer):
        answer = next(answers)
        await reader.read(100)
        if answer == b"+LATE\r\n":
            await release.wait()
        writer.write(answer)

    async with serving(handler) as url:
        wire = wire_to(url, 0.02)
        with pytest.raises(CounterUnavailable):
            await ask(wire, "PING")
        release.set()
        slow_machine = wire_to(url, 5)
        assert await ask(slow_machine, "PING") == [b"RIGHT"]
        await slow_machine.close()


async def test_reply_that_lies_ready_at_the_deadline_is_taken():
    """A pause of this process longer than the time-out loses no answer."""
    script = Script(b"+PONG\r\n", b"+PONG\r\n")
    async with serving(script) as url:
        wire = wire_to(url, 0.05)
        await ask(wire, "PING")
        loop = asyncio.get_running_loop()
        asking = asyncio.create_task(ask(wire, "PING"))
        await asyncio.sleep(0)
        # The loop stands still past the deadline, as on a starved machine.
        until = loop.time() + 0.1
        while loop.time() < until:
            pass
        assert await asking == [b"PONG"]
        await wire.close()


async def test_deadline_of_an_answered_batch_is_forgotten():
    """The connection lives on when it comes."""
    script = Script(b"+PONG\r\n", b"+PONG\r\n")
    async with serving(script) as url:
        wire = wire_to(url, 0.05)
        await ask(wire, "PING")
        loop = asyncio.get_running_loop()
        until = loop.time() + 0.1
        while loop.time() < until:
            await asyncio.sleep(0)
        await ask(wire, "PING")
        assert script.connections == 1
        await wire.close()


async def test_lost_connection_is_an_error_and_not_repeated():
    """The server takes the batch and hangs up: unknown, so it is not sent again."""
    script = Script(None)
    async with serving(script) as url:
        with pytest.raises(CounterUnavailable, match="closed the connection"):
            await ask(wire_to(url, 5), "INCR n")
        assert script.connections == 1
        assert len(script.received) == 1


async def test_next_batch_connects_again():
    """After a lost connection the next batch finds the server by itself."""
    script = Script(None, b"+PONG\r\n")
    async with serving(script) as url:
        wire = wire_to(url, 5)
        with pytest.raises(CounterUnavailable):
            await ask(wire, "PING")
        assert await ask(wire, "PING") == [b"PONG"]
        await wire.close()


async def test_something_else_than_redis_is_an_error():
    """An HTTP server at that port is said to be no Redis."""
    async with serving(Script(b"HTTP/1.1 400 Bad Request\r\n\r\n")) as url:
        with pytest.raises(CounterUnavailable, match="not Redis"):
            await ask(wire_to(url, 5), "PING")


async def test_cancelled_batch_leaves_no_connection():
    """A cancelled call drops the connection, so that its reply goes nowhere."""
    script = Script(b"", b"+PONG\r\n")
    async with serving(script) as url:
        wire = wire_to(url, 5)
        asking = asyncio.create_task(ask(wire, "PING"))
        while not script.received:
            await asyncio.sleep(0.001)
        asking.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asking
        assert await ask(wire, "PING") == [b"PONG"]
        assert script.connections == 2
        await wire.close()


async def test_a_batch_that_is_cancelled_on_an_open_connection_ends_it():
    """But not if it has been answered already."""
    script = Script(b"+PONG\r\n", b"+PONG\r\n", b"")
    async with serving(script) as url:
        wire = wire_to(url, 5)
        assert await ask(wire, "PING") == [b"PONG"]
        answered = wire.execute(spell("PING"), 1)
        assert await answered == [b"PONG"]
        assert isinstance(answered, Outcome)
        assert not answered.cancel()
        assert wire.is_connected
        asked = wire.execute(spell("PING"), 1)
        assert isinstance(asked, Outcome)
        assert asked.cancel()
        assert not wire.is_connected
        await wire.close()


class Nowhere(asyncio.Transport):
    """Takes what is written to it."""

    def write(self, _data: Any) -> None: ...


async def test_reply_to_a_cancelled_batch_goes_nowhere():
    """One that comes before the connection is dropped; the next is another batch's."""
    replies = Replies()
    replies.connection_made(Nowhere())
    deadline = asyncio.get_running_loop().time() + 5
    cancelled, other = (replies.ask(b"", 1, deadline) for _ in range(2))
    cancelled.cancel()
    replies.data_received(b"+A\r\n+B\r\n")
    assert await other == [b"B"]


async def test_reply_to_nothing_ends_the_connection():
    """More replies than questions: what follows could be anyone's, so none is used."""
    script = Script(b"+PONG\r\n+EXTRA\r\n", b"+PONG\r\n")
    async with serving(script) as url:
        wire = wire_to(url, 5)
        with pytest.raises(CounterUnavailable, match="reply to nothing"):
            await ask(wire, "PING")
        assert await ask(wire, "PING") == [b"PONG"]
        await wire.close()


async def test_reply_while_nothing_is_asked_ends_the_connection():
    """A stray reply between two batches is not taken for the second one's."""
    stray, dropped = asyncio.Event(), asyncio.Event()
    second = Script(b"+PONG\r\n")

    async def handler(reader, writer):
        if stray.is_set():
            await second(reader, writer)
            return
        await reader.read(100)
        writer.write(b"+PONG\r\n")
        await stray.wait()
        writer.write(b"+STRAY\r\n")
        with suppress(ConnectionError):
            await reader.read(100)
        dropped.set()

    async with serving(handler) as url:
        wire = wire_to(url, 5)
        await ask(wire, "PING")
        stray.set()
        await dropped.wait()
        assert await ask(wire, "PING") == [b"PONG"]
        await wire.close()


async def test_place_is_looked_for_before_each_connection():
    """A server that moves is followed; its old address is not asked again."""
    old, new = Script(b"+OLD\r\n", None), Script(b"+NEW\r\n", b"+NEW\r\n")
    async with serving(old) as old_url, serving(new) as new_url:
        places = iter((old_url, new_url))

        async def find() -> tuple[str, int]:
            return "127.0.0.1", int(next(places).rpartition(":")[2])

        wire = wire_to("redis://primary:0", 5, find=find)
        assert await ask(wire, "PING") == [b"OLD"]
        with pytest.raises(CounterUnavailable):
            await ask(wire, "PING")
        assert await ask(wire, "PING") == [b"NEW"]
        assert await ask(wire, "PING") == [b"NEW"]
        await wire.close()


async def test_place_that_is_not_found_is_an_error():
    """With the finder's own reason, or, if it never ends, that of the time-out."""

    async def fail() -> tuple[str, int]:
        raise CounterUnavailable("it is nowhere")  # noqa: TRY003, EM101

    async def wait() -> tuple[str, int]:
        await asyncio.Event().wait()
        raise AssertionError

    for find, reason in ((fail, "it is nowhere"), (wait, "within 0.02 s")):
        with pytest.raises(CounterUnavailable, match=reason):
            await ask(wire_to("redis://primary:0", 0.02, find=find), "PING")


async def test_errors_name_the_server():
    """With the name that the wire was given."""
    for script, reason in (
        (Script(None), "Sentinel X cannot be reached"),
        (Script(), "Sentinel X did not answer"),
        (Script(b"-WRONGPASS no\r\n"), "Sentinel X refused the connection"),
    ):
        async with serving(script) as url:
            password = ":p@" if "refused" in reason else ""
            wire = wire_to(url.replace("//", f"//{password}"), 0.1, name="Sentinel X")
            with pytest.raises(CounterUnavailable, match=reason):
                await ask(wire, "PING")


async def test_closing_twice_is_fine(valkey_url):
    """Closing an unused or a closed wire does nothing."""
    wire = wire_to(valkey_url, 5)
    await wire.close()
    await ask(wire, "PING")
    await wire.close()
    await wire.close()


async def test_a_server_that_is_left_has_its_batches_fail():
    """With the reason; the next batch connects again."""
    script = Script(b"+PONG\r\n", b"", b"+PONG\r\n")
    async with serving(script) as url:
        wire = wire_to(url, 5)
        wire.leave("before there is a connection")
        assert not wire.is_connected
        await ask(wire, "PING")
        assert wire.is_connected
        asking = asyncio.create_task(ask(wire, "PING"))
        while len(script.received) < 2:
            await asyncio.sleep(0.001)
        wire.leave("another is better")
        assert not wire.is_connected
        with pytest.raises(CounterUnavailable, match="another is better"):
            await asking
        assert await ask(wire, "PING") == [b"PONG"]
        assert script.connections == 2
        await wire.close()
