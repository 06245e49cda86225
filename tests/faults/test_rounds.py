"""A few rounds of the real thing; ``python -m tests.faults`` runs many."""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.ledger import Outcome
from tests.faults.report import as_json, table
from tests.faults.rounds import Run, run
from tests.faults.targets import Embedded, External

pytestmark = pytest.mark.service
needs_strace = pytest.mark.skipif(
    not shutil.which("strace"), reason="slow disks and power cuts are played by strace"
)

SECONDS = 0.6


@pytest.fixture(name="directory")
def _directory() -> Iterator[Path]:
    """A path that is short enough for a socket."""
    with tempfile.TemporaryDirectory(prefix="faults-") as path:
        yield Path(path)


def test_a_kill_of_a_process_breaks_no_promise(directory):
    """Worker, arbiter and keeper: acknowledged <= stored <= attempted."""
    with Embedded(directory, seed=1) as target:
        kills = ["worker", "arbiter", "parent"]
        done = run(target, kills, rounds=3, seconds=SECONDS, seed=1)

    assert done.wrong == 0, done.rounds
    assert set(done.outcomes) == set(kills)
    assert all(outcome.acknowledged for _, _, outcome in done.rounds)


@needs_strace
def test_a_killed_store_with_a_slow_disk_breaks_no_promise(directory):
    """Acknowledged hits are not only in the memory of a process that may be killed."""
    with Embedded(directory, seed=1) as target:
        done = run(target, ["store"], 1, seconds=2.5, seed=1, slow_disk_s=0.03)

    assert done.wrong == 0, done.rounds


def test_a_kill_with_appendfsync_always_breaks_no_promise(directory):
    """The store too, if it has every hit on the disk before it answers."""
    with External(directory, 1, "always") as target:
        kills = ["worker", "parent", "store"]
        done = run(target, kills, rounds=3, seconds=SECONDS, seed=1)

    assert done.wrong == 0, done.rounds
    assert all(outcome.acknowledged for _, _, outcome in done.rounds)


@needs_strace
def test_a_power_cut_with_appendfsync_always_breaks_no_promise(directory):
    """What `fdatasync` had confirmed holds every acknowledged hit."""
    with External(directory, 1, "always", traced=True) as target:
        done = run(target, ["power"], rounds=1, seconds=SECONDS, seed=1)
        (cut,) = target.cuts

    assert done.wrong == 0, done.rounds
    assert cut.kept > 0


def test_report_has_a_line_for_each_kill_and_one_for_all():
    """The table adds up, and JSON has every round."""
    outcome = Outcome(rounds=1, attempted=1234, stored=1200)
    rounds = [("worker", 0.25, outcome), ("store", 0.5, outcome)]
    done = Run({"worker": outcome, "store": outcome}, rounds)

    lines = table("always", done).splitlines()
    assert [line.split(" | ")[1:4] for line in lines[2:]] == [
        ["worker", "1", "1,234"],
        ["store", "1", "1,234"],
        ["all", "2", "2,468"],
    ]
    assert [r["kill"] for r in as_json("always", done)["rounds"]] == ["worker", "store"]
