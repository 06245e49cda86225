"""How many CPUs there are, when a control group has a say."""

import os
from pathlib import Path

import pytest

from hitsvc.serve.cpus import usable_cpus

AFFINITY = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else 1


def groups(root: Path, membership: str, **quotas: str) -> Path:
    """Make the files that Linux shows; ``__`` in a name is a group below."""
    (root / "proc/self").mkdir(parents=True)
    (root / "proc/self/cgroup").write_text(membership)
    for name, quota in quotas.items():
        group = root.joinpath("sys/fs/cgroup", *name.split("__"))
        group.mkdir(parents=True, exist_ok=True)
        (group / "cpu.max").write_text(quota)
    return root


def test_without_groups_it_is_what_the_process_may_run_on(tmp_path):
    """Such as on a system that has none."""
    assert usable_cpus(tmp_path) == AFFINITY


@pytest.mark.parametrize(
    ("quota", "cpus"),
    [
        pytest.param("max 100000\n", AFFINITY, id="no limit"),
        pytest.param("50000 100000\n", 1, id="half of one"),
        pytest.param("100000 100000\n", 1, id="one"),
        pytest.param("100001 100000\n", min(2, AFFINITY), id="a little more"),
        pytest.param("999900000 100000\n", AFFINITY, id="more than there are"),
        pytest.param("", AFFINITY, id="nothing"),
    ],
)
def test_a_quota_is_rounded_up(tmp_path, quota, cpus):
    """A part of a CPU needs a worker too, and no CPU is used that is not there."""
    root = groups(tmp_path, "0::/app\n", app=quota)

    assert usable_cpus(root) == cpus


@pytest.mark.skipif(AFFINITY < 2, reason="needs two CPUs to see the difference")
@pytest.mark.parametrize("limited", ["slice", "slice__app"])
def test_the_tightest_group_counts(tmp_path, limited):
    """A process is bound by its own group and all above it."""
    quotas = {"slice": "max 100000", "slice__app": "max 100000"}
    root = groups(tmp_path, "0::/slice/app\n", **quotas | {limited: "100000 100000"})

    assert usable_cpus(root) == 1


def test_groups_of_version_1_are_not_looked_at(tmp_path):
    """Their lines have numbers and names, and their files are elsewhere."""
    root = groups(tmp_path, "1:cpu:/app\n", app="100000 100000")

    assert usable_cpus(root) == AFFINITY
