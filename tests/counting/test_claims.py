"""Claims under faults: no view is counted twice, and none that was acknowledged is lost.

A visitor looks at a page of their own, so what is stored for it is what was counted of them.
"""

import asyncio
from collections.abc import Sequence
from datetime import date
from typing import Any

from fakeredis import FakeAsyncRedis, FakeServer
from hypothesis import given, settings
from hypothesis import strategies as st
from redis.exceptions import ResponseError

from hitsvc.counter import HitCounter
from hitsvc.counting import ClaimNames, Day, words
from hitsvc.errors import CounterFull, CounterUnavailable
from hitsvc.store.client_backend import ClientBackend

TODAY = Day.of(date(2030, 1, 2))
OK, LOST_BEFORE, LOST_AFTER, REFUSED, HALF, NO_TOKEN = range(6)
FAULTS = st.lists(st.sampled_from([OK] * 3 + [*range(1, 6)]), max_size=30)
# Who comes at once, in one round after the other.
ROUNDS = st.lists(st.lists(st.integers(0, 2), max_size=4), max_size=6)


class Faulty:
    """A store that does what it is told to, one batch after the other, and then works."""

    def __init__(self, redis: FakeAsyncRedis, faults: Sequence[int] = ()) -> None:
        self._inner = ClientBackend(redis, 5)
        self.faults = list(faults)
        self.said: list[list[str]] = []

    async def execute(self, commands: str, expected: int) -> Sequence[Any]:
        """Do it, or not, or half of it."""
        fault = self.faults.pop(0) if self.faults else OK
        self.said.append([command[0] for command in words(commands)])
        if fault == LOST_BEFORE:
            msg = "lost on the way there"
            raise CounterUnavailable(msg)
        if fault == REFUSED:
            return [ResponseError("OOM")] * expected
        replies = list(await self._inner.execute(commands, expected))
        if fault == LOST_AFTER:
            msg = "lost on the way back"
            raise CounterUnavailable(msg)
        for at, name in enumerate(self.said[-1]):
            if (fault, name) in {(HALF, "HINCRBY"), (NO_TOKEN, "SET")}:
                # A claim that is refused has not been made; a token may have been.
                if not any(said == "INCRBY" for said in self.said[-1]):
                    continue
                replies[at] = ResponseError("WRONGTYPE")
        return replies

    async def close(self) -> None:
        """Close it."""
        await self._inner.close()


def counter_on(backend: Any, **changes: Any) -> HitCounter:
    """Make a counter whose claims and tokens live a minute."""
    options: dict[str, Any] = {
        "key_prefix": "hits:",
        "token_ttl_s": 60,
        "claim_ttl_s": 60,
        "token_length": 12,
        "queue_limit": 10_000,
        "today": lambda: TODAY,
    }
    return HitCounter(backend, **options | changes)


def store() -> FakeAsyncRedis:
    """Open an empty one."""
    return FakeAsyncRedis(server=FakeServer(), decode_responses=True)


async def stored(redis: FakeAsyncRedis, page: str) -> int:
    """Return what is counted of a page."""
    return int(await redis.get(f"hits:{{{page}}}") or 0)


@settings(max_examples=150, deadline=None)
@given(ROUNDS, FAULTS)
def test_whatever_fails_a_visitor_counts_once(rounds, faults):
    """Acknowledged <= stored <= 1, and the claim of what is acknowledged is there."""

    async def main() -> None:
        redis = store()
        backend = Faulty(redis, faults)
        counter = counter_on(backend)
        acknowledged = [0, 0, 0]
        for visitors in rounds:
            hits = [
                counter.hit(f"v{who}.example", claim=ClaimNames(f"c{who}"))
                for who in visitors
            ]
            results = await asyncio.gather(*hits, return_exceptions=True)
            for who, result in zip(visitors, results, strict=True):
                if isinstance(result, CounterUnavailable):
                    continue
                assert not isinstance(result, BaseException), result
                acknowledged[who] += result.counted
        for who in range(3):
            total = await stored(redis, f"v{who}.example")
            assert acknowledged[who] <= total <= 1
            if total:
                assert await redis.exists(f"hits:{{v{who}.example}}:c:c{who}")
        await counter.close()

    asyncio.run(main())


@settings(max_examples=100, deadline=None)
@given(st.lists(st.sampled_from([OK, REFUSED]), max_size=12))
def test_what_is_certainly_not_counted_counts_when_it_is_tried_again(faults):
    """The claim was taken back, unless that was refused, too."""

    async def main() -> None:
        redis = store()
        backend = Faulty(redis, faults)
        counter = counter_on(backend)
        kept = False
        while backend.faults:
            before = len(backend.said)
            try:
                await counter.hit("v.example", claim=ClaimNames("c"))
            except CounterUnavailable:
                said = backend.said[before:]
                left = await redis.exists("hits:{v.example}:c:c")
                kept = kept or (["EXPIRE"] in said and bool(left))
        hit = await counter.hit("v.example", claim=ClaimNames("c"))
        assert kept or await stored(redis, "v.example") == 1
        assert kept or hit.number == 1
        await counter.close()

    asyncio.run(main())


async def test_a_view_costs_two_round_trips():
    """One for the claim, one for the hit; a refresh likewise, the second to read."""
    backend = Faulty(store())
    counter = counter_on(backend, token_ttl_s=0)
    for _ in "ab":
        await counter.hit("v.example", claim=ClaimNames("c"))
    await counter.close()

    assert [said for said in backend.said if "SADD" not in said] == [
        ["SET"],
        ["INCRBY", "HINCRBY"],
        ["SET"],
        ["GET"],
    ]


async def test_a_claim_of_yesterday_is_honoured():
    """By the key before; no new one is made, so it is not prolonged."""
    redis = store()
    counter = counter_on(Faulty(redis))
    await redis.set("hits:{v.example}", 7)
    await redis.set("hits:{v.example}:c:old", 1, ex=5)

    hit = await counter.hit("v.example", claim=ClaimNames("new", "old"), today=True)

    assert (hit.number, hit.counted, hit.today) == (7, False, 0)
    assert await redis.keys("hits:*:c:*") == ["hits:{v.example}:c:old"]
    await redis.delete("hits:{v.example}:c:old")
    assert (await counter.hit("v.example", claim=ClaimNames("new", "old"))).counted
    await counter.close()


async def test_a_caller_that_goes_away_after_the_claim_is_counted():
    """The view was one, and the claim would hide the next."""
    redis = store()
    counter = counter_on(Faulty(redis))
    going = counter.hit("v.example", claim=ClaimNames("c"))
    while not await redis.exists("hits:{v.example}:c:c"):
        await asyncio.sleep(0)
    going.cancel()
    await counter.close()

    assert await stored(redis, "v.example") == 1


async def test_a_closing_counter_counts_what_it_has_begun():
    """Claimed or not yet."""
    redis = store()
    counter = counter_on(Faulty(redis))
    hits = [counter.hit(f"v{who}.example", claim=ClaimNames("c")) for who in range(10)]
    await counter.close()

    assert [hit.result().number for hit in hits] == [1] * 10


class Full:
    """A store that has no room for new pages."""

    full = True

    def written(self, _new: int) -> None:
        """Take no notice."""

    async def close(self) -> None:
        """Have nothing to close."""


async def test_a_page_that_is_refused_leaves_no_claim():
    """It is looked at first."""
    redis = store()
    counter = counter_on(Faulty(redis), capacity=Full())
    hit = counter.hit("v.example", claim=ClaimNames("c"))
    result = (await asyncio.gather(hit, return_exceptions=True))[0]
    await redis.set("hits:{w.example}", 1)
    known = await counter.hit("w.example", claim=ClaimNames("c"))
    await counter.close()

    assert isinstance(result, CounterFull)
    assert known.number == 2
    assert await redis.keys("hits:*:c:*") == ["hits:{w.example}:c:c"]
