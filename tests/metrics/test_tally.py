"""What a worker counts of itself, on a Redis that does what a test says."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import pytest
from fakeredis import FakeAsyncRedis, FakeServer
from hypothesis import given, settings
from hypothesis import strategies as st
from redis.exceptions import ResponseError

from hitsvc.counter import HitCounter
from hitsvc.counting import ClaimNames, Hit, Result, utc_day
from hitsvc.errors import CounterUnavailable, SettingsError
from hitsvc.metrics import Board, HitTally, Rows, Tally, render
from hitsvc.metrics.catalogue import HITS
from hitsvc.metrics.tally import TimedBackend
from hitsvc.store.backend import Backend
from hitsvc.store.client_backend import ClientBackend
from tests.support.samples import samples_of

URL = "example.com/page"
Ask = Callable[[HitCounter], Awaitable[object]]


class Refusing:
    """A backend whose store answers every command with an error."""

    def __init__(self, reason: str) -> None:
        self.reason = reason

    async def execute(self, _commands: str, expected: int) -> Sequence[Any]:
        """Refuse."""
        return [ResponseError(self.reason)] * expected

    def doubt(self) -> None:
        """Have nobody to ask."""

    async def close(self) -> None:
        """Have nothing to close."""


class Away:
    """A backend whose store does not answer.

    Attributes:
        doubted: How often it was doubted.
    """

    doubted = 0

    async def execute(self, _commands: str, _expected: int) -> Sequence[Any]:
        """Fail."""
        msg = "away"
        raise CounterUnavailable(msg)

    def doubt(self) -> None:
        """Count it."""
        self.doubted += 1

    async def close(self) -> None:
        """Have nothing to close."""


def working() -> Backend:
    """Return a backend with an empty store that works."""
    return ClientBackend(FakeAsyncRedis(server=FakeServer()), 5)


def counting(backend: Backend, tally: HitTally) -> HitCounter:
    """Return a counter that is tallied."""
    return HitCounter(
        backend,
        key_prefix="hits:",
        token_ttl_s=60,
        token_length=12,
        queue_limit=1_000,
        claim_ttl_s=60,
        tally=tally,
    )


def tallied(backend: Backend, ask: Ask) -> dict[str, float]:
    """Ask a counter something; return the numbers that are not 0 then."""
    board = Board(1)
    row = board.row(Rows(board).take() or 0)
    tally = Tally(row, clock=lambda: 1_795_000_000.9)
    ticks = iter(range(0, 10**9, 700_000))

    async def main() -> None:
        counter = counting(TimedBackend(backend, tally, lambda: next(ticks)), tally)
        await ask(counter)
        await counter.close()

    asyncio.run(main())
    return {
        name.removeprefix("hitsvc_"): number
        for name, number in samples_of(render(board)).items()
        if number and "worker_starts" not in name
    }


def without_shapes(numbers: dict[str, float]) -> dict[str, float]:
    """Leave the buckets and what the index asks of the store out."""
    return {
        name: number
        for name, number in numbers.items()
        if "_bucket" not in name and not name.startswith("store_seconds")
    }


async def three_hits_at_once(counter: HitCounter) -> None:
    """Make one batch of three."""
    await asyncio.gather(*(counter.hit(URL) for _ in range(3)), return_exceptions=True)


async def a_refresh(counter: HitCounter) -> None:
    """Count a visitor, and see the same one again."""
    hit = await counter.hit(URL)
    await counter.hit(URL, hit.token)


async def an_expired_token(counter: HitCounter) -> None:
    """Look a token up that nobody knows, and count its visitor."""
    await counter.hit(URL, "0" * 12)


async def some_reads(counter: HitCounter) -> None:
    """Read a count and a history."""
    await counter.read(URL)
    await counter.totals(URL, 400)


async def a_probe(counter: HitCounter) -> None:
    """Try whether the store takes writes."""
    await asyncio.gather(counter.check(), return_exceptions=True)


async def all_at_once(counter: HitCounter) -> None:
    """Make one batch of a hit, a refresh, a read and a probe."""
    hit = await counter.hit(URL)
    await asyncio.gather(
        counter.hit(URL),
        counter.hit(URL, hit.token),
        counter.read(URL),
        counter.check(),
    )


@pytest.mark.parametrize(
    ("ask", "expected"),
    [
        (three_hits_at_once, {"hits_total{result=counted}": 3}),
        (
            a_refresh,
            {"hits_total{result=counted}": 1, "hits_total{result=remembered}": 1},
        ),
        (an_expired_token, {"hits_total{result=counted}": 1}),
        (some_reads, {"reads_total": 2}),
        (a_probe, {}),
        (
            all_at_once,
            {
                "hits_total{result=counted}": 2,
                "hits_total{result=remembered}": 1,
                "reads_total": 1,
            },
        ),
    ],
)
def test_what_is_answered_is_counted_once(ask, expected):
    """As what it was to the visitor."""
    numbers = without_shapes(tallied(working(), ask))

    assert {k: v for k, v in numbers.items() if "batch" not in k} == expected


@pytest.mark.parametrize(
    ("ask", "hits", "operations"),
    [(three_hits_at_once, 3, 3), (some_reads, 0, 1), (a_probe, 0, 1)],
)
@pytest.mark.parametrize(
    ("reason", "kind"), [("OOM no", "OOM"), ("ERR no", "other")], ids=["OOM", "other"]
)
def test_what_the_store_refuses_is_told_by_its_word(
    ask, hits, operations, reason, kind
):
    """The batch has been answered; nothing in it was."""

    async def asked(counter: HitCounter) -> None:
        await asyncio.gather(ask(counter), return_exceptions=True)

    expected = {
        "hits_total{result=refused}": hits,
        f"store_refusals_total{{kind={kind}}}": operations,
        "batches_total{result=answered}": 1,
        "batch_operations_count": 1,
        "batch_operations_sum": operations,
    }
    assert without_shapes(tallied(Refusing(reason), asked)) == {
        name: number for name, number in expected.items() if number
    }


@pytest.mark.parametrize(
    ("ask", "hits", "operations"), [(three_hits_at_once, 3, 3), (a_probe, 0, 1)]
)
def test_a_batch_that_nobody_answers_has_failed(ask, hits, operations):
    """Its time is kept, and what was in it."""
    expected = {
        "hits_total{result=refused}": hits,
        "batches_total{result=failed}": 1,
        "batch_operations_count": 1,
        "batch_operations_sum": operations,
        "store_last_failure_timestamp_seconds": 1_795_000_000,
    }
    assert without_shapes(tallied(Away(), ask)) == {
        name: number for name, number in expected.items() if number
    }


@pytest.mark.parametrize("backend", [working(), Away()], ids=["answers", "fails"])
def test_a_round_trip_takes_its_time(backend):
    """Whatever becomes of it."""
    numbers = tallied(backend, a_probe)

    assert numbers["store_seconds_count"] == 1
    assert numbers["store_seconds_sum"] == 0.0007
    assert "store_seconds_bucket{le=0.0005}" not in numbers
    assert numbers["store_seconds_bucket{le=0.001}"] == 1


def test_what_no_visitor_meets_is_no_error():
    """Nothing is counted, and nothing breaks."""
    board = Board(1)
    tally = Tally(board.row(Rows(board).take() or 0))

    tally.error(SettingsError("a value is wrong"))

    samples = samples_of(render(board))
    assert not any(n for name, n in samples.items() if "errors" in name)


def test_a_defect_is_no_batch():
    """What is neither answered nor refused passes, uncounted."""
    board = Board(1)
    tally = Tally(board.row(Rows(board).take() or 0))

    async def broken(_operations: Sequence[Any]) -> Sequence[Any]:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        asyncio.run(_sent(tally.watch(broken), []))
    assert samples_of(render(board))["hitsvc_batch_operations_count"] == 0


@settings(deadline=None)
@given(st.lists(st.integers(1, 600), min_size=1, max_size=8))
def test_batches_are_counted_by_their_size(sizes):
    """However many there are, hits and batches add up."""
    board = Board(1)
    tally = Tally(board.row(Rows(board).take() or 0))

    async def send(operations: Sequence[Any]) -> Sequence[Any]:
        return [Hit(1, 1, True, None)] * len(operations)

    watched = tally.watch(send)
    for size in sizes:
        asyncio.run(_sent(watched, [utc_day()] * size))

    samples = samples_of(render(board))
    assert samples["hitsvc_hits_total{result=counted}"] == sum(sizes)
    assert samples["hitsvc_batch_operations_sum"] == sum(sizes)
    assert samples["hitsvc_batches_total{result=answered}"] == len(sizes)
    for bound in (1, 4, 16, 64, 128, 256, 511):
        bucket = samples[f"hitsvc_batch_operations_bucket{{le={bound}}}"]
        assert bucket == sum(size <= bound for size in sizes)


async def _sent(
    send: Callable[[Any], Awaitable[object]], operations: Sequence[Any]
) -> object:
    return await send(operations)


def test_a_refresh_without_a_cookie_is_one():
    """It is no read, although its number is read; the first view is a hit."""

    async def ask(counter: HitCounter) -> None:
        for before in (None, None, "c"):
            await counter.hit(URL, claim=ClaimNames("c" if not before else "d", before))

    found = tallied(working(), ask)
    assert found["hits_total{result=counted}"] == 1
    assert found["hits_total{result=remembered}"] == 2
    assert not any("reads" in name for name in found)


def test_doubts_reach_the_store():
    """They are no round trips."""
    board = Board(1)
    away = Away()
    TimedBackend(away, Tally(board.row(0))).doubt()
    assert away.doubted == 1


def test_without_metrics_hits_alone_are_tallied():
    """For the line at the end; nothing else is looked at."""
    board = Board(1)
    tally = HitTally(board.row(Rows(board).take() or 0))
    backend = working()
    tally.error(CounterUnavailable("away"))
    tally.connections(3)

    async def main() -> None:
        counter = counting(tally.timed(backend), tally)
        await three_hits_at_once(counter)
        await counter.totals(URL)
        await counter.close()

    before = bytes(board.row(0))
    asyncio.run(main())

    assert tally.timed(backend) is backend
    assert board.hits == 3
    after = bytes(board.row(0))
    assert [at for at in range(len(after)) if before[at] != after[at]] == [HITS.at * 8]


def test_without_metrics_a_batch_that_fails_is_not_tallied():
    """Nobody knows what of it was counted."""
    board = Board(1)
    tally = HitTally(board.row(Rows(board).take() or 0))

    async def fail(operations: object) -> Sequence[Result]:
        raise CounterUnavailable(str(operations))

    async def main() -> None:
        await tally.watch(fail)([])

    with pytest.raises(CounterUnavailable):
        asyncio.run(main())

    assert board.hits == 0
