"""A Valkey of the harness's own, which keeps its data on the disk and can be killed."""

# ruff: noqa: S603 - starts our own programs

import subprocess
from pathlib import Path

from redis import Redis
from redis.exceptions import RedisError

from hitsvc.serve.embedded import server_binary
from tests.faults.power import Durable, cut_power
from tests.support.processes import children, eventually, kill

TRACE = ("strace", "-f", "-ttt", "-y", "-s", "0", "-e", "trace=write,fdatasync,fsync")
_NO_REWRITE = ("--auto-aof-rewrite-percentage", "0")


class AofStore:
    """A Valkey with an append-only file.

    Attributes:
        url: What a Redis client connects to.
        directory: Where the data are.
        trace: Where the system's calls are written down, if they are.
    """

    def __init__(
        self,
        directory: Path,
        appendfsync: str,
        *options: str,
        password: str | None = None,
        traced: bool = False,
    ) -> None:
        """Start it, and wait until it answers.

        Args:
            directory: An empty one, with a short path: a socket will be there.
            appendfsync: ``everysec`` or ``always``.
            options: More of Valkey's options.
            password: What clients must say.
            traced: Run it under strace, with one append-only file for good.
        """
        self.directory = directory
        self.socket = directory / "valkey.sock"
        self.url = f"unix://{self.socket}"
        self.trace = directory / "trace" if traced else None
        self._password = password
        settings = {
            "port": "0",
            "unixsocket": str(self.socket),
            "dir": str(directory),
            "appendonly": "yes",
            "appendfsync": appendfsync,
            "save": "",
            "logfile": str(directory / "valkey.log"),
        }
        self._command = [str(server_binary())]
        self._command += [word for k, v in settings.items() for word in (f"--{k}", v)]
        self._command += options
        if password:
            self._command += ["--requirepass", password]
        if self.trace:
            self._command = [*TRACE, "-o", str(self.trace), *self._command]
            self._command += _NO_REWRITE
        self.start()

    def start(self) -> None:
        """Start it, and wait until it has loaded its data."""
        self._begin = self._aof.stat().st_size if self._aof else 0
        self._process = subprocess.Popen(
            self._command,
            stdin=subprocess.DEVNULL,
            # A file that may not grow is then an error, as on a full disk, not a signal.
            restore_signals=False,
        )
        eventually(self._is_ready, within_s=30)

    @property
    def _aof(self) -> Path | None:
        """The append-only file that is written to."""
        files = self.directory.glob("appendonlydir/*.incr.aof")
        return max(files, key=lambda path: path.stat().st_mtime, default=None)

    @property
    def pid(self) -> int:
        """The server's process."""
        return children(self._process.pid)[0] if self.trace else self._process.pid

    def client(self) -> Redis:
        """Make a client."""
        return Redis(unix_socket_path=str(self.socket), password=self._password)

    def kill(self) -> None:
        """Kill the server, at once, and see it gone."""
        if self._process.poll() is None:
            kill(self.pid)
        self._process.wait()

    def lose_power(self) -> Durable:
        """Kill the server, and take from its file what the disk need not have."""
        self.kill()
        assert self.trace
        assert self._aof
        return cut_power(self._aof, self.trace, self._begin)

    def close(self) -> None:
        """End it; its directory stays."""
        self.kill()

    def _is_ready(self) -> bool:
        assert self._process.poll() is None, "the store has ended"
        try:
            with self.client() as redis:
                return bool(redis.ping())
        except RedisError:
            return False
