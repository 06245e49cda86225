"""Which worker counts where."""

import asyncio
import logging

import pytest

from hitsvc.counting import Hit
from hitsvc.metrics import HitTally, Tally
from hitsvc.metrics.board import ROWS
from hitsvc.serve.tallies import Tallies


def count_a_hit(tally: HitTally) -> None:
    """Have a batch of one."""

    async def send(_: object) -> list[Hit]:
        return [Hit(1, 1, counted=True, token=None)]

    async def main() -> None:
        await tally.watch(send)([])

    asyncio.run(main())


@pytest.mark.parametrize(("metrics", "kind"), [(False, HitTally), (True, Tally)])
def test_a_worker_counts_what_is_shown(metrics, kind):
    """Hits alone where there are no metrics."""
    tallies = Tallies(metrics=metrics)
    tallies.prepare_worker()

    assert type(tallies.tally()) is kind


def test_workers_are_added_up_also_when_they_have_ended():
    """Each has a row of its own, which its successor goes on with."""
    tallies = Tallies(metrics=False)
    for pid in (11, 12):
        tallies.prepare_worker()
        tallies.worker_started(pid)
        tally = tallies.tally()
        assert tally is not None
        count_a_hit(tally)
        tallies.release({11} if pid == 12 else {11, 12})

    assert tallies.summary().startswith("2 views since 20")


def test_one_worker_too_many_works_and_is_told(caplog):
    """It counts in the store; only what is shown leaves it out."""
    tallies = Tallies(metrics=True)
    for pid in range(ROWS):
        tallies.prepare_worker()
        tallies.worker_started(pid)
    with caplog.at_level(logging.ERROR):
        tallies.prepare_worker()
        tallies.worker_started(ROWS)

    assert tallies.tally() is None
    assert caplog.messages == ["too many workers: the hits of one are not shown"]
