"""A real, bare Valkey for tests."""

# ruff: noqa: S603 - starts our own programs

import contextlib
import shutil
import socket
import subprocess
import tempfile
from pathlib import Path

from hitsvc.serve.embedded import server_binary
from tests.support.commands import free_port
from tests.support.processes import eventually


def redis_program() -> str | None:
    """Find Redis itself; `None` if it is not installed.

    Debian has it in `redis-tools`, under a name that checks files unless it is called
    `redis-server`; the package of that name would only start it as a service.
    """
    return shutil.which("redis-server") or shutil.which("redis-check-rdb")


class Valkey:
    """A Valkey server without persistence, for one test session.

    Attributes:
        socket: Its unix socket.
        port: Its TCP port on 127.0.0.1.
    """

    def __init__(
        self,
        *options: str,
        program: str | None = None,
        config: Path | None = None,
        port: int | None = None,
    ) -> None:
        """Start it and wait until it answers.

        Args:
            options: Of its command line.
            program: A Redis to run in its place.
            config: A configuration file; the options win.
            port: Where it listens; a free port if none is given.
        """
        self._dir = tempfile.TemporaryDirectory(prefix="hits-")  # a short path
        self.socket = Path(self._dir.name, "valkey.sock")
        self.port = port or free_port()
        command = ["redis-server", *([str(config)] if config else [])]
        command += ["--bind", "127.0.0.1", "--save", ""]
        command += ["--port", str(self.port), "--unixsocket", str(self.socket)]
        command += ["--dir", self._dir.name, *options]
        self._command = command
        self._program = program or str(server_binary())
        try:
            self.start()
        except BaseException:
            self.close()
            raise

    def start(self) -> None:
        """Start it, with what it has on its disk, and wait until it answers."""
        self.process = subprocess.Popen(
            self._command, executable=self._program, stdout=subprocess.DEVNULL
        )
        eventually(self._is_up)

    def kill(self) -> None:
        """Kill it, at once and without a chance to clean up."""
        self.process.kill()
        self.process.wait()

    def _is_up(self) -> bool:
        with socket.socket(socket.AF_UNIX) as client:
            if client.connect_ex(str(self.socket)):
                return False
            with contextlib.suppress(ConnectionError):  # it is only just beginning
                client.sendall(b"PING\r\n")
                return bool(client.recv(64))  # if it wants a password, it says so
        return False

    def close(self) -> None:
        """Stop it."""
        self.kill()
        self._dir.cleanup()
