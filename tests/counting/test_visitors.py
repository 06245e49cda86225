"""Visitors: noted beside hits, and summed up when a day is over."""

import asyncio
import logging
from collections.abc import Sequence
from contextlib import suppress
from datetime import date, timedelta
from typing import Any

import pytest
from fakeredis import FakeAsyncRedis, FakeServer
from hypothesis import given
from hypothesis import strategies as st
from redis.exceptions import ResponseError

from hitsvc.counter import HitCounter
from hitsvc.counting import Calendar, ClaimNames, Closing, Day, Keys, Seen
from hitsvc.errors import CounterUnavailable
from hitsvc.store.client_backend import ClientBackend

KEYS = Keys("hits:")
NOON = 1_796_000_000.0  # in November 2026
PAGE = "example.com/a"
NAMES = KEYS.page(PAGE)


class Store:
    """A store, and a clock that can be set."""

    def __init__(self) -> None:
        self.server = FakeServer()
        self.redis: Any = FakeAsyncRedis(server=self.server, decode_responses=True)
        self.backend = ClientBackend(FakeAsyncRedis(server=self.server), 5)
        self.now = NOON
        self.calendar = Calendar(clock=lambda: self.now)
        self.sent = 0
        self.dies_after: int | None = None

    @property
    def today(self) -> Day:
        return self.calendar.today()

    async def execute(self, commands: str, expected: int) -> Sequence[Any]:
        """Send, unless whoever sends has been killed by now."""
        if self.sent == self.dies_after:
            raise asyncio.CancelledError
        self.sent += 1
        return await self.backend.execute(commands, expected)

    def counter(self, **how: Any) -> HitCounter:
        return HitCounter(
            self.backend,
            key_prefix="hits:",
            token_ttl_s=0,
            token_length=12,
            queue_limit=1_000,
            today=self.calendar.today,
            visitors=True,
            **how,
        )

    async def visit(self, counter: HitCounter, who: str, page: str = PAGE) -> None:
        seen = Seen(self.today, f"{page} {who}", who)
        await counter.hit(page, claim=ClaimNames("", None, seen))

    def closing(self) -> Closing:
        return Closing(KEYS, self.execute, self.calendar.today, rest_s=0)


@pytest.fixture(name="store")
def _store() -> Store:
    return Store()


async def seen_by(store: Store, visits: Sequence[tuple[str, str]]) -> None:
    """Let people come, and wait until it is noted."""
    counter = store.counter()
    for who, page in visits:
        await store.visit(counter, who, page)
    await counter.close()
    store.backend = ClientBackend(FakeAsyncRedis(server=store.server), 5)


async def told(store: Store, page: str = PAGE) -> tuple[int, int]:
    """Return the visitors of a page: today, and of all days, however they are asked for."""
    found = await store.counter().visitors(page)
    summed = await store.counter().asking(page).read()
    assert summed[:3] == found[:3]
    return found.today, found.total


async def test_who_comes_again_is_one(store):
    """On a page, and on its site; the hits are all counted."""
    await seen_by(
        store, [("ann", PAGE), ("ann", PAGE), ("bob", PAGE), ("ann", "example.com/b")]
    )
    assert await told(store) == (2, 2)
    assert await told(store, "example.com/b") == (1, 1)
    site = await store.counter().site_visitors("example.com")
    assert (site.today, site.total) == (2, 2)
    assert await store.redis.get(NAMES.total) == "3"


async def test_a_sketch_is_listed_before_it_is_there(store):
    """So that none is forgotten, whoever is killed between."""
    counter = store.counter()
    await store.visit(counter, "ann")
    for _ in range(100):
        sketches = await store.redis.exists(NAMES.sketch(store.today.name))
        listed = await store.redis.sismember(
            KEYS.open_sketches(store.today.name), NAMES.total
        )
        assert listed or not sketches
        await asyncio.sleep(0)
    assert sketches
    await counter.close()


async def test_the_days_add_up(store):
    """Who comes on two days is two; a day that is over is a number."""
    await seen_by(store, [("ann", PAGE), ("bob", PAGE)])
    yesterday = store.today
    store.now += 86_400
    await seen_by(store, [("ann", PAGE)])
    assert await told(store) == (1, 3)

    await store.closing().close_before(store.today)

    assert await told(store) == (1, 3)
    year = await store.redis.hgetall(NAMES.visitors(yesterday.year))
    assert year == {yesterday.field: "2", "sum": "2/2"}
    assert not await store.redis.exists(NAMES.sketch(yesterday.name))
    assert await store.redis.exists(NAMES.sketch(store.today.name))
    assert await store.redis.smembers(KEYS.open_days) == {store.today.name}


@given(
    visits=st.lists(
        st.tuples(st.sampled_from("abcde"), st.sampled_from(["x.de/a", "x.de/b"])),
        min_size=1,
        max_size=12,
    ),
    deaths=st.lists(st.integers(0, 8), max_size=6),
    others=st.integers(1, 3),
)
def test_a_day_is_closed_once_whoever_is_killed(visits, deaths, others):
    """Wherever a closing is cut off, and however many go on with it at once."""

    async def closed() -> None:
        store = Store()
        await seen_by(store, visits)
        day = store.today
        store.now += 86_400
        for death in deaths:
            store.sent, store.dies_after = 0, death
            with suppress(asyncio.CancelledError):
                await store.closing().close_before(store.today)
        store.dies_after = None
        many = [store.closing().close_before(store.today) for _ in range(others)]
        await asyncio.gather(*many)

        for page in ("x.de/a", "x.de/b"):
            people = len({who for who, seen in visits if seen == page})
            found = await store.counter().visitors(page)
            assert found.days == ({day.date: people} if people else {})
        site = await store.counter().site_visitors("x.de")
        assert site.total == len({who for who, _ in visits})
        left = await store.redis.keys("hits:visitors:2*")
        assert not left
        assert not await store.redis.exists(KEYS.open_days)

    asyncio.run(closed())


async def test_a_number_is_believed_before_its_sketch(store):
    """Between the two steps of a closing both are there: one counts."""
    await seen_by(store, [("ann", PAGE)])
    await store.redis.hset(NAMES.visitors(store.today.year), store.today.field, 5)
    assert await told(store) == (5, 5)


async def asked(store: Store, times: int = 1) -> list[str]:
    """Ask for the sum, at once so many times, and return the commands that it took."""
    sent: list[str] = []

    class Noting(ClientBackend):
        async def execute(self, commands: str, expected: int) -> Sequence[Any]:
            sent.append(commands)
            return await super().execute(commands, expected)

    store.backend = Noting(FakeAsyncRedis(server=store.server), 5)
    counter = store.counter()
    asking = [counter.asking(PAGE).read() for _ in range(times)]
    assert len(set(map(str, await asyncio.gather(*asking)))) == 1
    return sent


async def test_a_sum_is_read_without_its_days(store):
    """A closing leaves it, over a year's end too."""
    for _ in range(40):
        await seen_by(store, [("ann", PAGE), ("bob", PAGE)])
        store.now += 86_400
        await store.closing().close_before(store.today)
    assert store.today.year == 2027
    assert await told(store) == (0, 80)
    (commands,) = await asked(store)
    assert "HGETALL" not in commands


@pytest.mark.parametrize("value", [{"7": 4}, {"moved 1.1": 1}])
async def test_a_sum_that_does_not_know_all_is_not_believed(store, value):
    """Somebody has moved visitors here, and the sum is of before."""
    await seen_by(store, [("ann", PAGE)])
    store.now += 86_400
    await store.closing().close_before(store.today)
    await store.redis.hset(NAMES.visitors(2026), mapping=value)
    assert await told(store) == (0, 1 + value.get("7", 0))
    assert "HGETALL" in (await asked(store))[1]


async def test_what_cannot_be_added_up_is_closed_all_the_same(store):
    """Whoever reads it is told."""
    day = store.today
    await store.redis.hset(NAMES.visitors(2026), "5", "five")
    await seen_by(store, [("ann", PAGE)])
    store.now += 86_400
    await store.closing().close_before(store.today)
    assert await store.redis.hget(NAMES.visitors(2026), day.field) == "1"
    with pytest.raises(CounterUnavailable, match="something else than a number"):
        await store.counter().asking(PAGE).read()


async def test_many_who_ask_at_once_ask_once(store):
    """In one batch."""
    await seen_by(store, [("ann", PAGE)])
    sent = await asked(store, 9)
    assert [commands.count("HLEN") for commands in sent] == [1]


async def test_more_than_a_batch_of_sketches_is_closed(store):
    """One batch after the other."""
    pages = [f"example.com/{number}" for number in range(250)]
    await seen_by(store, [("ann", page) for page in pages])
    store.now += 86_400
    await store.closing().close_before(store.today)
    for page in pages:
        assert await told(store, page) == (0, 1)


async def test_a_day_is_closed_by_itself(store):
    """A look after the one that has seen the next day."""
    await seen_by(store, [("ann", PAGE)])
    day = store.today
    store.now += 86_400
    closing = Closing(KEYS, store.execute, store.calendar.today, every_s=0, rest_s=0)
    closing.begin()
    while await store.redis.exists(NAMES.sketch(day.name)):
        await asyncio.sleep(0)
    await closing.close()
    assert await told(store) == (0, 1)


async def test_a_store_that_is_away_closes_later(store, caplog):
    """The log says that it waits."""
    await seen_by(store, [("ann", PAGE)])
    day = store.today
    store.now += 86_400
    answers: Any = iter([CounterUnavailable("away"), [ResponseError("READONLY")]])

    async def execute(commands: str, expected: int) -> Sequence[Any]:
        answer: Any = next(answers, None)
        if isinstance(answer, CounterUnavailable):
            raise answer
        replies: Sequence[Any] = answer or await store.execute(commands, expected)
        return replies

    closing = Closing(KEYS, execute, store.calendar.today, every_s=0, rest_s=0)
    with caplog.at_level(logging.WARNING):
        closing.begin()
        while await store.redis.exists(NAMES.sketch(day.name)):
            await asyncio.sleep(0)
    await closing.close()
    for line, why in zip(caplog.messages, ("away", "READONLY"), strict=True):
        assert "not summed up yet" in line
        assert why in line
    assert await told(store) == (0, 1)


async def test_what_never_began_ends(store):
    """As of an app whose server did not start."""
    await store.closing().close()


async def test_a_full_store_gets_no_sketches(store):
    """The hits of known pages go on."""
    counter = store.counter()
    await store.visit(counter, "ann")
    counter._capacity.full = True
    await store.visit(counter, "bob")
    await counter.close()
    assert await store.redis.get(NAMES.total) == "2"
    store.backend = ClientBackend(FakeAsyncRedis(server=store.server), 5)
    assert await told(store) == (1, 1)


async def test_what_is_no_visitors_is_an_error(store):
    """And never a number."""
    await store.redis.hset(NAMES.visitors(2026), "1st", "2")
    with pytest.raises(CounterUnavailable, match="something else than a number"):
        await told(store)
    await store.redis.delete(NAMES.visitors(2026))
    await store.redis.set(NAMES.visitors(2026), "2")
    for each in (True, False):
        with pytest.raises(CounterUnavailable, match="WRONGTYPE"):
            await store.counter().asking(PAGE, each=each).read()
    await store.redis.delete(NAMES.visitors(2026))
    await store.redis.hset(NAMES.visitors(2026), "sum", "one/1")
    with pytest.raises(CounterUnavailable, match="something else than a number"):
        await store.counter().asking(PAGE).read()
    await store.redis.set(NAMES.sketch(store.today.name), "2")
    with pytest.raises(CounterUnavailable, match="WRONGTYPE"):
        await store.counter().asking(PAGE).read()


def test_a_day_has_a_name():
    """And the name leads back."""
    for ago in range(800):
        day = Day.of(date(2029, 1, 3) - timedelta(ago))
        assert Day.named(day.name) == day
