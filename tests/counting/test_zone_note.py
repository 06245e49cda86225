"""The zone of the days, as it is written in the store."""

import asyncio
import logging
from typing import Any

import pytest
from fakeredis import FakeAsyncRedis, FakeServer
from redis.exceptions import ResponseError

from hitsvc.counting import Keys, ZoneNote, spell, zone_kept
from hitsvc.errors import CounterUnavailable
from hitsvc.store.client_backend import ClientBackend

KEYS = Keys("hits:")


def opened(server: FakeServer, zone: str) -> ZoneNote:
    """Make one that writes to a store."""
    backend = ClientBackend(FakeAsyncRedis(server=server), 5)
    return ZoneNote(KEYS, zone, backend.execute, retry_s=0)


async def kept(server: FakeServer) -> str:
    """Read what is written."""
    backend = ClientBackend(FakeAsyncRedis(server=server), 5)
    return await zone_kept(KEYS, backend.execute)


async def written(server: FakeServer, zone: str) -> None:
    """Begin a service with this zone, and end it when it has written that."""
    note = opened(server, zone)
    note.begin()
    while (await kept(server) or "UTC") != zone:
        await asyncio.sleep(0)
    await note.close()


@pytest.mark.parametrize(
    ("zones", "told"),
    [
        (["UTC"], []),
        (["UTC", "UTC"], []),
        (["Asia/Kolkata"], ["of Asia/Kolkata from now on, until now of UTC"]),
        (["Asia/Kolkata"] * 2, ["of Asia/Kolkata from now on, until now of UTC"]),
        (
            ["UTC", "Asia/Kolkata", "UTC"],
            [
                "of Asia/Kolkata from now on, until now of UTC",
                "of UTC from now on, until now of Asia/Kolkata",
            ],
        ),
    ],
    ids=["default", "default again", "first", "the same again", "there and back"],
)
async def test_a_change_is_told(zones, told, caplog):
    """And nothing else; who has written none counted in UTC."""
    server = FakeServer()
    with caplog.at_level(logging.WARNING):
        for zone in zones:
            await written(server, zone)

    assert len(caplog.messages) == len(told)
    for line, part in zip(caplog.messages, told, strict=True):
        assert part in line


async def test_a_store_that_is_away_gets_it_later(caplog):
    """When it comes back."""
    server = FakeServer()
    server.connected = False
    note = opened(server, "Asia/Kolkata")
    note.begin()
    for _ in range(10):
        await asyncio.sleep(0)
    server.connected = True
    while await kept(server) != "Asia/Kolkata":
        await asyncio.sleep(0)
    await note.close()


async def test_a_service_ends_before_it_is_written():
    """It leaves it to the next."""
    server = FakeServer()
    server.connected = False
    note = opened(server, "Asia/Kolkata")
    note.begin()
    await asyncio.sleep(0)
    await note.close()
    server.connected = True
    assert await kept(server) == ""


async def test_the_default_is_not_written():
    """A store without a zone stays as it is."""
    said = []

    async def send(commands: str, expected: int) -> Any:
        said.append(commands)
        return [None]

    note = ZoneNote(KEYS, "UTC", send)
    note.begin()
    while not said:
        await asyncio.sleep(0)
    await note.close()
    assert said == [spell("GET", KEYS.zone)]


async def test_one_process_tells_it(caplog):
    """Though each has found it out."""
    server = FakeServer()
    backend = ClientBackend(FakeAsyncRedis(server=server), 5)
    with caplog.at_level(logging.WARNING):
        note = ZoneNote(KEYS, "Asia/Kolkata", backend.execute, lambda: False)
        note.begin()
        while not await kept(server):
            await asyncio.sleep(0)
        await asyncio.sleep(0)
        await note.close()
    assert caplog.messages == []


async def test_a_store_that_refuses_is_asked_again():
    """As one that is a replica for a moment; nothing is told before it is written."""
    replies = [[b"UTC"], [ResponseError("READONLY")], [b"UTC"], [b"OK"]]
    said = []

    async def send(commands: str, expected: int) -> Any:
        said.append(commands)
        return replies[len(said) - 1]

    note = ZoneNote(KEYS, "Asia/Kolkata", send, retry_s=0)
    note.begin()
    while len(said) < 4:
        await asyncio.sleep(0)
    await note.close()
    assert len(said) == 4


async def test_one_that_never_began_ends():
    """As of an app whose server did not start."""
    await opened(FakeServer(), "UTC").close()


async def test_what_is_no_name_is_an_error():
    """A store that refuses tells no zone."""
    server = FakeServer()
    await FakeAsyncRedis(server=server).sadd(KEYS.zone, "UTC")
    with pytest.raises(CounterUnavailable, match="WRONGTYPE"):
        await kept(server)
