"""A round of each kind with a cluster; ``python -m tests.faults`` runs many."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.faults.cluster_target import Clustered
from tests.faults.rounds import run

pytestmark = [pytest.mark.service, pytest.mark.long]

SECONDS = 3.0
# So late that what is lost with a machine are some dozens of hits, if they are not
# waited for; and as late as can be waited for.
LATE_S = 0.1
SOON_S = 0.03


@contextmanager
def clustered(acknowledge: str, lag_s: float) -> Iterator[Clustered]:
    """Run a cluster whose hits are acknowledged by one machine, or by two."""
    with (
        tempfile.TemporaryDirectory(prefix="faults-") as path,
        Clustered(Path(path), 1, acknowledge=acknowledge, lag_s=lag_s) as target,
    ):
        yield target


def test_acknowledged_by_the_primary_is_as_safe_as_its_machine():
    """Slots move and nothing is lost; with a machine goes what it has not copied."""
    with clustered("primary", LATE_S) as target:
        moved = run(target, ["cluster-reshard"], 1, SECONDS, seed=1)
        lost = run(target, ["cluster-machine"], 1, SECONDS, seed=2)
    (outcome,) = lost.outcomes.values()

    assert moved.wrong == 0, moved.rounds
    # A harness that sees no loss proves nothing.
    assert 0 < outcome.lost < outcome.acknowledged / 2, lost.rounds
    assert (outcome.invented, lost.faded) == (0, 0)


def test_acknowledged_by_a_replica_is_kept():
    """Whatever is lost, while slots move, and when who took them is lost."""
    kills = ["cluster-node", "cluster-machine"]
    with clustered("replica", SOON_S) as target:
        lost = run(target, kills, 2, SECONDS, seed=1)
        moved = run(target, ["cluster-reshard"], 1, SECONDS, seed=2)
        taken = run(target, ["cluster-taker"], 1, SECONDS, seed=3)

    for done in (lost, moved, taken):
        assert done.wrong == 0, done.rounds
        assert all(outcome.acknowledged for _, _, outcome in done.rounds)
