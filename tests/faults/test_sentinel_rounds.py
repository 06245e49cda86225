"""A round of each kind with Sentinels; ``python -m tests.faults`` runs many."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.faults.rounds import run
from tests.faults.sentinel_target import Watched

pytestmark = [pytest.mark.service, pytest.mark.long]

SECONDS = 3.0
# So late that what is lost with a machine are some dozens of hits, if they are not
# waited for; and as late as can be waited for.
LATE_S = 0.1
SOON_S = 0.03


@contextmanager
def watched(acknowledge: str, lag_s: float) -> Iterator[Watched]:
    """Run Sentinels over a store that acknowledges alone, or with a replica."""
    with (
        tempfile.TemporaryDirectory(prefix="faults-") as path,
        Watched(Path(path), 1, acknowledge=acknowledge, lag_s=lag_s) as target,
    ):
        yield target


def test_acknowledged_by_the_primary_is_as_safe_as_its_machine():
    """A planned move loses nothing, if writes are paused, or the primary hands over.

    With a machine goes what it has not copied.
    """
    kills = ["sentinel-planned-paused", "sentinel-planned-coordinated"]
    with watched("primary", LATE_S) as target:
        moved = run(target, kills, 2, SECONDS, seed=1)
        lost = run(target, ["sentinel-failover"], 1, SECONDS, seed=2)
    (outcome,) = lost.outcomes.values()

    assert moved.wrong == 0, moved.rounds
    assert all(outcome.acknowledged for _, _, outcome in moved.rounds)
    # A harness that sees no loss proves nothing.
    assert 0 < outcome.lost < outcome.acknowledged / 2, lost.rounds
    assert (outcome.invented, lost.faded) == (0, 0)


def test_acknowledged_by_a_replica_is_kept():
    """By the documented ways of a planned move, and when a machine is lost."""
    kills = ["sentinel-failover", "sentinel-planned-coordinated"]
    with watched("replica", SOON_S) as target:
        done = run(target, kills, 2, SECONDS, seed=1)

    assert done.wrong == 0, done.rounds
    assert all(outcome.acknowledged for _, _, outcome in done.rounds)
