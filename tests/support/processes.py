"""Looking at processes, and waiting for facts, in tests."""

import os
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar

T = TypeVar("T")


def eventually(what: Callable[[], T], *, within_s: float = 10.0) -> T:
    """Ask until the answer is true; fail with the last answer when time is up."""
    deadline = time.monotonic() + within_s
    while True:
        answer = what()
        if answer:
            return answer
        assert time.monotonic() < deadline, f"still {answer!r} after {within_s} s"
        time.sleep(0.02)


def alive(pid: int) -> bool:
    """Tell whether a process runs; one that only waits to be reaped does not."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return False
    return stat.rpartition(")")[2].split()[0] != "Z"


def children(pid: int) -> list[int]:
    """List the processes that a process has started and that still run."""
    return [child for child in _pids() if _parent(child) == pid and alive(child)]


def command_line(pid: int) -> str:
    """Return a process's program and arguments."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_text().replace("\0", " ")
    except (FileNotFoundError, ProcessLookupError):
        return ""


def working_in(*directories: Path) -> list[int]:
    """List the processes whose working directory is one of these.

    Children inherit it, so these are all processes of a test that gave the first one
    a directory of its own, whoever their parent is now.
    """
    return [pid for pid in _pids() if _directory(pid) in directories and alive(pid)]


def kill(pid: int) -> None:
    """Kill one process, at once and without a chance to clean up."""
    os.kill(pid, signal.SIGKILL)


def _pids() -> Iterator[int]:
    return (int(path.name) for path in Path("/proc").glob("[0-9]*"))


def _parent(pid: int) -> int:
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return 0
    return int(stat.rpartition(")")[2].split()[1])


def _directory(pid: int) -> Path | None:
    try:
        return Path(f"/proc/{pid}/cwd").readlink()
    except OSError:
        return None
