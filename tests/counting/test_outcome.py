"""Outcomes: what is told to whom, and when."""

import asyncio
from typing import Any

import pytest

from hitsvc.counting.outcome import Begun, Outcome, when
from hitsvc.errors import CounterUnavailable


@pytest.fixture(name="defects")
def _defects() -> list[Any]:
    return []


def collect(defects: list[Any]) -> None:
    """Note what the event loop is told of."""
    asyncio.get_running_loop().set_exception_handler(
        lambda _loop, context: defects.append(context["exception"])
    )


async def test_what_waits_is_called_at_once():
    """Not in the next turn of the event loop."""
    outcome, seen = Outcome[int](), []
    outcome.add_done_callback(lambda known: seen.append(known.result()))
    outcome.set_result(7)
    assert seen == [7]


async def test_what_asks_too_late_is_called_in_the_next_turn():
    """And never before it has asked."""
    outcome, seen = Outcome[int](), []
    outcome.set_result(7)
    outcome.add_done_callback(lambda known: seen.append(known.result()))
    assert seen == []
    await asyncio.sleep(0)
    assert seen == [7]


async def test_it_is_told_once():
    """What comes later changes nothing."""
    outcome = Outcome[int]()
    outcome.set_result(1)
    outcome.set_result(2)
    outcome.set_exception(OSError())
    assert not outcome.cancel()
    assert (outcome.result(), outcome.exception(), outcome.cancelled()) == (
        1,
        None,
        False,
    )


async def test_an_error_is_raised():
    """By whoever looks at the result, and whoever waits."""
    outcome = Outcome[int]()
    outcome.set_exception(CounterUnavailable("away"))
    with pytest.raises(CounterUnavailable):
        outcome.result()
    with pytest.raises(CounterUnavailable):
        await outcome


async def test_several_tasks_may_wait():
    """Before and after it is known."""
    outcome = Outcome[int]()
    waiting = [asyncio.create_task(_await(outcome)) for _ in range(2)]
    await asyncio.sleep(0)
    outcome.set_result(3)
    assert await asyncio.gather(*waiting) == [3, 3]
    assert await outcome == 3


async def test_a_task_that_is_cancelled_wants_to_know_it_no_longer():
    """So what has not been sent for it is not."""
    outcome = Outcome[int]()
    waiting = asyncio.create_task(_await(outcome))
    await asyncio.sleep(0)
    waiting.cancel()
    await asyncio.gather(waiting, return_exceptions=True)
    assert outcome.cancelled()


async def test_what_is_cancelled_raises_that():
    """As a future does."""
    outcome = Outcome[int]()
    assert outcome.cancel()
    assert outcome.done()
    with pytest.raises(asyncio.CancelledError):
        await outcome


@pytest.mark.parametrize("fails", [False, True])
async def test_a_defect_of_what_is_called_is_nobody_elses(defects, fails):
    """The event loop tells of it."""
    collect(defects)

    def broken(_outcome: Any) -> None:
        raise ZeroDivisionError

    outcome = Outcome[int]()
    outcome.add_done_callback(broken)
    if fails:
        outcome.set_exception(OSError())
    else:
        outcome.set_result(1)
    assert [type(defect) for defect in defects] == [ZeroDivisionError]


async def test_what_a_task_finds_out():
    """Its result, or its error."""

    async def fail() -> int:
        raise CounterUnavailable

    assert await Begun(_await(_known(5))) == 5
    with pytest.raises(CounterUnavailable):
        await Begun(fail())


async def test_who_no_longer_wants_what_a_task_finds_out_ends_it():
    """It would do more than anybody wants."""
    begun = Begun(asyncio.sleep(60))
    assert begun.cancel()
    await asyncio.wait([begun.task])
    assert begun.task.cancelled()
    assert begun.cancelled()


async def test_a_coroutine_is_run():
    """And what it returns is told."""
    seen: list[int] = []
    done = asyncio.Event()

    def tell(known: Any) -> None:
        seen.append(known.result())
        done.set()

    when(_await(_known(8)), tell)
    await done.wait()
    assert seen == [8]


def _known(result: int) -> Outcome[int]:
    outcome = Outcome[int]()
    outcome.set_result(result)
    return outcome


async def _await(outcome: Outcome[int]) -> int:
    return await outcome
