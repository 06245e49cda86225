"""How many CPUs this process may use, also in a container."""

import math
import os
from pathlib import Path, PurePosixPath


def usable_cpus(root: Path = Path("/")) -> int:
    """Count them: those it may run on, or the share of them that it is given.

    A container with half a CPU runs on every one of the machine, for half of the time:
    only its control group knows (version 2 of them, `docker run --cpus=0.5`).

    Args:
        root: Where ``proc`` and ``sys`` are.
    """
    if hasattr(os, "sched_getaffinity"):
        cpus = len(os.sched_getaffinity(0))
    else:  # pragma: no cover - macOS
        cpus = os.cpu_count() or 1
    return math.ceil(min(cpus, _share(root)))


def _share(root: Path) -> float:
    """Return the smallest share that a group of this process has, infinity if none."""
    try:
        memberships = (root / "proc/self/cgroup").read_text().splitlines()
    except OSError:
        return math.inf
    shares = [math.inf]
    for line in memberships:
        if line.startswith("0::/"):
            own = PurePosixPath(line.removeprefix("0::/"))
            shares += [
                _quota(root / "sys/fs/cgroup" / group) for group in (own, *own.parents)
            ]
    return min(shares)


def _quota(group: Path) -> float:
    """Read what a group may use: ``QUOTA PERIOD`` in microseconds, or ``max PERIOD``."""
    try:
        quota, period = (group / "cpu.max").read_text().split()
        return int(quota) / int(period)
    except (OSError, ValueError):  # no such file, which the outermost group has not
        return math.inf
