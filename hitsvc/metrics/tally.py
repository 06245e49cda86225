"""What a worker counts of itself where metrics are on, once a batch.

PERF: 600 instructions a hit in batches of 32, of 43,000 in the counter.
"""

import time
from bisect import bisect_left
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from hitsvc.counting import (
    Count,
    Hit,
    Operation,
    Outcome,
    Read,
    Reading,
    Result,
    when,
)
from hitsvc.errors import CounterUnavailable, HitsError
from hitsvc.metrics.board import Row
from hitsvc.metrics.catalogue import (
    BATCHES,
    CONNECTIONS,
    HITS,
    LAST_FAILURE,
    READS,
    SECONDS,
    SIZES,
    error_word,
    refusal_word,
)
from hitsvc.metrics.hit_tally import HitTally
from hitsvc.store import Backend

_COUNTED, _REMEMBERED, _REFUSED = range(HITS.at, HITS.end)
_READS = READS.at
_ANSWERED, _FAILED = range(BATCHES.at, BATCHES.end)
_SIZES, _SIZE_BOUNDS, _SIZE_SUM = SIZES.at, SIZES.bounds, SIZES.end - 1
_SECONDS, _SECOND_BOUNDS, _SECOND_SUM = SECONDS.at, SECONDS.bounds, SECONDS.end - 1


class Tally(HitTally):
    """Raises all numbers of one row."""

    def __init__(self, row: Row, clock: Callable[[], float] = time.time) -> None:
        """Write to a row, which nobody else does.

        Args:
            row: See `hitsvc.metrics.board`.
            clock: Returns seconds since 1970.
        """
        super().__init__(row)
        self._clock = clock

    def timed(self, backend: Backend) -> Backend:
        """Return what sends to a backend, and notes how long it takes."""
        return TimedBackend(backend, self)

    def error(self, error: HitsError) -> None:
        """Note that a request is answered with an error."""
        word = error_word(error)
        if word is not None:
            self._row[word] += 1

    def connections(self, number: int) -> None:
        """Note how many connections there are."""
        self._row[CONNECTIONS.at] = number

    def trip(self, nanoseconds: int) -> None:
        """Note how long the store took."""
        row = self._row
        row[_SECONDS + bisect_left(_SECOND_BOUNDS, nanoseconds)] += 1
        row[_SECOND_SUM] += nanoseconds

    def _answered(
        self, operations: Sequence[Operation], results: Sequence[Result]
    ) -> None:
        row, size = self._row, len(results)
        # PERF: not a loop of ours over the hits, which are nearly all there is.
        counted = list(map(type, results)).count(Hit)
        row[_COUNTED] += counted
        row[_ANSWERED] += 1
        self._size(size)
        if counted != size:
            for operation, result in zip(operations, results, strict=True):
                self._other(operation, result)

    def _other(self, operation: Operation, result: Result) -> None:
        """Tally what may be something else than a counted hit."""
        if isinstance(result, CounterUnavailable):
            self._row[refusal_word(str(result.__cause__))] += 1
            self._row[_REFUSED] += isinstance(operation, Count)
        elif isinstance(operation, Read) and isinstance(result, Reading):
            if operation.refresh or result.alive:
                self._row[_REMEMBERED] += 1
            elif operation.token is None and operation.claim is None:
                self._row[_READS] += 1

    def _failed(self, operations: Sequence[Operation]) -> None:
        row = self._row
        row[_FAILED] += 1
        row[_REFUSED] += list(map(type, operations)).count(Count)
        row[LAST_FAILURE.at] = int(self._clock())
        self._size(len(operations))

    def _size(self, size: int) -> None:
        self._row[_SIZES + bisect_left(_SIZE_BOUNDS, size)] += 1
        self._row[_SIZE_SUM] += size


class TimedBackend:
    """A backend whose round trips are tallied."""

    def __init__(
        self,
        backend: Backend,
        tally: Tally,
        clock: Callable[[], int] = time.perf_counter_ns,
    ) -> None:
        """Stand before a backend, and close it when closed.

        Args:
            backend: Carries what this is given.
            tally: Told how long that took.
            clock: Returns nanoseconds that never go back.
        """
        self._backend = backend
        self._tally = tally
        self._clock = clock

    def execute(self, commands: str, expected: int) -> Outcome[Sequence[Any]]:
        """Send commands; see `Backend.execute`."""
        timed: Outcome[Sequence[Any]] = Outcome()
        coming = self._backend.execute(commands, expected)
        when(coming, partial(self._ended, self._clock(), timed))
        return timed

    def _ended(self, began: int, timed: Outcome[Sequence[Any]], coming: Any) -> None:
        self._tally.trip(self._clock() - began)
        try:
            timed.set_result(coming.result())
        except BaseException as ex:  # whoever waits handles it
            timed.set_exception(ex)

    def doubt(self) -> None:
        """Have it looked whether this is the server; see `Backend.doubt`."""
        self._backend.doubt()

    async def close(self) -> None:
        """Close the connection."""
        await self._backend.close()
