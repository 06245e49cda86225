"""Hits before which the store is asked, and those who do not wait for the answer."""

import asyncio
from typing import Any

import pytest

from hitsvc.counting import (
    CarefulHit,
    CarefulHits,
    ClaimNames,
    Count,
    Hit,
    Keys,
    Outcome,
    PageCommands,
    Read,
    Reading,
)
from hitsvc.counting.looking import Looked
from hitsvc.errors import CounterBusy, CounterUnavailable
from tests.support.hits import told


class Queue:
    """Takes operations, and has room for so many."""

    def __init__(self, room: int = 9) -> None:
        self.taken: list[tuple[Any, Outcome[Any]]] = []
        self._room = room

    def submit(self, operation: Any) -> Outcome[Any]:
        if len(self.taken) == self._room:
            raise CounterBusy
        self.taken.append((operation, Outcome()))
        return self.taken[-1][1]


def page_of(key: str) -> PageCommands:
    """Return the commands of a page."""
    return PageCommands(key, Keys("").page(key), 12, 60)


def never_full(_page: PageCommands) -> bool:
    """Have room for every page."""
    return False


def look(queue: Queue) -> Outcome[Hit]:
    """Ask whether a visitor's token is alive."""
    page = page_of("example.com")
    hit = CarefulHit(page, "t", None, (), True, lambda: queue.submit(Count(page, "u")))
    return Looked(hit, queue.submit, never_full)


def kinds(queue: Queue) -> list[type]:
    """Return what was asked for."""
    return [type(operation) for operation, _ in queue.taken]


def test_a_token_that_is_gone_is_a_hit():
    """It is counted, and its number is the answer."""
    queue = Queue()
    outcome = look(queue)
    queue.taken[0][1].set_result(Reading(5))
    assert not outcome.done()
    queue.taken[1][1].set_result(Hit(6, 1, True, "u"))
    assert outcome.result().number == 6
    assert kinds(queue) == [Read, Count]


def test_a_token_that_is_alive_is_none():
    """The number is that of before."""
    queue = Queue()
    outcome = look(queue)
    queue.taken[0][1].set_result(Reading(5, alive=True))
    assert told(outcome.result()) == (5, None, False, None)
    assert kinds(queue) == [Read]


def test_what_is_not_known_is_not_counted():
    """The store may be away, or the queue full by now."""
    queue = Queue()
    outcome = look(queue)
    queue.taken[0][1].set_exception(CounterUnavailable("away"))
    assert str(outcome.exception()) == "away"
    queue = Queue(room=1)
    outcome = look(queue)
    queue.taken[0][1].set_result(Reading(5))
    assert isinstance(outcome.exception(), CounterBusy)
    with pytest.raises(CounterBusy):
        look(queue)


def test_who_goes_before_it_is_known_is_not_counted():
    """And nobody asks for them any more."""
    queue = Queue()
    outcome = look(queue)
    assert outcome.cancel()
    assert queue.taken[0][1].cancelled()
    assert kinds(queue) == [Read]


def test_who_goes_while_they_are_counted_is_counted_if_it_was_sent():
    """What was not sent is not."""
    queue = Queue()
    outcome = look(queue)
    queue.taken[0][1].set_result(Reading(5))
    outcome.cancel()
    assert queue.taken[1][1].cancelled()


def claim_of(queue: Queue, page: PageCommands) -> CarefulHit:
    """Return a hit whose visitor is known without a cookie."""
    then = Count(page, "")
    return CarefulHit(page, None, ClaimNames("c"), (), True, lambda: queue.submit(then))


def refusal() -> CounterUnavailable:
    """Return what tells that a hit was certainly not counted."""
    error = CounterUnavailable("full")
    error.is_uncounted = True
    return error


async def sent_well(_commands: str, _expected: int) -> list[int]:
    """Take a claim back."""
    return [1]


@pytest.mark.parametrize(("ended_s", "is_released"), [(29.0, True), (31.0, False)])
async def test_a_claim_that_may_be_anothers_by_now_is_left(ended_s, is_released):
    """Refused so late, in the second half of its time, it is not taken back."""
    queue, sent = Queue(), []

    async def send(commands: str, _expected: int) -> list[int]:
        sent.append(commands)
        return [1]

    times = iter([0.0, ended_s])
    careful = CarefulHits(queue.submit, send, never_full, 60, lambda: next(times))
    page = page_of("example.com")
    outcome = careful.hit(claim_of(queue, page))
    queue.taken[0][1].set_result(True)
    refused = refusal()
    queue.taken[1][1].set_exception(refused)
    await careful.close()

    assert outcome.exception() is refused
    assert sent == [page.release("c")] * is_released


async def test_a_claim_for_which_there_is_no_room_is_not_made():
    """The visitor learns that, and the end is not waited for."""
    queue = Queue(room=0)
    careful = CarefulHits(queue.submit, sent_well, never_full, 60)
    outcome = careful.hit(claim_of(queue, page_of("example.com")))
    await careful.close()

    assert isinstance(outcome.exception(), CounterBusy)
    assert queue.taken == []


async def broken(_commands: str, _expected: int) -> list[int]:
    """Fail as only a defect does, later."""
    raise RuntimeError


def broken_at_once(_commands: str, _expected: int) -> Any:
    """Fail as only a defect does."""
    raise RuntimeError


@pytest.mark.parametrize("send", [broken, broken_at_once])
async def test_a_defect_while_a_claim_is_taken_back_leaves_nobody_waiting(send):
    """It is told; the visitor learns why the hit was not counted."""
    told_of: list[Any] = []
    asyncio.get_running_loop().set_exception_handler(
        lambda _loop, context: told_of.append(context["exception"])
    )
    queue = Queue()
    careful = CarefulHits(queue.submit, send, never_full, 60)
    outcome = careful.hit(claim_of(queue, page_of("example.com")))
    queue.taken[0][1].set_result(True)
    refused = refusal()
    queue.taken[1][1].set_exception(refused)
    await careful.close()

    assert outcome.exception() is refused
    assert [type(defect) for defect in told_of] == [RuntimeError]


async def test_a_claimed_hit_is_told_though_nobody_waits_for_the_end_any_more():
    """Who closes may be cancelled; the hit has its number, and who closes again waits."""
    queue = Queue()
    careful = CarefulHits(queue.submit, sent_well, never_full, 60)
    outcome = careful.hit(claim_of(queue, page_of("example.com")))
    queue.taken[0][1].set_result(True)
    closing = asyncio.create_task(careful.close())
    await asyncio.sleep(0)
    closing.cancel()
    await asyncio.wait([closing])
    queue.taken[1][1].set_result(Hit(6, 1, True, None))
    await careful.close()

    assert outcome.result().number == 6


async def test_a_hit_that_is_claimed_when_the_last_one_ends_is_waited_for_too():
    """Who closes waits until none is left."""
    queue = Queue()
    careful = CarefulHits(queue.submit, sent_well, never_full, 60)
    page = page_of("example.com")
    later: list[Outcome[Hit]] = []
    first = careful.hit(claim_of(queue, page))
    first.add_done_callback(lambda _: later.append(careful.hit(claim_of(queue, page))))
    closing = asyncio.create_task(careful.close())
    await asyncio.sleep(0)
    queue.taken[0][1].set_result(True)
    queue.taken[1][1].set_result(Hit(6, 1, True, None))
    for _ in range(5):
        await asyncio.sleep(0)
    assert not closing.done()
    queue.taken[2][1].set_result(True)
    queue.taken[3][1].set_result(Hit(7, 2, True, None))
    await closing

    assert later[0].result().number == 7
