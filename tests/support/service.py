"""A real `hitsvc serve` for tests."""

# ruff: noqa: S603 - starts our own programs

import os
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from http.client import HTTPException
from pathlib import Path
from typing import Self

from tests.support.commands import clean_environment, free_port, hitsvc_command
from tests.support.processes import (
    alive,
    children,
    command_line,
    eventually,
    kill,
    working_in,
)
from tests.support.visitors import RefusedError, visit

START_WITHIN_S = 20.0
# For tests of something else than time: a busy machine may keep a store waiting for
# longer than visitors should be.
PATIENT = {"HITSVC_REDIS_TIMEOUT": "5"}


class Service:
    """A running `hitsvc serve` and all its processes.

    Attributes:
        url: Its base URL, without a trailing slash.
        data_dir: Where its embedded store keeps data.
        process: The process that was started, the keeper of an embedded store.
    """

    def __init__(
        self,
        work_dir: Path,
        *,
        store: str = "embedded",
        workers: int = 1,
        data_dir: Path | None = None,
        port: int | None = None,
        env: Mapping[str, str] = {},
        options: Sequence[str] = (),
    ) -> None:
        """Start the service and wait until it answers and has all its workers.

        Args:
            work_dir: An empty directory for its output and, if none is given, data.
            store: What ``--store`` gets.
            workers: What ``--workers`` gets.
            data_dir: What ``--data-dir`` gets.
            port: Where to listen; a free port if none is given.
            env: More environment variables.
            options: More options.
        """
        work_dir.mkdir(parents=True, exist_ok=True)
        self.data_dir = data_dir or work_dir / "data"
        self.url = f"http://127.0.0.1:{port or free_port()}"
        self._work_dir = work_dir
        self._stdout, self._stderr = work_dir / "stdout", work_dir / "stderr"
        command = hitsvc_command("serve", f"--bind={self.url.removeprefix('http://')}")
        command += [f"--store={store}", f"--workers={workers}", *options]
        command += [f"--data-dir={self.data_dir}"]
        self._command, self._env = command, clean_environment(**env)
        self._workers = 1 if store == "memory" else workers
        self.process = self._start()
        try:
            eventually(self._is_up, within_s=START_WITHIN_S)
        except BaseException:
            self.kill_all()
            raise

    def _start(self) -> subprocess.Popen[bytes]:
        with self._stdout.open("a") as stdout, self._stderr.open("a") as stderr:
            return subprocess.Popen(
                self._command,
                env=self._env,
                cwd=self._work_dir,
                stdin=subprocess.DEVNULL,
                stdout=stdout,
                stderr=stderr,
                start_new_session=True,  # its signals are its own
            )

    def start_again(self) -> None:
        """Start the same command again after its end; do not wait for an answer."""
        assert self.process.poll() is not None
        self.process = self._start()

    def restart(self, *, store: str | None = None) -> None:
        """Stop it, start it again, and wait until it answers.

        Args:
            store: What ``--store`` gets from here on; the same if it is not given.
        """
        assert self.stop() == 0
        if store is not None:
            (old,) = (one for one in self._command if one.startswith("--store="))
            self._command[self._command.index(old)] = f"--store={store}"
        self.start_again()
        eventually(self._is_up, within_s=START_WITHIN_S)

    def _is_up(self) -> bool:
        assert self.process.poll() is None, f"it has ended: {self.stderr}"
        # They are forked one after the other, and the first one answers at once.
        return self.answers() and len(self.worker_pids) >= self._workers

    def __enter__(self) -> Self:
        """Return the running service."""
        return self

    def __exit__(self, *_exception: object) -> None:
        """Stop the service; see `close`."""
        self.close()

    @property
    def pid(self) -> int:
        """The process that was started."""
        return self.process.pid

    @property
    def valkey_pid(self) -> int | None:
        """The embedded store's process, if it runs."""
        pids = [
            pid for pid in children(self.pid) if "valkey-server" in command_line(pid)
        ]
        return pids[0] if pids else None

    @property
    def arbiter_pid(self) -> int:
        """The parent of the workers."""
        others = [pid for pid in children(self.pid) if pid != self.valkey_pid]
        return others[0] if self.valkey_pid else self.pid

    @property
    def worker_pids(self) -> list[int]:
        """The worker processes."""
        return children(self.arbiter_pid)

    @property
    def pids(self) -> list[int]:
        """Every process of the service, also one whose parent is gone."""
        return working_in(self._work_dir, self.data_dir)

    @property
    def stdout(self) -> str:
        """What it has printed."""
        return self._stdout.read_text()

    @property
    def stderr(self) -> str:
        """What it has logged."""
        return self._stderr.read_text()

    def get(self, path: str) -> str:
        """Request a path and return the text; an error status raises."""
        answer = visit(self.url, path, patience_s=5)
        if answer.status >= 400:
            raise RefusedError(answer)
        return answer.body

    def count(self, page: str = "example.com") -> int:
        """Count a hit of a page."""
        return int(self.get(f"/count?url={page}"))

    def answers(self, path: str = "/healthz") -> bool:
        """Tell whether a path is answered without an error."""
        try:
            self.get(path)
        except (OSError, HTTPException, RefusedError):
            return False
        return True

    def stop(self, signum: int = signal.SIGTERM) -> int:
        """Ask it to stop, as an operator does, and return its exit code."""
        self.process.send_signal(signum)
        return self.process.wait(timeout=20)

    def interrupt_group(self) -> int:
        """Press Ctrl-C: the terminal's signal goes to the process and its group."""
        os.killpg(self.pid, signal.SIGINT)
        return self.process.wait(timeout=20)

    def connect(self) -> socket.socket:
        """Open a connection to it."""
        host, _, port = self.url.removeprefix("http://").partition(":")
        return socket.create_connection((host, int(port)), timeout=5)

    def is_gone(self) -> bool:
        """Tell whether no process of it is left."""
        self.process.poll()
        return not self.pids

    def close(self) -> None:
        """Stop it if it still runs; fail if it leaves a process behind."""
        try:
            if self.process.poll() is None:
                self.stop()
            eventually(self.is_gone, within_s=5)
        finally:
            self.kill_all()

    def kill_all(self) -> None:
        """Kill every process that this service has started, one by one."""
        deadline = time.monotonic() + 5
        while (pids := self.pids) and time.monotonic() < deadline:
            for pid in pids:
                if alive(pid):
                    kill(pid)
        self.process.wait(timeout=5)


StartService = Callable[..., Service]
