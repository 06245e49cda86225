"""A page's history as it is read."""

from datetime import date, timedelta

import pytest
from fakeredis import FakeAsyncRedis, FakeRedis, FakeServer

from hitsvc.counter import HitCounter
from hitsvc.counting import Day, Keys
from hitsvc.errors import CounterUnavailable
from hitsvc.statistics.history import History, read_history
from hitsvc.store.client_backend import ClientBackend

KEY = "example.com/a"
PAGE = Keys("hits:").page(KEY)
TODAY = date(2026, 11, 29)


def today() -> Day:
    return Day.of(TODAY)


@pytest.fixture(name="server")
def _server():
    return FakeServer()


@pytest.fixture(name="redis")
def _redis(server):
    return FakeRedis(server=server)


@pytest.fixture(name="counter")
async def _counter(server):
    counter = HitCounter(
        ClientBackend(FakeAsyncRedis(server=server, decode_responses=True), 5),
        key_prefix="hits:",
        token_ttl_s=0,
        token_length=12,
        queue_limit=100,
        today=today,
    )
    yield counter
    await counter.close()


def put(redis, hits: dict[date, int], total: int | None = None) -> None:
    """Store the hits of some days."""
    for day, number in hits.items():
        redis.hset(PAGE.year(day.year), Day.of(day).field, number)
    redis.set(PAGE.total, sum(hits.values()) if total is None else total)


async def test_a_page_without_hits_has_one_day(counter):
    """Today."""
    assert await read_history(counter, KEY) == History(KEY, 0, 0, 0, {TODAY: 0})


async def test_it_begins_with_the_first_day_that_has_hits(counter, redis):
    """And has every day from there to today."""
    put(redis, {date(2026, 11, 26): 3, date(2026, 11, 28): 4})

    history = await read_history(counter, KEY)

    assert list(history.days.values()) == [3, 0, 4, 0]
    assert (history.first, history.today) == (date(2026, 11, 26), TODAY)
    assert (history.total, history.undated, history.earlier) == (7, 0, 0)


async def test_old_days_are_there(counter, redis):
    """As far back as twelve years."""
    put(redis, {date(2015, 1, 1): 1, date(2024, 12, 31): 2, date(2025, 1, 1): 4})

    history = await read_history(counter, KEY)

    assert history.first == date(2015, 1, 1)
    assert len(history.days) == (TODAY - date(2015, 1, 1)).days + 1
    assert sum(history.days.values()) == history.total == 7


async def test_older_ones_are_a_sum(counter, redis):
    """What is missing of the total is from before."""
    put(redis, {date(2014, 12, 31): 5, date(2026, 11, 1): 1})

    history = await read_history(counter, KEY)

    assert (history.earlier, history.first) == (5, date(2026, 11, 1))


@pytest.mark.parametrize(
    ("undated", "total", "earlier"), [(5, 8, 0), (-2, 1, 0), (5, 7, 0)]
)
async def test_undated_hits_are_not_earlier(counter, redis, undated, total, earlier):
    """They may be negative; and what does not add up is no history."""
    put(redis, {TODAY: 3}, total)
    redis.set(PAGE.undated, undated)

    history = await read_history(counter, KEY)

    assert (history.undated, history.total, history.earlier) == (
        undated,
        total,
        earlier,
    )


async def test_without_redis_there_is_none(counter, server):
    """It is said, and no zero is shown."""
    server.connected = False

    with pytest.raises(CounterUnavailable):
        await read_history(counter, KEY)


def test_the_latest_days_are_summed():
    """Today included, or up to so many days ago; days before the first have none."""
    days = {TODAY - timedelta(ago): ago + 1 for ago in reversed(range(10))}
    history = History(KEY, 55, 0, 0, days)

    assert history.latest(1) == 1
    assert history.latest(3) == 6
    assert history.latest(3, ending=3) == 15
    assert history.latest(30) == 55
    assert history.sum(TODAY, TODAY) == 1
