"""Group commit: operations that arrive while a batch is in flight form the next one.

Under load many operations share a round trip, and an idle one goes out at once.

Invariants:

1. An operation is *waiting*, then *in flight*, then *settled*; never twice in one.
2. A batch leaves as soon as none is in flight, or as soon as it is full and few are, so
   that a store far away is not waited for. There is no timer. One that leaves takes in
   what else arrives in the same turn of the event loop.
3. Order is kept: operations leave in order of arrival, and so do their batches.
4. Sent is final: what a batch carried is never sent again, however it ended. A failed
   batch fails its own operations and no others.
5. The caller may go away at any time. What is in flight is then counted all the same;
   what was still waiting is dropped unsent. Nobody else notices.
6. At most ``limit`` operations wait; one more is refused at once, unsent.
7. `close` refuses new operations and returns when all accepted ones are settled.

PERF: there is no task; a batch leaves in the next turn of the event loop, and the turn that
brings its replies settles it. Alone on one connection, a hit takes two turns instead of four.
"""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from functools import partial
from typing import Any, Final, Generic, TypeVar

from hitsvc.counting.outcome import Outcome, report, when
from hitsvc.counting.waiting import until
from hitsvc.errors import CounterBusy, CounterUnavailable

OperationT = TypeVar("OperationT")
ResultT = TypeVar("ResultT")

# Bounds one batch's share of memory and of Redis' time (at 10 to 16 us a hit, 5 to 8 ms).
MAX_BATCH: Final = 512
# Waiting operations that are enough for a batch though others are in flight.
# PERF: with Redis 2 ms away and 256 connections, 51,000 hits a second instead of 37,000;
# smaller ones (48, and 8 in flight) are no faster. Next door it makes no difference.
FULL_BATCH = 128
# For 55,000 hits a second, enough with a Redis that is 9 ms away.
MAX_IN_FLIGHT = 4


class GroupCommit(Generic[OperationT, ResultT]):
    """Gathers operations into batches and gives each its own result."""

    def __init__(
        self,
        send: Callable[
            [Sequence[OperationT]], Awaitable[Sequence[ResultT | CounterUnavailable]]
        ],
        limit: int,
        *,
        full: int = FULL_BATCH,
        max_in_flight: int = MAX_IN_FLIGHT,
    ) -> None:
        """Prepare an idle committer.

        Args:
            send: Sends one batch and returns a result for each operation, or raises
                `CounterUnavailable` for the batch as a whole. Must bound its time.
            limit: Operations that may wait.
            full: Waiting operations that need not wait for a batch in flight.
            max_in_flight: Batches that may be in flight.
        """
        self._send = send
        self._limit = limit
        self._full = full
        self._max_in_flight = max_in_flight
        # What waits, and what will be known of it.
        self._operations: list[OperationT] = []
        self._outcomes: list[Outcome[ResultT]] = []
        self._in_flight = 0  # batches, with those that leave in the next turn
        self._loop: asyncio.AbstractEventLoop | None = None
        self._closed = False
        self._idle: asyncio.Future[None] | None = None

    @property
    def waiting(self) -> int:
        """How many operations wait."""
        return len(self._operations)

    @property
    def is_idle(self) -> bool:
        """Whether nothing waits and nothing is in flight."""
        return not self._in_flight

    def submit(self, operation: OperationT) -> Outcome[ResultT]:
        """Accept an operation.

        Returns:
            What will hold its result, or `CounterUnavailable` if Redis did not
            acknowledge it.

        Raises:
            CounterBusy: Too many are waiting, or the counter is closed.
        """
        if self._closed:
            msg = "the counter is shutting down"
            raise CounterBusy(msg)
        waiting = len(self._operations)
        if waiting >= self._limit:
            msg = f"{self._limit} operations wait for Redis already"
            raise CounterBusy(msg)
        outcome: Outcome[ResultT] = Outcome()
        self._operations.append(operation)
        self._outcomes.append(outcome)
        # PERF: most operations only wait, so this comes before any call.
        if not self._in_flight or waiting + 1 >= self._full:
            self._begin()
        return outcome

    def close(self) -> Coroutine[Any, Any, None]:
        """Refuse new operations; what is returned waits until all others are settled."""
        self._closed = True
        return until(self._ending)

    def _ending(self) -> asyncio.Future[None] | None:
        if self._in_flight and self._idle is None:
            self._idle = asyncio.get_running_loop().create_future()
        return self._idle

    def _begin(self) -> None:
        """Let another batch leave in the next turn, if it may."""
        if self._may_leave(self._in_flight):
            if self._loop is None:
                # PERF: kept, because before Python 3.12 each look at the running loop is
                # a system call (getpid), 3 % of a hit.
                self._loop = asyncio.get_running_loop()
            self._in_flight += 1
            self._loop.call_soon(self._leave)

    def _may_leave(self, others: int) -> bool:
        """Tell whether what waits may leave while so many other batches are in flight."""
        waiting = len(self._operations)
        if not others:
            return waiting > 0
        return waiting >= self._full and others < self._max_in_flight

    def _leave(self) -> None:
        """Send the next batch; or be one less in flight, if none may leave."""
        while self._may_leave(self._in_flight - 1):
            operations, outcomes = self._take()
            if operations:
                when(self._sent(operations), partial(self._ended, outcomes))
                return
        self._in_flight -= 1
        if not self._in_flight and self._idle is not None:
            self._idle.set_result(None)
            self._idle = None

    def _sent(
        self, operations: list[OperationT]
    ) -> Awaitable[Sequence[ResultT | CounterUnavailable]]:
        try:
            return self._send(operations)
        except Exception as ex:  # handled where all defects are
            sent: Outcome[Sequence[ResultT | CounterUnavailable]] = Outcome()
            sent.set_exception(ex)
            return sent

    def _take(self) -> tuple[list[OperationT], list[Outcome[ResultT]]]:
        """Take the next batch, without those whose callers have gone."""
        operations, outcomes = self._operations[:MAX_BATCH], self._outcomes[:MAX_BATCH]
        del self._operations[:MAX_BATCH], self._outcomes[:MAX_BATCH]
        staying = [outcome for outcome in outcomes if not outcome.is_over]
        if len(staying) < len(outcomes):
            pairs = zip(operations, outcomes, strict=True)
            operations = [asked for asked, outcome in pairs if not outcome.is_over]
        return operations, staying

    def _ended(self, outcomes: list[Outcome[ResultT]], sent: Any) -> None:
        """Settle a batch of which all is known; before that, the next one leaves."""
        try:
            results = _one_each(sent.result(), len(outcomes))
        except CounterUnavailable as ex:
            self._leave()
            _fail(outcomes, str(ex))
        except BaseException as ex:
            # A defect in `send`, or the loop is ending: nobody is left waiting.
            others, self._outcomes = self._outcomes, []
            self._operations = []
            self._leave()
            _fail(outcomes, "the batch was given up")
            _fail(others, "the batch before was given up")
            if not isinstance(ex, asyncio.CancelledError):
                report(ex)
        else:
            self._leave()
            for outcome, result in zip(outcomes, results, strict=True):
                if isinstance(result, CounterUnavailable):
                    outcome.set_exception(result)
                else:
                    outcome.set_result(result)


def _one_each(results: Sequence[Any], number: int) -> Sequence[Any]:
    """Return them, if they are so many."""
    if len(results) != number:
        msg = f"{len(results)} results for {number} operations"
        raise ValueError(msg)
    return results


def _fail(outcomes: Sequence[Outcome[Any]], reason: str) -> None:
    for outcome in outcomes:
        outcome.set_exception(CounterUnavailable(reason))
