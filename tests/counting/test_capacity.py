"""How full the store is, and when new pages are refused."""

import asyncio
import logging
from collections.abc import Mapping

import pytest

from hitsvc.counting.capacity import (
    ASK_EVERY_PAGES,
    ASK_EVERY_S,
    NEW_PAGE_BYTES,
    NEXT_YEAR_BYTES,
    TOKEN_BYTES,
    Capacity,
    Fill,
)
from hitsvc.errors import CounterUnavailable

MB = 2**20


def info(used: int, limit: int = 100 * MB, **keyspace: str) -> Mapping[str, str]:
    return {"used_memory": str(used), "maxmemory": str(limit), **keyspace}


class Store:
    """A store that says what it is told to, and counts how often it is asked."""

    def __init__(self) -> None:
        self.info: Mapping[str, str] | Exception = info(0)
        self.asked = 0
        self.now = 0.0

    async def ask(self, _node: str = "") -> Mapping[str, str]:
        self.asked += 1
        await asyncio.sleep(0)
        if isinstance(self.info, Exception):
            raise self.info
        return self.info


@pytest.fixture(name="store")
def _store() -> Store:
    return Store()


@pytest.fixture(name="capacity")
def _capacity(store) -> Capacity:
    return Capacity(store.ask, lambda: store.now)


async def look(capacity: Capacity, store: Store, now: Mapping[str, str]) -> None:
    """Let the capacity see what the store holds."""
    store.info = now
    store.now += ASK_EVERY_S
    capacity.written(0)
    await capacity.close()


class TestFill:
    """What counts as full."""

    def test_what_expires_does_not_count(self):
        """Tokens go by themselves, and first of all when memory is short."""
        fill = Fill.of(info(50 * MB, db0="keys=1000,expires=1000,avg_ttl=5"))
        assert fill.used == 50 * MB - 1000 * TOKEN_BYTES

    def test_known_pages_have_room_for_another_year(self):
        """A total and a year are two keys, so half of what stays is pages."""
        fill = Fill.of(
            info(50 * MB, db0="keys=3000,expires=1000", db7="keys=2,expires=0")
        )
        expected = 50 * MB - 1000 * TOKEN_BYTES + 1001 * NEXT_YEAR_BYTES
        assert fill.used == expected

    def test_it_is_never_less_than_nothing(self):
        """The bytes of a token are a mean."""
        assert Fill.of(info(10, db0="keys=9,expires=9")).used == 0

    @pytest.mark.parametrize(
        ("said", "shown"),
        [
            (info(90 * MB), "90% full: 90 MB of 100 MB"),
            (info(90 * MB, 0), "90 MB of counters, without a limit"),
            ({}, "0 MB of counters, without a limit"),
            ({"used_memory": "much"}, "0 MB of counters, without a limit"),
        ],
    )
    def test_it_says_so_as_people_do(self, said, shown):
        """What a store leaves out is as nought."""
        assert str(Fill.of(said)) == shown


class TestCapacity:
    """What follows."""

    async def test_nine_tenths_is_not_full_yet(self, capacity, store):
        """And a byte more is."""
        await look(capacity, store, info(90 * MB))
        assert not capacity.full
        await look(capacity, store, info(90 * MB + 1))
        assert capacity.full

    async def test_deleted_pages_make_room(self, capacity, store):
        """It heals by itself."""
        await look(capacity, store, info(99 * MB))
        await look(capacity, store, info(50 * MB))
        assert not capacity.full

    async def test_a_store_without_a_limit_is_never_full(self, capacity, store):
        """Its machine is another matter."""
        await look(capacity, store, info(10**15, 0))
        assert not capacity.full

    async def test_it_is_asked_with_the_first_batch_and_then_every_few_seconds(
        self, capacity, store
    ):
        """Not for each batch."""
        for _ in range(3):
            capacity.written(0)
            await capacity.close()
        assert store.asked == 1
        store.now += ASK_EVERY_S
        capacity.written(0)
        await capacity.close()
        assert store.asked == 2

    async def test_many_new_pages_do_not_wait_for_that(self, capacity, store):
        """A flood fills much in a second."""
        capacity.written(0)
        await capacity.close()
        capacity.written(ASK_EVERY_PAGES - 1)
        await capacity.close()
        assert store.asked == 1
        capacity.written(1)
        await capacity.close()
        assert store.asked == 2

    async def test_a_store_with_little_room_is_asked_more_often(self, capacity, store):
        """So many pages might fill it."""
        await look(capacity, store, info(90 * MB - 3 * NEW_PAGE_BYTES))
        capacity.written(2)
        await capacity.close()
        assert store.asked == 1
        capacity.written(1)
        await capacity.close()
        assert store.asked == 2

    async def test_one_question_is_open_at_a_time(self, capacity, store):
        """Whatever is written meanwhile."""
        for _ in range(3):
            capacity.written(ASK_EVERY_PAGES)
        await capacity.close()
        assert store.asked == 1

    async def test_no_answer_changes_nothing(self, capacity, store):
        """A full store that is away is still full."""
        await look(capacity, store, info(99 * MB))
        store.info = CounterUnavailable("away")
        store.now += ASK_EVERY_S
        capacity.written(0)
        await capacity.close()
        assert capacity.full

    async def test_nobody_is_asked_where_there_is_nobody(self):
        """A store in memory has no limit."""
        capacity = Capacity()
        capacity.written(ASK_EVERY_PAGES)
        await capacity.close()
        assert not capacity.full

    async def test_it_is_logged_when_it_changes(self, capacity, store, caplog):
        """A warning, an error, and the end of it: each once."""
        caplog.set_level(logging.DEBUG)
        for used in (10, 81, 82, 91, 92, 85, 10, 81):
            await look(capacity, store, info(used * MB))
        said = [(record.levelname, record.message[:21]) for record in caplog.records]
        assert said == [
            ("WARNING", "The store is 81% full"),
            ("ERROR", "The store is 91% full"),
            ("WARNING", "The store is 85% full"),
            ("WARNING", "The store is 81% full"),
        ]
