"""Processes that the benchmark starts, and stops by their ids: no others."""

import os
import signal
import socket
import subprocess
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from bench.machine import pinned

_START_S = 30
_STOP_S = 20
_LOG_TAIL = 2000


class StartError(Exception):
    """A process did not come up."""


def free_port() -> int:
    """Find a TCP port on the loopback that nobody listens on."""
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return int(sock.getsockname()[1])


class Server:
    """One server process with its children, listening on a loopback port."""

    def __init__(
        self,
        command: Sequence[str],
        port: int,
        log: Path,
        *,
        cores: frozenset[int],
        env: Mapping[str, str] | None = None,
    ) -> None:
        """Start it, and wait until it accepts connections.

        Args:
            command: The program and its arguments.
            port: Where it will listen.
            log: The file that takes what it prints.
            cores: Where it may run; empty for anywhere.
            env: What to add to the environment.

        Raises:
            StartError: It ended, or did not listen in time.
        """
        self.port = port
        self._log = log
        with log.open("wb") as output, pinned(cores):
            # A session of its own, so that Ctrl-C reaches only the benchmark, which
            # then stops everything in order.
            self._process = subprocess.Popen(  # noqa: S603 - our own commands
                command,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                env={**os.environ, **(env or {})},
                start_new_session=True,
            )
        try:
            self._wait()
        except BaseException:
            self.stop()
            raise

    def __enter__(self) -> Self:
        """Return the running server."""
        return self

    def __exit__(
        self,
        _type: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        """Stop it."""
        self.stop()

    def stop(self) -> None:
        """Stop it, gently and then by force; return when it is gone."""
        if self._process.poll() is None:
            self._process.terminate()
            try:
                self._process.wait(_STOP_S)
            except subprocess.TimeoutExpired:
                # Its own session, so the group holds only what it started.
                os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()

    def log_tail(self) -> str:
        """Return the end of what it printed."""
        return self._log.read_text(errors="replace")[-_LOG_TAIL:].strip()

    def worker_rss(self) -> int:
        """Return the resident bytes of its largest working process.

        That is a child if there are any: the parent of workers only watches them.
        """
        workers = _descendants(self._process.pid) or [self._process.pid]
        return max((_rss(pid) for pid in workers), default=0)

    def cpu_s(self) -> float:
        """Return the seconds of CPU that it and its living children have taken."""
        pids = [self._process.pid, *_descendants(self._process.pid)]
        return sum(map(_cpu_s, pids))

    def _wait(self) -> None:
        deadline = time.monotonic() + _START_S
        while time.monotonic() < deadline:
            if self._process.poll() is not None:
                msg = f"it ended with {self._process.returncode}: {self.log_tail()}"
                raise StartError(msg)
            try:
                socket.create_connection(("127.0.0.1", self.port), 1).close()
            except OSError:
                time.sleep(0.02)
            else:
                return
        msg = f"it does not listen after {_START_S} s: {self.log_tail()}"
        raise StartError(msg)


def _descendants(pid: int) -> list[int]:
    found = []
    try:
        tasks = list(Path(f"/proc/{pid}/task").iterdir())
        children = {
            int(child)
            for task in tasks
            for child in (task / "children").read_text().split()
        }
    except OSError:
        return []
    for child in children:
        found += [child, *_descendants(child)]
    return found


def _cpu_s(pid: int) -> float:
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return 0
    user, system = stat.rpartition(")")[2].split()[11:13]  # proc_pid_stat(5)
    return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")


def _rss(pid: int) -> int:
    try:
        pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    except OSError:
        return 0
    return pages * os.sysconf("SC_PAGE_SIZE")
