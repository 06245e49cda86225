"""Following the primary: when it is left, when it is not, and a real move."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from typing import Any

import pytest

from hitsvc.counting.commands import spell
from hitsvc.errors import CounterUnavailable
from hitsvc.store.follower import Follower
from hitsvc.store.opening import open_backend
from hitsvc.store.sentinel_url import Address, SentinelURL
from hitsvc.store.sentinels import FRESH_S
from tests.support.processes import eventually
from tests.support.scripted import serving
from tests.support.sentinel import SERVICE, Watched, names, said
from tests.support.service import StartService
from tests.support.visitors import RefusedError

PING = spell("PING")
OFTEN_S = 0.0
NEVER_S = 600.0


class Store:
    """A server that answers with its name, and says what it is.

    Attributes:
        role: What it says that it is; `None` makes it mute.
        answers: Whether it answers commands.
        received: All it was sent.
        address: Where it is.
    """

    def __init__(self, name: str) -> None:
        self.role: str | None = "master"
        self.answers = True
        self.received = b""
        self.address: Address = ("127.0.0.1", 0)
        self._name = name

    async def __call__(self, reader: Any, writer: Any) -> None:
        while data := await reader.read(65536):
            self.received += data
            if b"INFO" in data and self.role:
                text = f"# Replication\r\nrole:{self.role}\r\nslaves:0\r\n"
                writer.write(f"${len(text)}\r\n{text}\r\n".encode())
            elif b"PING" in data and self.answers:
                writer.write(f"+{self._name}\r\n".encode())


class Watcher:
    """A Sentinel that says what it is told to, and counts how often it is asked."""

    def __init__(self, primary: Store, epoch: int | None = 1) -> None:
        self.primary = primary
        self.epoch = epoch
        self.asked = 0

    async def __call__(self, reader: Any, writer: Any) -> None:
        while await reader.read(65536):
            self.asked += 1
            writer.write(names(*self.primary.address, epoch=self.epoch))


class Scene:
    """Two stores, three Sentinels, and a follower that counts in the first store."""

    def __init__(self, old: Store, new: Store, watchers: list[Watcher]) -> None:
        self.old, self.new, self.watchers = old, new, watchers
        self.follower: Any = None

    async def answer(self) -> bytes:
        """Ask the primary who it is."""
        (reply,) = await self.follower.execute(PING, 1)
        return bytes(reply)

    async def looked(self, times: int = 2) -> None:
        """Wait until each Sentinel was asked so many times more."""
        before = [watcher.asked for watcher in self.watchers]
        await until(
            lambda: all(
                watcher.asked >= asked + times
                for watcher, asked in zip(self.watchers, before, strict=True)
            )
        )

    async def answers(self, name: bytes) -> None:
        """Ask until this one is the primary."""
        async with asyncio.timeout(10):
            while await self.answer_or_none() != name:
                await asyncio.sleep(0.01)

    async def answer_or_none(self) -> bytes | None:
        """Ask the primary who it is; it may be left at this moment."""
        try:
            return await self.answer()
        except CounterUnavailable:
            return None


async def until(fact: Callable[[], bool]) -> None:
    """Wait for a fact."""
    async with asyncio.timeout(10):
        while not fact():
            await asyncio.sleep(0.01)


@asynccontextmanager
async def playing(
    *, epoch: int | None = 1, every_s: float = OFTEN_S, timeout_s: float = 2.0
) -> AsyncIterator[Scene]:
    """Play a scene."""
    old, new = Store("OLD"), Store("NEW")
    watchers = [Watcher(old, epoch) for _ in range(3)]
    async with AsyncExitStack() as stack:

        async def place(handler: Any) -> str:
            url = await stack.enter_async_context(serving(handler))
            return url.partition("//")[2]

        for store in (old, new):
            store.address = "127.0.0.1", int((await place(store)).rpartition(":")[2])
        hosts = [await place(watcher) for watcher in watchers]
        url = SentinelURL.parse(f"redis+sentinel://{','.join(hosts)}/{SERVICE}")
        assert url
        scene = Scene(old, new, watchers)
        scene.follower = Follower(url, timeout_s, every_s=every_s)
        assert await scene.answer() == b"OLD"
        yield scene
        await scene.follower.close()


async def test_a_primary_that_was_replaced_is_left(caplog):
    """It lives and answers; one Sentinel that knows better is enough."""
    async with playing() as scene:
        scene.watchers[2].primary, scene.watchers[2].epoch = scene.new, 2
        await scene.answers(b"NEW")
        port = scene.new.address[1]
        assert caplog.messages == [
            f"The Sentinels name another primary, 127.0.0.1:{port}; it is used now"
        ]


async def test_what_is_on_its_way_fails_and_is_not_sent_again():
    """Nobody knows whether the old primary has counted it."""
    async with playing(timeout_s=10) as scene:
        scene.old.answers = False
        asking = asyncio.create_task(scene.answer())
        await until(lambda: scene.old.received.count(b"PING") == 2)
        scene.watchers[0].primary, scene.watchers[0].epoch = scene.new, 2
        with pytest.raises(CounterUnavailable, match="name another primary, 127"):
            await asking
        assert b"PING" not in scene.new.received
        await scene.answers(b"NEW")


@pytest.mark.parametrize("role", ["slave", None])
async def test_one_that_is_no_primary_is_not_gone_to(role):
    """Nor one that cannot be asked."""
    async with playing(timeout_s=1.0) as scene:
        scene.new.role = role
        for watcher in scene.watchers:
            watcher.primary, watcher.epoch = scene.new, 2
        await scene.looked()
        assert scene.new.received.count(b"INFO") > 0
        assert await scene.answer() == b"OLD"


async def test_one_that_says_nothing_of_itself_is_not_gone_to():
    """An error, where a user may not ask."""
    async with playing() as scene:
        scene.new.role = None

        async def refuse(reader: Any, writer: Any) -> None:
            while await reader.read(100):
                writer.write(b"-NOPERM no\r\n")

        async with serving(refuse) as url:
            elsewhere = Store("ELSEWHERE")
            elsewhere.address = "127.0.0.1", int(url.rpartition(":")[2])
            scene.watchers[0].primary, scene.watchers[0].epoch = elsewhere, 2
            await scene.looked()
            assert await scene.answer() == b"OLD"


async def test_a_sentinel_that_is_behind_leads_nobody_back():
    """The old primary still says that it is one."""
    async with playing() as scene:
        scene.watchers[0].primary, scene.watchers[0].epoch = scene.new, 2
        await scene.answers(b"NEW")
        pings = scene.old.received.count(b"PING")
        await scene.looked(3)
        assert await scene.answer() == b"NEW"
        assert scene.old.received.count(b"PING") == pings


async def test_without_numbers_only_one_that_all_name_is_gone_to():
    """Sentinels that may not be asked for the number of their decision."""
    async with playing(epoch=None) as scene:
        scene.watchers[0].primary = scene.new
        scene.watchers[1].primary = scene.new
        await scene.looked()
        assert await scene.answer() == b"OLD"
        scene.watchers[2].primary = scene.new
        await scene.answers(b"NEW")


async def test_who_doubts_has_the_sentinels_asked_at_once():
    """And not again before somebody doubts again."""
    async with playing(every_s=NEVER_S) as scene:
        scene.watchers[0].primary, scene.watchers[0].epoch = scene.new, 2
        assert await scene.answer() == b"OLD"
        scene.follower.doubt()
        await scene.answers(b"NEW")
        assert [watcher.asked for watcher in scene.watchers[1:]] == [2, 2]


async def test_nobody_is_asked_while_nothing_is_connected():
    """The next batch asks them anyway."""
    async with playing(every_s=NEVER_S) as scene:
        scene.follower._wire.leave("")
        scene.follower.doubt()
        await asyncio.sleep(2 * FRESH_S)  # a look comes within half of it
        assert [watcher.asked for watcher in scene.watchers] == [1, 1, 1]


async def test_a_connection_made_meanwhile_is_not_left():
    """The Sentinels are asked before it is made."""
    async with playing() as scene:
        other = Store("OTHER")
        gate = asyncio.Event()

        async def slow(reader: Any, writer: Any) -> None:
            await gate.wait()
            await other(reader, writer)

        async with serving(slow) as url:
            other.address = "127.0.0.1", int(url.rpartition(":")[2])
            scene.watchers[0].primary, scene.watchers[0].epoch = other, 2
            await scene.looked(1)
            # While the other is being asked what it is, the connection is lost, and
            # the Sentinels have decided once more.
            scene.watchers[0].primary, scene.watchers[0].epoch = scene.new, 3
            scene.watchers[1].primary, scene.watchers[1].epoch = scene.new, 3
            scene.watchers[2].primary, scene.watchers[2].epoch = scene.new, 3
            scene.follower._wire.leave("")
            await scene.answers(b"NEW")
            gate.set()
            await scene.looked()
            assert await scene.answer() == b"NEW"
            assert b"PING" not in other.received


async def test_closing_ends_the_watch():
    """No task is left; the next batch begins another, as after READONLY."""

    def watches() -> int:
        tasks = asyncio.all_tasks()
        return sum("look_again" in repr(task.get_coro()) for task in tasks)

    async with playing() as scene:
        await scene.looked(1)
        assert watches() == 1
        await scene.follower.close()
        await scene.follower.close()
        assert watches() == 0
        assert await scene.answer() == b"OLD"
        await scene.looked(1)
        assert watches() == 1
    assert watches() == 0


async def test_other_stores_cannot_be_doubted(valkey_url):
    """Nobody could tell of another."""
    for url in (valkey_url, "memory"):
        backend = open_backend(url, 5)
        backend.doubt()
        assert await backend.execute(PING, 1) in ([b"PONG"], [True])
        await backend.close()


@pytest.mark.service
def test_a_planned_move_is_noticed_within_seconds(service: StartService) -> None:
    """The old primary would go on taking hits for ten seconds, all of them lost."""
    watched = Watched()
    try:
        # Of several workers, one that had not counted yet would have nothing to leave.
        hits = service(store=watched.url, workers=1)
        assert [hits.count() for _ in range(20)] == list(range(1, 21))
        watched.in_step()
        watched.move()

        def noticed() -> bool:
            with suppress(RefusedError):
                hits.count()
            return hits.stderr.count("name another primary") == 1

        eventually(noticed)
        assert said(watched.primary, "ROLE")[0] == "master"
        total = hits.count()
        assert said(watched.replica, "GET hits:{example.com}") == str(total)
    finally:
        watched.close()
