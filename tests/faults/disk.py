"""Disks that are slow or full, for one process."""

# ruff: noqa: S603, S607 - starts our own programs

import resource
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from tests.support.processes import alive, eventually


@contextmanager
def slow_disk(pid: int, seconds: float) -> Iterator[None]:
    """Let strace delay a process's `fdatasync` calls while the block lasts.

    Args:
        pid: The process; it may end meanwhile.
        seconds: How long each call takes at least.
    """
    inject = f"inject=fdatasync:delay_enter={int(seconds * 1_000_000)}"
    strace = subprocess.Popen(
        ["strace", "-f", "-p", str(pid), "-e", "trace=fdatasync", "-e", inject],
        stdin=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        eventually(lambda: _tracer(pid) == strace.pid)
        yield
    finally:
        strace.terminate()  # it lets the process go
        strace.wait()


@contextmanager
def full_disk(pid: int) -> Iterator[None]:
    """Let no file of a process grow while the block lasts.

    Args:
        pid: The process, to which this must be an error and not a signal (SIGXFSZ); it
            may end meanwhile.
    """
    _, hard = resource.prlimit(pid, resource.RLIMIT_FSIZE)
    resource.prlimit(pid, resource.RLIMIT_FSIZE, (0, hard))
    try:
        yield
    finally:
        with suppress(ProcessLookupError):
            resource.prlimit(pid, resource.RLIMIT_FSIZE, (hard, hard))


def _tracer(pid: int) -> int:
    assert alive(pid)
    status = Path(f"/proc/{pid}/status").read_text()
    return int(status.partition("TracerPid:")[2].split()[0])
