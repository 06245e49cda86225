"""The tally of sites that are not counted: for the operator, and bounded."""

import logging
from collections.abc import Sequence
from typing import Any

import pytest
from fakeredis import FakeAsyncRedis

from hitsvc.counting.keys import Keys
from hitsvc.counting.refused import (
    KEPT_S,
    MAX_IN_LOG,
    MAX_IN_MEMORY,
    MAX_IN_STORE,
    WRITE_EVERY_S,
    RefusedSites,
)
from hitsvc.errors import CounterUnavailable
from hitsvc.store.client_backend import ClientBackend

NAME = "hits:refused"


class Tally:
    """A tally, the store that it is written to, and the time."""

    def __init__(self) -> None:
        self.redis = FakeAsyncRedis(decode_responses=True)
        self.now = 0.0
        backend = ClientBackend(self.redis, 5)
        self.sites = RefusedSites(Keys("hits:"), backend.execute, lambda: self.now)

    async def stored(self) -> dict[str, float]:
        await self.sites.close()
        found: Any = await self.redis.zrange(NAME, 0, -1, withscores=True)
        return dict(found)


@pytest.fixture(name="tally")
def _tally() -> Tally:
    return Tally()


async def test_sites_are_counted(tally):
    """How often each asked; the rest is written at the end."""
    for site in ("a.example", "b.example", "a.example"):
        tally.sites.add(site)
    assert await tally.stored() == {"a.example": 2, "b.example": 1}


async def test_it_adds_up_over_time(tally):
    """What is written is added to what is there."""
    tally.sites.add("a.example")
    await tally.stored()
    tally.now += WRITE_EVERY_S
    tally.sites.add("a.example")
    assert await tally.stored() == {"a.example": 2}


async def test_it_is_written_once_a_minute_at_most(tally, caplog):
    """However often somebody asks."""
    for step in (0, WRITE_EVERY_S - 1, 1):
        tally.now += step
        for _ in range(100):
            tally.sites.add("a.example")
    assert len(caplog.records) == 0
    await tally.stored()
    assert len(caplog.records) <= 2


async def test_strangers_cannot_fill_it(tally):
    """In memory and in the store there are only so many, and those that ask most."""
    tally.sites.add("often.example")
    await tally.sites.close()
    for n in range(MAX_IN_MEMORY + 10):
        tally.sites.add(f"{n}.example")
    for _ in range(5):
        tally.sites.add("often.example")
    stored = await tally.stored()
    assert len(stored) == MAX_IN_STORE
    assert stored["often.example"] >= 1


async def test_it_is_forgotten_after_a_month(tally):
    """By Redis' clock."""
    tally.sites.add("a.example")
    await tally.sites.close()
    assert KEPT_S - 5 <= await tally.redis.ttl(NAME) <= KEPT_S


async def test_the_log_names_a_few(tally, caplog):
    """In one line, with what to do."""
    caplog.set_level(logging.INFO)
    for n in range(MAX_IN_LOG + 1):
        tally.sites.add(f"{n}.example")
    await tally.sites.close()
    (record,) = caplog.records
    assert record.message.count(".example (") == MAX_IN_LOG
    assert "HITSVC_SITES" in record.message


async def test_a_store_that_is_away_loses_the_tally_and_nothing_else():
    """It is no reason to fail."""

    async def away(_commands: str, _expected: int) -> Sequence[Any]:
        msg = "away"
        raise CounterUnavailable(msg)

    sites = RefusedSites(Keys("hits:"), away)
    sites.add("a.example")
    await sites.close()
