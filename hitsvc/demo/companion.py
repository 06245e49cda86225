"""A process beside the demonstration that outlives it, and takes its directory away.

It holds one end of a pipe, and every process of the web server the other, as they are
forked: when the last of them is gone, killed or not, it reads the end. The store then still
has the lock of the directory, as long as it writes there.
"""

import contextlib
import fcntl
import os
import select
import shutil
import signal
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn

_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Companion:
    """The process, seen by the one that it accompanies."""

    def __init__(self, directory: Path, visit: Callable[[str], float]) -> None:
        """Fork it.

        Args:
            directory: What it removes at the end, with all that is in it.
            visit: Called with the service's address from `invite` on, again and again;
                returns the seconds until the next time.
        """
        self._directory = directory
        end, self._life = os.pipe()
        if os.fork() == 0:
            os.close(self._life)
            _accompany(end, directory, visit)
        os.close(end)

    def invite(self, service: str) -> None:
        """Let visitors come to an address."""
        os.write(self._life, service.encode())

    def dismiss(self) -> None:
        """Remove the directory; whoever still uses it is not waited for.

        The companion comes after them, and removes what they have made since.
        """
        os.close(self._life)
        _remove(self._directory)


def _accompany(end: int, directory: Path, visit: Callable[[str], float]) -> NoReturn:
    """Be the process: never return to the parent's code."""
    try:
        # What a terminal or an operator sends is for the others: it ends after them.
        os.setsid()
        for signum in _SIGNALS:
            signal.signal(signum, signal.SIG_IGN)
        null = os.open(os.devnull, os.O_RDWR)
        for standard in range(3):
            os.dup2(null, standard)
        _await_end(end, visit)
        _await_store(directory)
    finally:
        _remove(directory)
        os._exit(0)


def _await_end(end: int, visit: Callable[[str], float]) -> None:
    service, pause_s = "", None
    while True:
        if select.select([end], [], [], pause_s)[0]:
            said = os.read(end, 4096)
            if not said:
                return
            service = said.decode()
        try:
            pause_s = visit(service)
        except Exception:
            pause_s = None  # nobody comes any more; the directory is still in use


def _await_store(directory: Path) -> None:
    with contextlib.suppress(FileNotFoundError), open(directory / "lock") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)


def _remove(directory: Path) -> None:
    # Both may do it at once: what is gone is gone.
    shutil.rmtree(directory, ignore_errors=True)
