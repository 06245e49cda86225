"""Counters in shared memory: whose they are, and that none is ever lost."""

import os
from collections.abc import Callable

from hypothesis import given, settings
from hypothesis import strategies as st

from hitsvc.metrics import Board, Rows, Tally, render
from hitsvc.metrics.catalogue import CONNECTIONS, HITS, LAST_FAILURE, ROW_WORDS


def in_a_child(work: Callable[[], object]) -> None:
    """Do something in a forked process, and wait for its end."""
    pid = os.fork()
    if pid == 0:
        try:
            work()
        finally:
            os._exit(0)
    os.waitpid(pid, 0)


def counted(board: Board) -> int:
    """Return the hits of all rows."""
    return sum(row[HITS.at] for row in board.used())


def test_a_new_board_has_no_workers():
    """Nor rows in use, nor a failure, and it knows when it was made."""
    board = Board(3, clock=lambda: 12.5)

    assert (board.workers, list(board.used()), len(board)) == (0, [], 3)
    assert (board.last_failure, board.began, board.hits) == (0, 12.5, 0)


def test_what_a_child_counts_its_parent_sees():
    """The memory is one, and stays when the child has gone."""
    board = Board(2)
    row = Rows(board).take()
    assert row is not None

    def count() -> None:
        board.row(row)[HITS.at] += 41

    in_a_child(count)
    in_a_child(count)

    assert counted(board) == 82


def test_a_row_has_one_writer():
    """Who lives keeps its own; the next gets another."""
    board = Board(4)
    rows = Rows(board)

    assert [rows.take(), rows.take(), rows.take()] == [0, 1, 2]
    assert board.workers == 3


def test_a_row_is_free_when_its_worker_has_been_reaped():
    """And not before; it is then the first to be given away."""
    rows = Rows(Board(4))
    for pid in (100, 101, 102):
        rows.give(rows.take() or 0, pid)

    rows.release({100, 102})

    assert (rows.take(), rows.take()) == (1, 3)


def test_a_successor_goes_on_counting():
    """Counters stay; what describes a moment does not."""
    board = Board(1)
    rows = Rows(board)
    row = board.row(rows.take() or 0)
    rows.give(0, 100)
    row[HITS.at], row[CONNECTIONS.at], row[LAST_FAILURE.at] = 7, 5, 1_000

    rows.release(())

    assert (counted(board), row[CONNECTIONS.at], board.workers) == (7, 0, 0)
    assert rows.take() == 0
    assert (counted(board), board.last_failure, board.workers) == (7, 1_000, 1)


def test_there_may_be_no_row_left():
    """The worker is then left out; nobody's row is shared."""
    rows = Rows(Board(1))
    rows.take()

    assert rows.take() is None


def test_rows_do_not_touch():
    """All words of a row may be written without a trace in the next."""
    board = Board(3)
    middle = board.row(1)
    for word in range(ROW_WORDS):
        middle[word] = 2**64 - 1

    assert not any(board.row(0))
    assert not any(board.row(2))


@settings(deadline=None)
@given(st.lists(st.tuples(st.sampled_from("skh"), st.integers(0, 5)), max_size=40))
def test_whatever_starts_and_dies_the_sum_is_right(steps):
    """Starts, kills and hits in any order: what is shown is what was counted."""
    board = Board(6)
    rows = Rows(board)
    workers: dict[int, Tally] = {}
    hits = starts = 0
    for pid, (step, which) in enumerate(steps, start=1):
        chosen = list(workers)[which % len(workers)] if workers else None
        if step == "s" and (row := rows.take()) is not None:
            rows.give(row, pid)
            workers[pid] = Tally(board.row(row))
            starts += 1
        elif step == "k" and chosen:
            del workers[chosen]
            rows.release(workers)
        elif step == "h" and chosen:
            workers[chosen].connections(which)
            workers[chosen].trip(1)
            hits += 1

        text = render(board)
        assert f"hitsvc_store_seconds_count {hits}\n" in text
        assert f"hitsvc_worker_starts_total {starts}\n" in text
        assert board.workers == len(workers)
