"""Noting visitors beside hits: what goes wrong there is nobody else's affair."""

import asyncio
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

import pytest
from redis.exceptions import ResponseError

from hitsvc.counting import Calendar, ClaimHash, Day, DayKeys, Keys, PageCommands, Seen
from hitsvc.counting.outcome import Outcome
from hitsvc.counting.sightings import MAX_WAITING, Sightings
from hitsvc.counting.visitors import ReadVisitors, found
from hitsvc.errors import CounterBusy, CounterUnavailable

KEYS = Keys("hits:")
TODAY = Day.of(date(2026, 11, 26))
TOMORROW = Day.of(date(2026, 11, 27))
PAGE = PageCommands("example.com/a", KEYS.page("example.com/a"), 12, 60)


def seen(day: Day = TODAY, who: str = "ann") -> Seen:
    """Make a visitor."""
    return Seen(day, who, f"{who} on the site")


class Store:
    """What sightings speak to; `answer` is what it says to lists."""

    def __init__(self) -> None:
        self.noted: list[Any] = []
        self.busy = False
        self.answer: Any = None
        self.futures: list[Outcome[Any]] = []
        self.sightings = Sightings(KEYS, self.submit, self.send, lambda page: False)

    def submit(self, operation: Any) -> Outcome[Any]:
        if self.busy:
            msg = "too many"
            raise CounterBusy(msg)
        self.noted.append(operation)
        self.futures.append(Outcome())
        return self.futures[-1]

    async def send(self, commands: str, expected: int) -> Sequence[Any]:
        await asyncio.sleep(0)
        if isinstance(self.answer, CounterUnavailable):
            raise self.answer
        return [self.answer or 1] * expected


@pytest.mark.parametrize(
    "answer", [CounterUnavailable("away"), ResponseError("NOPERM")], ids=str
)
async def test_what_is_not_listed_is_not_noted(answer):
    """It is tried anew with the next view."""
    store = Store()
    store.answer = answer
    store.sightings.add(PAGE, seen())
    await store.sightings.close()
    assert store.noted == []
    store.answer = None
    store.sightings.add(PAGE, seen())
    await store.sightings.close()
    assert len(store.noted) == 2


async def test_a_busy_counter_has_no_time_for_visitors():
    """And the hit does not hear of it."""
    store = Store()
    store.busy = True
    store.sightings.add(PAGE, seen())
    await store.sightings.close()
    assert store.noted == []


async def test_a_failure_and_a_caller_that_has_gone_do_no_harm():
    """Nobody waits for the result, and nothing complains that nobody has looked."""
    store = Store()
    store.sightings.add(PAGE, seen())
    await store.sightings.close()
    store.futures[0].set_exception(CounterUnavailable("away"))
    store.futures[1].cancel()
    await asyncio.sleep(0)


async def test_what_waits_is_bounded():
    """Where a store does not answer."""
    store = Store()
    for number in range(MAX_WAITING):
        store.sightings.add(PAGE, seen(who=str(number)))
    await store.sightings.close()
    assert len(store.noted) == MAX_WAITING


async def test_a_day_that_begins_meanwhile():
    """Each is listed, and noted, where it belongs."""
    store = Store()
    store.sightings.add(PAGE, seen())
    store.sightings.add(PAGE, seen(TOMORROW))
    await store.sightings.close()
    assert [sighting.day for sighting in store.noted] == [TODAY] * 2 + [TOMORROW] * 2
    store.sightings.add(PAGE, seen(TOMORROW))
    assert len(store.noted) == 6  # at once: it is listed


def test_numbers_come_as_lists_too():
    """As hiredis gives them."""
    read = ReadVisitors(PAGE, TODAY)
    told: Any = found(read, iter([0, 9, [b"1", b"5", b"330", b"7", b"sum", b"12/3"]]))
    assert told.days == {date(2026, 1, 1): 5, TODAY.date: 7}
    assert (told.today, told.total) == (7, 12)


def test_a_key_of_another_day_names_nobody():
    """For a moment after midnight: with two keys, a visitor would be two."""
    now = 1_796_000_000.0
    calendar = Calendar(clock=lambda: now)
    claims = ClaimHash(DayKeys(60, calendar))
    today = calendar.today()
    parts = b"example.com/a", b"example.com", b"1.2.3.4", b"Firefox"
    assert claims.seen(today, *parts) == claims.seen(today, *parts) is not None
    tomorrow = Day.of(today.date + timedelta(1))
    assert claims.seen(tomorrow, *parts) is None
