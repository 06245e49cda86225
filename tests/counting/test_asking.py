"""Asking for visitors beside a hit: in its batch, and after its own visitor is noted."""

import asyncio
from collections.abc import Sequence
from datetime import date
from typing import Any

import pytest

from hitsvc.counting import (
    Asking,
    Day,
    Keys,
    Outcome,
    PageCommands,
    Seen,
    Sighting,
    Visitors,
)
from hitsvc.counting.sightings import Sightings
from hitsvc.errors import CounterBusy, CounterUnavailable

KEYS = Keys("hits:")
TODAY = Day.of(date(2026, 11, 26))
PAGE = PageCommands("example.com/a", KEYS.page("example.com/a"), 12, 60)
ANN, BOB = (Seen(TODAY, who, f"{who} on the site") for who in ("ann", "bob"))
FOUND = Visitors(TODAY.date, 1, 2)


class Store:
    """Answers what asks for visitors at once; lists sketches when it is let."""

    def __init__(self) -> None:
        self.said: list[Any] = []
        self.fails: CounterUnavailable | None = None
        self.busy = 0
        self.lists = asyncio.Event()
        self.sightings = Sightings(KEYS, self.submit, self.send, lambda page: False)

    def submit(self, operation: Any) -> Outcome[Any]:
        if self.busy:
            self.busy -= 1
            msg = "too many"
            raise CounterBusy(msg)
        self.said.append(operation)
        outcome: Outcome[Any] = Outcome()
        outcome.set_result(FOUND)
        return outcome

    async def send(self, commands: str, expected: int) -> Sequence[Any]:
        await self.lists.wait()
        if self.fails:
            raise self.fails
        return [1] * expected

    def asking(self, *seen: Seen) -> Asking:
        """Ask beside a hit of these visitors."""
        asking = Asking(self.sightings, PAGE, TODAY)
        for visitor in seen:
            self.sightings.add(PAGE, visitor)
        asking.begun()
        return asking

    def names(self) -> list[str]:
        """Say in order what was submitted of the page."""
        return [
            said.name if isinstance(said, Sighting) else "?"
            for said in self.said
            if said.page is PAGE
        ]


async def noted(store: Store) -> None:
    """Let ann come, and have the page listed."""
    store.sightings.add(PAGE, ANN)
    store.lists.set()
    await store.sightings.close()
    store.said.clear()


async def test_a_page_that_is_listed_is_asked_in_the_same_moment():
    """After its visitor."""
    store = Store()
    await noted(store)
    asking = store.asking(BOB)
    assert store.names() == ["bob", "?"]
    assert await asking.told() == FOUND
    assert store.names() == ["bob", "?"]


async def test_a_page_that_is_not_listed_yet_is_asked_when_it_is():
    """Or the first visitor would see nobody."""
    store = Store()
    told = asyncio.ensure_future(store.asking(ANN).told())
    await asyncio.sleep(0)
    assert store.names() == []
    store.lists.set()
    assert await told == FOUND
    assert store.names() == ["ann", "?"]


async def test_who_comes_while_others_are_listed_is_waited_for():
    """In the round after."""
    store = Store()
    first = asyncio.ensure_future(store.asking(ANN).told())
    await asyncio.sleep(0)
    second = asyncio.ensure_future(store.asking(BOB).told())
    await asyncio.sleep(0)
    store.lists.set()
    await asyncio.gather(first, second)
    assert store.names().index("bob") < len(store.names()) - 1
    assert store.names()[-1] == "?"


@pytest.mark.parametrize("more", [[], [BOB]], ids=["alone", "with another"])
async def test_nobody_waits_for_a_list_that_cannot_be_made(more):
    """What is known is told."""
    store = Store()
    store.fails = CounterUnavailable("away")
    first = asyncio.ensure_future(store.asking(ANN).told())
    await asyncio.sleep(0)
    others = [asyncio.ensure_future(store.asking(seen).told()) for seen in more]
    await asyncio.sleep(0)
    store.lists.set()
    assert await asyncio.gather(first, *others) == [FOUND] * (1 + len(more))
    await store.sightings.close()


async def test_nobody_is_noted_and_all_are_asked_later():
    """Whether the hit counts is not known yet."""
    store = Store()
    asking = store.asking()
    assert store.names() == []
    assert await asking.read() == FOUND


async def test_what_is_no_hit_is_asked_at_once():
    """There is nobody to wait for."""
    store = Store()
    asking = Asking(store.sightings, PAGE, TODAY)
    asking.begun(counts=False)
    assert store.names() == ["?"]
    assert await asking.told() == FOUND


async def test_a_busy_counter_is_asked_again_later():
    """And if it still is, nothing is told."""
    for busy, told in ((1, FOUND), (2, None)):
        store = Store()
        asking = Asking(store.sightings, PAGE, TODAY)
        store.busy = busy
        asking.begun(counts=False)
        assert await asking.told() == told
