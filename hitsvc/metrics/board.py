"""Counters in memory that the parent and its workers share.

Invariants:

1. A row is written by one process at a time, so no word needs a lock: a word is aligned,
   and the processor writes it whole.
2. A row outlives its worker, and its successor goes on from there: no counter goes back.
3. A row is given away only when whoever wrote it has been reaped.
"""

import mmap
import time
from collections.abc import Callable, Container, Iterator

from hitsvc.metrics.catalogue import (
    CONNECTIONS,
    HITS,
    LAST_FAILURE,
    LIVE,
    ROW_WORDS,
    STARTS,
)

# Twice as many as there may be workers. Pages of memory that no worker has touched do
# not exist.
ROWS = 1024

Row = memoryview  # of 64-bit words


class Board:
    """Rows of counters, all 0 at first. Make it before the fork.

    Attributes:
        began: When that was, in seconds since 1970.
    """

    def __init__(
        self, rows: int = ROWS, clock: Callable[[], float] = time.time
    ) -> None:
        """Map the memory.

        Args:
            rows: How many.
            clock: Tells the time.
        """
        self.began = clock()
        self._rows = rows
        self._words = memoryview(mmap.mmap(-1, rows * ROW_WORDS * 8)).cast("Q")

    def __len__(self) -> int:
        """Tell how many rows there are."""
        return self._rows

    def row(self, number: int) -> Row:
        """Return a row, to be read and written in place."""
        return self._words[number * ROW_WORDS : (number + 1) * ROW_WORDS]

    def used(self) -> Iterator[Row]:
        """Return the rows that a worker has, or has had."""
        for number in range(self._rows):
            row = self.row(number)
            if not row[STARTS.at]:
                return  # they are given away in order
            yield row

    @property
    def workers(self) -> int:
        """How many workers there are."""
        return sum(row[LIVE] for row in self.used())

    @property
    def hits(self) -> int:
        """How many hits have been counted."""
        return sum(row[HITS.at] for row in self.used())

    @property
    def last_failure(self) -> int:
        """When a batch failed last, in seconds since 1970; 0 for never."""
        return max((row[LAST_FAILURE.at] for row in self.used()), default=0)


class Rows:
    """Which worker has which row of a board. For the parent alone."""

    def __init__(self, board: Board) -> None:
        """Begin with no workers."""
        self._board = board
        self._of: dict[int, int] = {}

    def take(self) -> int | None:
        """Take the first free row; `None` if there is none."""
        for number in range(len(self._board)):
            row = self._board.row(number)
            if not row[LIVE]:
                row[LIVE] = 1
                row[STARTS.at] += 1
                return number
        return None

    def give(self, number: int, pid: int) -> None:
        """Note whose a taken row is."""
        self._of[pid] = number

    def release(self, living: Container[int]) -> None:
        """Take back the rows of workers that have been reaped.

        Args:
            living: The process numbers of those that have not.
        """
        for pid in [pid for pid in self._of if pid not in living]:
            row = self._board.row(self._of.pop(pid))
            row[CONNECTIONS.at] = 0
            row[LIVE] = 0
