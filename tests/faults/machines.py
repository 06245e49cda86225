"""Servers that are machines of a `Network`: they can be killed, lost, and come back."""

# ruff: noqa: S603 - starts our own programs

import signal
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from redis import Redis
from redis.exceptions import RedisError

from hitsvc.serve.embedded import server_binary
from tests.faults.network import Network
from tests.support.commands import free_port
from tests.support.processes import eventually

# A reader of ours gives up on a server that hangs, and asks again.
PATIENCE_S = 5.0


class Machine:
    """A Valkey that has every hit on its disk before it answers.

    Attributes:
        front: The port by which everybody else reaches it, and which it announces.
        port: Its own, for the harness.
    """

    def __init__(
        self, directory: Path, network: Network, settings: Mapping[str, Any] = {}
    ) -> None:
        """Start it and wait until it answers.

        Args:
            directory: An empty one of its own.
            network: What leads to it.
            settings: More of Valkey's settings; ``{front}`` stands for the port.
        """
        directory.mkdir()
        self.port = free_port()
        self.front = network.add(self.port)
        self._network = network
        self._log = directory / "valkey.log"
        words = {
            "bind": "127.0.0.1",
            "port": self.port,
            "dir": directory,
            "appendonly": "yes",
            "appendfsync": "always",
            "save": "",
            "logfile": self._log,
            "repl-diskless-sync-delay": 0,
        } | dict(settings)
        self._command = [str(server_binary())]
        for name, value in words.items():
            self._command += [f"--{name}", str(value).format(front=self.front)]
        self._process: subprocess.Popen[bytes] | None = None
        self.start()

    def start(self, *more: str) -> None:
        """Start it, on the data that it has, and wait until it has loaded them.

        Args:
            more: Of its command line, this time.
        """
        self._process = subprocess.Popen(
            [*self._command, *more], stdin=subprocess.DEVNULL
        )
        eventually(self._is_ready, within_s=30)

    @property
    def lives(self) -> bool:
        """Whether its process runs."""
        return self._process is not None

    def client(self) -> Redis:
        """Make a client that goes past the network."""
        return Redis(port=self.port, decode_responses=True, socket_timeout=PATIENCE_S)

    def said(self, *command: str) -> Any:
        """Return what it answers."""
        with self.client() as redis:
            return redis.execute_command(*command)

    def lose(self) -> None:
        """Lose the machine, with all that is on its way from it and to it."""
        self._network.lose(self.front)
        self.kill()

    def bring_back(self) -> None:
        """Let it be reached again."""
        self._network.bring_back(self.front)

    def kill(self) -> None:
        """Kill the server, at once, and see it gone."""
        if self._process is not None:
            self._process.send_signal(signal.SIGKILL)
            self._process.wait()
            self._process = None

    def _is_ready(self) -> bool:
        assert self._process
        assert self._process.poll() is None, self._log.read_text()[-2000:]
        try:
            return bool(self.said("PING"))
        except RedisError:
            return False
