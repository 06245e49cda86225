"""Group commit, driven through everything that can happen to a batch."""

import asyncio
from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hitsvc.counting.commit import MAX_BATCH, GroupCommit
from hitsvc.counting.outcome import Outcome
from hitsvc.errors import CounterBusy, CounterUnavailable


class Store:
    """A `send` whose batches stay in flight until the test ends them.

    Of several it is the oldest that ends, unless a test names another.
    """

    def __init__(self) -> None:
        self.batches: list[list[int]] = []
        self._ends: list[asyncio.Future[Sequence[object]]] = []

    async def send(self, operations: Sequence[int]) -> Sequence[object]:
        self.batches.append(list(operations))
        self._ends.append(asyncio.get_running_loop().create_future())
        return await self._ends[-1]

    @property
    def in_flight(self) -> list[int]:
        return [place for place, end in enumerate(self._ends) if not end.done()]

    def succeed(self, which: int = 0) -> None:
        place = self.in_flight[which]
        self._ends[place].set_result([f"r{number}" for number in self.batches[place]])

    def refuse(self, which: int = 0) -> None:
        place = self.in_flight[which]
        refused = [CounterUnavailable("refused") for _ in self.batches[place]]
        self._ends[place].set_result(refused)

    def answer(self, results: Sequence[object]) -> None:
        self._ends[self.in_flight[0]].set_result(results)

    def fail(self, error: BaseException, which: int = 0) -> None:
        self._ends[self.in_flight[which]].set_exception(error)


async def turn() -> None:
    """Let everything that is ready run."""
    for _ in range(5):
        await asyncio.sleep(0)


@pytest.fixture(name="store")
def _store() -> Store:
    return Store()


@pytest.fixture(name="commit")
def _commit(store: Store) -> GroupCommit[int, object]:
    return GroupCommit(store.send, limit=MAX_BATCH * 2)


async def test_idle_operation_leaves_at_once(store, commit):
    """With nothing in flight, an operation is sent in the next turn of the loop."""
    commit.submit(1)
    await turn()
    assert store.batches == [[1]]


async def test_operations_of_one_turn_share_a_batch(store, commit):
    """Operations that arrive together leave together, in order."""
    for number in range(5):
        commit.submit(number)
    await turn()
    assert store.batches == [[0, 1, 2, 3, 4]]


async def test_operations_wait_while_a_batch_is_in_flight(store, commit):
    """What arrives meanwhile forms the next batch."""
    first = commit.submit(1)
    await turn()
    later = [commit.submit(2), commit.submit(3)]
    await turn()
    assert store.batches == [[1]]
    store.succeed()
    assert await first == "r1"
    await turn()
    assert store.batches == [[1], [2, 3]]
    store.succeed()
    assert await asyncio.gather(*later) == ["r2", "r3"]


async def test_batch_is_bounded(store, commit):
    """More than MAX_BATCH waiting operations take several batches."""
    for number in range(MAX_BATCH + 1):
        commit.submit(number)
    await turn()
    store.succeed()
    await turn()
    assert [len(batch) for batch in store.batches] == [MAX_BATCH, 1]
    store.succeed()


async def several(store: Store) -> GroupCommit[int, object]:
    """Make a committer of full batches of 3, two in flight, and one with 0 leave."""
    commit = GroupCommit[int, object](store.send, limit=100, full=3, max_in_flight=2)
    commit.submit(0)
    await turn()
    return commit


async def test_full_batch_does_not_wait(store):
    """It leaves though another is in flight, and takes in what else arrives."""
    commit = await several(store)
    for number in (1, 2):
        commit.submit(number)
    await turn()
    assert store.batches == [[0]]
    for number in (3, 4):
        commit.submit(number)
    await turn()
    assert store.batches == [[0], [1, 2, 3, 4]]


async def test_batches_in_flight_are_bounded(store):
    """One more than the limit waits, however full it is."""
    commit = await several(store)
    for number in range(1, 4):
        commit.submit(number)
    await turn()
    for number in range(4, 14):
        commit.submit(number)
    await turn()
    assert store.batches == [[0], [1, 2, 3]]
    store.succeed()
    await turn()
    assert store.batches == [[0], [1, 2, 3], [*range(4, 14)]]


@pytest.mark.parametrize("first", [0, 1])
async def test_small_batch_waits_for_all_in_flight(store, first):
    """As long as any is, whichever ends first; then it leaves."""
    commit = await several(store)
    for number in (1, 2, 3):
        commit.submit(number)
    await turn()
    last = commit.submit(4)
    store.succeed(first)
    await turn()
    assert len(store.batches) == 2
    store.succeed()
    await turn()
    store.succeed()
    assert await last == "r4"


async def test_close_waits_for_all_in_flight(store):
    """In whatever order they end."""
    commit = await several(store)
    futures = [commit.submit(number) for number in (1, 2, 3)]
    await turn()
    closing = asyncio.create_task(commit.close())
    store.succeed(1)
    await turn()
    assert not closing.done()
    assert await asyncio.gather(*futures) == ["r1", "r2", "r3"]
    store.succeed()
    await closing


async def test_queue_is_bounded(store):
    """One operation more than the limit is refused at once and never sent."""
    commit = GroupCommit(store.send, limit=2)
    commit.submit(0)
    await turn()
    waiting = [commit.submit(1), commit.submit(2)]
    with pytest.raises(CounterBusy, match="2 operations wait"):
        commit.submit(3)
    store.succeed()
    await turn()
    store.succeed()
    assert await asyncio.gather(*waiting) == ["r1", "r2"]
    assert store.batches == [[0], [1, 2]]


async def test_failed_batch_fails_only_its_own(store, commit):
    """Each operation of a failed batch gets an error of its own; the next batch lives."""
    failing = [commit.submit(1), commit.submit(2)]
    await turn()
    fine = commit.submit(3)
    store.fail(CounterUnavailable("gone"))
    await turn()
    store.succeed()
    first, second = await asyncio.gather(*failing, return_exceptions=True)
    assert (str(first), str(second)) == ("gone", "gone")
    assert first is not second
    assert await fine == "r3"


async def test_failed_batch_is_not_sent_again(store, commit):
    """The outcome of a failed batch is unknown, so it is never repeated."""
    failing = commit.submit(1)
    await turn()
    store.fail(CounterUnavailable("gone"))
    with pytest.raises(CounterUnavailable):
        await failing
    await turn()
    assert store.batches == [[1]]


async def test_refused_operation_fails_alone(store, commit):
    """An error among the results belongs to one operation."""
    fine, refused = commit.submit(1), commit.submit(2)
    await turn()
    store.answer(["r1", CounterUnavailable("refused")])
    assert await fine == "r1"
    with pytest.raises(CounterUnavailable, match="refused"):
        await refused


async def test_caller_that_leaves_in_flight_harms_nobody(store, commit):
    """Its operation is counted all the same, and the others get their results."""
    gone, stays = commit.submit(1), commit.submit(2)
    await turn()
    gone.cancel()
    store.succeed()
    assert await stays == "r2"
    assert store.batches == [[1, 2]]


async def test_caller_that_leaves_while_waiting_is_not_sent(store, commit):
    """A hit that nobody waits for any more and that has not left is dropped."""
    commit.submit(1)
    await turn()
    gone, stays = commit.submit(2), commit.submit(3)
    gone.cancel()
    store.succeed()
    await turn()
    store.succeed()
    assert await stays == "r3"
    assert store.batches == [[1], [3]]


async def test_nothing_is_sent_when_all_callers_have_left(store, commit):
    """A batch without operations is no batch."""
    commit.submit(1).cancel()
    await turn()
    assert store.batches == []


async def test_close_settles_what_was_accepted(store, commit):
    """Closing waits for what is in flight and for what waits behind it."""
    first = commit.submit(1)
    await turn()
    second = commit.submit(2)
    closing = asyncio.create_task(commit.close())
    await turn()
    assert not closing.done()
    store.succeed()
    await turn()
    store.succeed()
    await closing
    assert (await first, await second) == ("r1", "r2")


async def test_who_closes_may_be_cancelled(store, commit):
    """What was accepted is settled all the same, and who closes again waits for it."""
    accepted = commit.submit(1)
    closing = asyncio.create_task(commit.close())
    await turn()
    closing.cancel()
    await asyncio.wait([closing])
    store.succeed()
    await commit.close()
    assert await accepted == "r1"


async def test_closed_counter_refuses(commit):
    """After closing, an operation is refused at once."""
    await commit.close()
    with pytest.raises(CounterBusy, match="shutting down"):
        commit.submit(1)


@pytest.mark.parametrize("results", [[], ["r1", "r2", "r3"]], ids=["few", "many"])
async def test_defect_leaves_nobody_waiting(store, commit, results):
    """If `send` breaks its contract, every operation fails instead of hanging."""
    unhandled: list[object] = []
    asyncio.get_running_loop().set_exception_handler(
        lambda _loop, context: unhandled.append(context["exception"])
    )
    in_flight = [commit.submit(1), commit.submit(2)]
    await turn()
    waiting = commit.submit(3)
    store.answer(results)
    await turn()
    assert all(future.done() for future in [*in_flight, waiting])
    with pytest.raises(CounterUnavailable, match="given up"):
        await waiting
    assert in_flight[1].exception() or results


async def test_commit_works_again_after_a_defect(store):
    """The next operation starts afresh, with room in the queue."""
    asyncio.get_running_loop().set_exception_handler(lambda _loop, _context: None)
    commit = GroupCommit[int, object](store.send, limit=1)
    broken = [commit.submit(0)]
    await turn()
    broken.append(commit.submit(1))
    store.fail(RuntimeError("a defect"))
    await turn()
    assert all(future.exception() for future in broken)
    fine = commit.submit(2)
    await turn()
    store.succeed()
    assert await fine == "r2"


async def test_a_send_that_fails_at_once_leaves_nobody_waiting():
    """It is a defect, and the next operation is sent."""
    defects: list[object] = []
    asyncio.get_running_loop().set_exception_handler(
        lambda _loop, context: defects.append(context["exception"])
    )

    def send(_operations: Sequence[int]) -> Any:
        raise ZeroDivisionError

    commit = GroupCommit[int, object](send, limit=9)
    for _ in range(2):
        with pytest.raises(CounterUnavailable, match="given up"):
            await commit.submit(1)
    assert [type(defect) for defect in defects] == [ZeroDivisionError] * 2


async def test_a_batch_that_is_cancelled_is_given_up(store, commit):
    """As when the event loop ends; that is no defect."""
    defects: list[object] = []
    asyncio.get_running_loop().set_exception_handler(
        lambda _loop, context: defects.append(context["exception"])
    )
    in_flight = commit.submit(1)
    await turn()
    waiting = commit.submit(2)
    store.fail(asyncio.CancelledError())
    for outcome in (in_flight, waiting):
        with pytest.raises(CounterUnavailable, match="given up"):
            await outcome
    assert defects == []


async def test_what_is_answered_may_ask_again(store, commit):
    """Within the turn that answers it; the next batch has left by then."""
    commit.submit(1).add_done_callback(lambda _known: commit.submit(3))
    await turn()
    commit.submit(2)
    store.succeed()
    await turn()
    store.succeed()
    await turn()
    assert store.batches == [[1], [2], [3]]


async def test_all_who_close_it_wait(store, commit):
    """For the same."""
    commit.submit(1)
    closing = [asyncio.create_task(commit.close()) for _ in range(2)]
    await turn()
    assert not any(task.done() for task in closing)
    store.succeed()
    await asyncio.gather(*closing)


steps = st.lists(
    st.one_of(
        st.just(("submit",)),
        st.just(("turn",)),
        st.tuples(st.sampled_from(["succeed", "fail", "refuse"]), st.integers(0, 2)),
        st.tuples(st.just("cancel"), st.integers(0, 30)),
    ),
    max_size=60,
)


@given(steps)
def test_any_interleaving_keeps_the_invariants(script):
    """Submits, cancels, slow, refused and failed batches in any order.

    Every operation is sent at most once, in order; each gets its own result or an
    error; what was acknowledged was sent; nobody is left waiting. At most three batches
    are in flight.
    """
    asyncio.run(_play(script))


async def _play(script: list[tuple[Any, ...]]) -> None:
    store = Store()
    commit = GroupCommit[int, object](store.send, limit=8, full=4, max_in_flight=3)
    futures: list[Outcome[object]] = []
    refused = 0
    for step, *place in script:
        if step == "submit":
            try:
                futures.append(commit.submit(len(futures)))
            except CounterBusy:
                refused += 1
        elif step == "turn":
            await turn()
        elif step == "cancel" and futures:
            futures[place[0] % len(futures)].cancel()
        elif store.in_flight and place:
            which = place[0] % len(store.in_flight)
            if step == "succeed":
                store.succeed(which)
            elif step == "refuse":
                store.refuse(which)
            else:
                store.fail(CounterUnavailable("lost"), which)
        assert len(store.in_flight) <= 3
    closing = asyncio.create_task(commit.close())
    while not closing.done():
        await turn()
        if store.in_flight:
            store.succeed()
    sent = [number for batch in store.batches for number in batch]
    assert sent == sorted(set(sent))
    for number, future in enumerate(futures):
        assert future.done()
        if future.cancelled():
            continue
        assert number in sent
        if future.exception() is None:
            assert future.result() == f"r{number}"
