"""A round of each kind with Sentinels; ``python -m tests.faults`` runs many."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.rounds import run
from tests.faults.sentinel_target import Watched

pytestmark = pytest.mark.service

SECONDS = 3.0
# So late that what is lost with a machine are some dozens of hits, if they are not
# waited for.
LAG_S = 0.1


@pytest.fixture(name="watched", scope="module", params=["primary"])
def _watched(request: pytest.FixtureRequest) -> Iterator[Watched]:
    with (
        tempfile.TemporaryDirectory(prefix="faults-") as path,
        Watched(Path(path), 1, acknowledge=request.param, lag_s=LAG_S) as target,
    ):
        yield target


def test_a_planned_move_by_the_documented_ways_loses_nothing(watched):
    """Writes are paused first, or the primary hands over itself."""
    kills = ["sentinel-planned-paused", "sentinel-planned-coordinated"]
    done = run(watched, kills, 2, SECONDS, seed=1)

    assert done.wrong == 0, done.rounds
    assert all(outcome.acknowledged for _, _, outcome in done.rounds)


def test_a_lost_machine_takes_with_it_what_it_has_not_copied(watched):
    """Which is what its replicas were late; a harness that sees no loss proves nothing."""
    done = run(watched, ["sentinel-failover"], 1, SECONDS, seed=2)
    (outcome,) = done.outcomes.values()

    assert 0 < outcome.lost < outcome.acknowledged / 2, done.rounds
    assert (outcome.invented, done.faded) == (0, 0)
