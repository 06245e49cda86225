"""What the workers count, in memory that outlives them."""

import logging
from collections.abc import Container
from datetime import datetime

from hitsvc.metrics import Board, HitTally, Rows, Tally

log = logging.getLogger(__name__)


class Tallies:
    """Gives each worker a row of the board, which it alone writes.

    Attributes:
        board: Where the numbers are.
    """

    def __init__(self, *, metrics: bool) -> None:
        """Begin with no workers, and before the first is forked.

        Args:
            metrics: Whether all is counted that the metrics show, or hits alone.
        """
        self.board = Board()
        self._kind = Tally if metrics else HitTally
        self._rows = Rows(self.board)
        self._next_row: int | None = None

    # In the arbiter.

    def release(self, workers: Container[int]) -> None:
        """Take note of workers that have ended.

        Args:
            workers: The process numbers of those that have not.
        """
        self._rows.release(workers)

    def prepare_worker(self) -> None:
        """Choose the row of the worker that is about to be forked."""
        self._next_row = self._rows.take()
        if self._next_row is None:
            log.error("too many workers: the hits of one are not shown")

    def worker_started(self, pid: int) -> None:
        """Note who that worker is."""
        if self._next_row is not None:
            self._rows.give(self._next_row, pid)

    def summary(self) -> str:
        """Say how many views were counted, and since when."""
        began = datetime.fromtimestamp(self.board.began).astimezone()
        hits = self.board.hits
        noun = "view" if hits == 1 else "views"
        return f"{hits:,} {noun} since {began:%Y-%m-%d %H:%M}"

    # In a worker.

    def tally(self) -> HitTally | None:
        """Return what this worker counts with."""
        if self._next_row is None:
            return None
        return self._kind(self.board.row(self._next_row))
