"""The counter layer: the same facts on fakeredis and on a real Valkey."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Sequence
from datetime import date
from typing import Any

import pytest
from fakeredis import FakeAsyncRedis, FakeServer
from redis.asyncio import Redis

from hitsvc.counter import HitCounter
from hitsvc.counting.capacity import Capacity
from hitsvc.counting.commands import spell
from hitsvc.counting.days import Day
from hitsvc.counting.operations import Hit
from hitsvc.counting.totals import Totals
from hitsvc.errors import CounterFull, CounterUnavailable, SettingsError
from hitsvc.store.backend import Backend
from hitsvc.store.client_backend import ClientBackend
from hitsvc.store.opening import open_backend
from hitsvc.store.wire import Wire
from tests.support.hits import told

URL = "example.com/page"
TOTAL = "hits:{example.com/page}"
YEAR = "hits:{example.com/page}:d:2030"
TODAY = Day.of(date(2030, 1, 2))

MakeCounter = Callable[..., HitCounter]


class Store:
    """A Redis, and backends that count in it."""

    def __init__(self, client: Redis, connect: Callable[[], Backend]) -> None:
        self.client = client
        self.connect = connect


@pytest.fixture(name="store", params=["fakeredis", "valkey"])
async def _store(request: pytest.FixtureRequest) -> AsyncIterator[Store]:
    """An empty store, of either kind."""
    if request.param == "fakeredis":
        server = FakeServer()

        def client() -> Redis:
            return FakeAsyncRedis(server=server, decode_responses=True)

        store = Store(client(), lambda: ClientBackend(client(), 5))
    else:
        url = request.getfixturevalue("valkey_url")
        real = Redis.from_url(url, decode_responses=True)
        store = Store(real, lambda: Wire(url, 5))
    yield store
    await store.client.aclose()


@pytest.fixture(name="make")
async def _make(store: Store) -> AsyncIterator[MakeCounter]:
    """Makes counters on the store, as separate workers would have them."""
    made: list[HitCounter] = []

    def make(**changes: Any) -> HitCounter:
        options: dict[str, Any] = {
            "key_prefix": "hits:",
            "token_ttl_s": 60,
            "token_length": 12,
            "queue_limit": 10_000,
            "today": lambda: TODAY,
        }
        made.append(HitCounter(store.connect(), **options | changes))
        return made[-1]

    yield make
    for counter in made:
        await counter.close()


@pytest.fixture(name="counter")
def _counter(make: MakeCounter) -> HitCounter:
    return make()


async def test_first_hit_is_number_one(counter):
    """A URL nobody has seen begins at 1, and gives a token."""
    hit = await counter.hit(URL)
    assert (hit.number, hit.counted) == (1, True)
    assert hit.token is not None
    assert len(hit.token) == 12


async def test_hit_is_in_the_total_and_in_its_day(counter, store):
    """Total and day are raised together."""
    for _ in range(3):
        await counter.hit(URL)
    assert await store.client.get(TOTAL) == "3"
    assert await store.client.hgetall(YEAR) == {"2": "3"}


async def test_total_and_days_never_expire(counter, store):
    """Only tokens have a time to live."""
    await counter.hit(URL)
    assert await store.client.ttl(TOTAL) == -1
    assert await store.client.ttl(YEAR) == -1


async def test_token_lives_for_the_timeout(make, store):
    """The token's key expires after COOKIE_TIMEOUT seconds, by Redis' clock."""
    hit = await make(token_ttl_s=77).hit(URL)
    assert 75 <= await store.client.ttl(f"{TOTAL}:t:{hit.token}") <= 77


async def test_living_token_is_not_counted(counter):
    """A visitor who comes back within the time sees the count as it is."""
    first = await counter.hit(URL)
    await counter.hit(URL)
    assert told(await counter.hit(URL, first.token)) == (2, None, False, None)


async def test_token_of_another_worker_is_known(make):
    """Tokens are in Redis, so any worker knows them."""
    first = await make().hit(URL)
    assert not (await make().hit(URL, first.token)).counted


async def test_expired_token_is_counted(counter, store):
    """When Redis has let the token go, the visitor counts again and gets another."""
    first = await counter.hit(URL)
    await store.client.delete(f"{TOTAL}:t:{first.token}")
    second = await counter.hit(URL, first.token)
    assert (second.number, second.counted) == (2, True)
    assert second.token != first.token


async def test_token_of_another_url_is_counted(counter):
    """Two URLs never share a token."""
    other = await counter.hit("example.com/other")
    assert (await counter.hit(URL, other.token)).counted


@pytest.mark.parametrize(
    "forged", ["", "x", "days", "a" * 65, "12345678\n", "{}{}{}{}", "é" * 12, "0" * 12]
)
async def test_forged_token_is_as_none(counter, forged):
    """What was never given out does not keep a hit from being counted."""
    assert (await counter.hit(URL, forged)).counted


async def test_timeout_of_nought_stores_no_token(make, store):
    """With COOKIE_TIMEOUT=0 every hit counts, and no token key is ever made."""
    counter = make(token_ttl_s=0)
    assert told(await counter.hit(URL)) == (1, 1, True, None)
    assert told(await counter.hit(URL, "A" * 12)) == (2, 2, True, None)
    assert sorted(await store.client.keys(f"{TOTAL}*")) == [TOTAL, YEAR]


async def test_visitor_who_wants_no_cookie_gets_no_token(counter, store):
    """A hit can be counted without being remembered."""
    assert (await counter.hit(URL, remember=False)).token is None
    assert sorted(await store.client.keys(f"{TOTAL}*")) == [TOTAL, YEAR]


async def test_reading_counts_nothing(counter, store):
    """Reading leaves no trace, also of a URL nobody has seen."""
    assert (await counter.read(URL)).total == 0
    assert await store.client.keys() == []
    await counter.hit(URL)
    assert (await counter.read(URL)).total == 1


async def test_totals_tell_today_apart(counter, store):
    """Today's hits are those of the day, the total is all."""
    await store.client.set(TOTAL, 41)
    await store.client.hset(YEAR, "1", 41)
    await counter.hit(URL)
    totals = await counter.totals(URL)
    assert totals == Totals(42, {date(2030, 1, 2): 1})
    assert totals.today == 1


async def test_latest_days_are_told_oldest_first(counter, store):
    """A day without a hit is nought, and older days are left out."""
    last_year = "hits:{example.com/page}:d:2029"
    await store.client.hset(last_year, mapping={"364": 9, "365": 5})
    await counter.hit(URL)
    totals = await counter.totals(URL, days=3)
    assert list(totals.days.items()) == [
        (date(2029, 12, 31), 5),
        (date(2030, 1, 1), 0),
        (date(2030, 1, 2), 1),
    ]


async def test_hits_without_a_date_are_told_beside_the_days(counter, store):
    """Brought in from elsewhere, they are in the total and in no day."""
    await store.client.set(TOTAL, 40)
    await store.client.set("hits:{example.com/page}:d:0", 40)
    await counter.hit(URL)
    assert await counter.totals(URL) == Totals(41, {date(2030, 1, 2): 1}, undated=40)


async def test_hits_are_numbered_within_their_day(counter, store):
    """Each hit also tells which one of today it is."""
    await store.client.set(TOTAL, 41)
    hits = await asyncio.gather(*(counter.hit(URL) for _ in range(3)))
    assert [(hit.number, hit.today) for hit in hits] == [(42, 1), (43, 2), (44, 3)]


async def test_visitor_who_is_not_counted_can_be_told_today(counter, store):
    """The hits of today are read only for those who ask."""
    first = await counter.hit(URL)
    await store.client.hset(YEAR, "2", 7)
    again = await counter.hit(URL, first.token, today=True)
    assert told(again) == (1, 7, False, None)


async def test_midnight_begins_another_day(make, store):
    """A hit belongs to the day on which it is sent."""
    days = iter([Day.of(date(2030, 1, 1)), TODAY, TODAY])
    counter = make(today=lambda: next(days))
    for _ in range(3):
        await counter.hit(URL)
    assert await store.client.hgetall(YEAR) == {"1": "1", "2": "2"}


async def test_new_year_begins_another_hash(make, store):
    """The last day of a leap year is its 366th, the next one the first."""
    days = iter([Day.of(date(2028, 12, 31)), Day.of(date(2029, 1, 1))])
    counter = make(today=lambda: next(days))
    for _ in range(2):
        await counter.hit(URL)
    assert await store.client.hgetall("hits:{example.com/page}:d:2028") == {"366": "1"}
    assert await store.client.hgetall("hits:{example.com/page}:d:2029") == {"1": "1"}


async def test_key_prefix_keeps_services_apart(make, store):
    """Two prefixes in one store do not see each other."""
    await make(key_prefix="a:").hit(URL)
    assert (await make(key_prefix="b:").hit(URL)).number == 1
    assert await store.client.get("a:{example.com/page}") == "1"


async def test_concurrent_hits_get_every_number_once(make, store):
    """Hits of two workers at the same time are exactly 1 ... 400."""
    workers = [make(), make()]
    hits = await asyncio.gather(*(workers[n % 2].hit(URL) for n in range(400)))
    assert sorted(hit.number for hit in hits) == list(range(1, 401))
    assert await store.client.get(TOTAL) == "400"
    assert await store.client.hget(YEAR, "2") == "400"


async def test_numbers_rise_in_order_of_arrival(counter):
    """Hits of one worker are numbered as they came."""
    hits = await asyncio.gather(*(counter.hit(URL) for _ in range(50)))
    assert [hit.number for hit in hits] == list(range(1, 51))


async def test_huge_total_is_exact(counter, store):
    """Totals are exact up to the largest integer Redis counts to."""
    await store.client.set(TOTAL, 2**63 - 2)
    assert (await counter.hit(URL)).number == 2**63 - 1


async def test_overflow_is_an_error_and_changes_nothing(counter, store):
    """One more than the largest integer is refused, never a wrong number."""
    await store.client.set(TOTAL, 2**63 - 1)
    with pytest.raises(CounterUnavailable):
        await counter.hit(URL)
    assert await store.client.get(TOTAL) == str(2**63 - 1)


async def test_foreign_value_fails_its_url_alone(counter, store):
    """A key that somebody else has written to harms no other URL."""
    await store.client.lpush(TOTAL, "not a counter")
    broken, fine = counter.hit(URL), counter.hit("example.com")
    results = await asyncio.gather(broken, fine, return_exceptions=True)
    assert isinstance(results[0], CounterUnavailable)
    assert isinstance(results[1], Hit)
    assert results[1].number == 1


async def test_caller_that_goes_away_harms_nobody(counter):
    """A cancelled hit neither loses nor doubles another's."""
    hits = [counter.hit(URL) for _ in range(10)]
    await asyncio.sleep(0)
    hits[3].cancel()
    results = await asyncio.gather(*hits, return_exceptions=True)
    numbers = [hit.number for hit in results if isinstance(hit, Hit)]
    assert len(numbers) == 9
    assert len(set(numbers)) == 9
    assert (await counter.read(URL)).total in (9, 10)


async def test_scripts_flushed_do_not_matter(counter, store):
    """No server-side script is needed: SCRIPT FLUSH changes nothing."""
    await counter.hit(URL)
    await store.client.script_flush()
    assert (await counter.hit(URL)).number == 2


async def test_check_passes_when_redis_answers(counter):
    """Health is that a read works."""
    await counter.check()


async def test_closed_counter_refuses_hits(make):
    """After closing there is no number."""
    counter = make()
    await counter.close()
    with pytest.raises(CounterUnavailable):
        await counter.hit(URL)


class Broken:
    """A backend that replies what it is told to."""

    def __init__(self, *outcomes: Sequence[Any] | Exception) -> None:
        self._outcomes = list(outcomes)
        self.closed = 0
        self.doubted = 0

    async def execute(self, commands: str, expected: int) -> Sequence[Any]:
        if "SADD" in commands:  # the index, which nobody waits for
            return [1] * expected
        outcome = self._outcomes.pop(0)
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    def doubt(self) -> None:
        self.doubted += 1

    async def close(self) -> None:
        self.closed += 1


def counting_on(backend: Backend) -> HitCounter:
    return HitCounter(
        backend, key_prefix="", token_ttl_s=0, token_length=12, queue_limit=10
    )


async def test_outage_is_logged_once_and_its_end_too(caplog):
    """Three failures and a success are two lines."""
    lost = [CounterUnavailable("gone")] * 3
    counter = counting_on(Broken(*lost, [1, 1]))
    with caplog.at_level(logging.INFO):
        for _ in lost:
            with pytest.raises(CounterUnavailable, match="gone"):
                await counter.hit(URL)
        await counter.hit(URL)
    assert [record.levelname for record in caplog.records] == ["ERROR", "WARNING"]


async def test_readonly_store_is_left():
    """After a failover the old primary is read-only: the connection is given up."""
    backend = Broken([Exception("READONLY You can't write"), 1], [5, 1])
    counter = counting_on(backend)
    with pytest.raises(CounterUnavailable, match="READONLY"):
        await counter.hit(URL)
    assert backend.closed == 1
    assert (await counter.hit(URL)).number == 5


async def test_store_without_replicas_is_doubted():
    """They may have been given another primary; the connection is kept until then."""
    backend = Broken([Exception("NOREPLICAS Not enough good replicas"), 1])
    counter = counting_on(backend)
    with pytest.raises(CounterUnavailable, match="NOREPLICAS"):
        await counter.hit(URL)
    assert (backend.doubted, backend.closed) == (1, 0)


async def test_replies_out_of_step_end_the_connection(caplog):
    """What they mean cannot be known: no number is shown, and it is told in one line."""
    backend = Broken([b"OK", 1], [5, 1])
    counter = counting_on(backend)
    with pytest.raises(CounterUnavailable, match="another type"):
        await counter.hit(URL)
    assert backend.closed == 1
    assert "No hits can be counted: Redis answered with another type" in caplog.text
    assert "Traceback" not in caplog.text
    assert (await counter.hit(URL)).number == 5


async def test_client_backend_never_repeats_a_write():
    """redis-py's own retries, ten by default, are off."""
    client = Redis(host="127.0.0.1", port=1)
    retries = client.get_retry()
    assert retries is not None
    assert retries.get_retries() > 0
    backend = ClientBackend(client, 5)
    retries = client.get_retry()
    assert retries is not None
    assert retries.get_retries() == 0
    with pytest.raises(CounterUnavailable, match="cannot be reached"):
        await backend.execute(spell("INCR", "n"), 1)
    await backend.close()


async def test_client_backend_bounds_its_time(valkey_url):
    """A store that hangs is given up after the time-out."""
    backend = ClientBackend(Redis.from_url(valkey_url), 0.02)
    with pytest.raises(CounterUnavailable, match="within"):
        await backend.execute(spell("BLPOP", "nothing", "0"), 1)
    await backend.close()


async def test_memory_store_counts():
    """`memory` is a store for demonstrations."""
    counter = counting_on(open_backend("memory", 5))
    assert (await counter.hit(URL)).number == 1
    await counter.close()


def test_url_opens_a_wire():
    """A Redis URL is served by the pipelined connection."""
    assert isinstance(open_backend("redis://localhost", 5), Wire)


def test_malformed_url_is_a_wrong_setting():
    """The message says what to do, and shows no password."""
    with pytest.raises(SettingsError, match="percent-encoded") as caught:
        open_backend("redis://:pass/word@localhost", 5)
    assert "word@" not in str(caught.value)


def test_given_client_wins():
    """A client that is passed in is used whatever the URL says."""
    assert isinstance(
        open_backend("redis://localhost", 5, FakeAsyncRedis()), ClientBackend
    )


async def test_a_full_store_refuses_pages_that_it_does_not_know(make, store):
    """Those that it knows are counted as ever."""
    await store.client.set(TOTAL, 4)
    capacity = Capacity()
    capacity.full = True
    counter = make(capacity=capacity)
    assert (await counter.hit(URL)).number == 5
    with pytest.raises(CounterFull, match="nearly full"):
        await counter.hit("new.example")
    assert await store.client.keys("hits:{new*") == []
