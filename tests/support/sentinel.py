"""A real primary, its replica and a Sentinel that watches over them, for tests."""

# ruff: noqa: S603 - starts our own programs

import subprocess
import tempfile
from pathlib import Path
from typing import Any

from redis import ConnectionError as RedisConnectionError
from redis import Redis

from hitsvc.serve.embedded import server_binary
from tests.support.commands import free_port
from tests.support.processes import eventually
from tests.support.valkey import Valkey

SERVICE = "counts"

_CONFIG = f"""
port {{port}}
bind 127.0.0.1
dir {{folder}}
requirepass watcher
sentinel monitor {SERVICE} 127.0.0.1 {{primary}} 1
sentinel auth-pass {SERVICE} secret
sentinel down-after-milliseconds {SERVICE} 300
sentinel failover-timeout {SERVICE} 1000
"""
_PASSWORDS = ("--requirepass", "secret", "--masterauth", "secret")


def names(host: str, port: int, epoch: int | None = 1) -> bytes:
    """Write what a Sentinel answers: where the primary is, and what it knows of it.

    Args:
        host: The primary's.
        port: The primary's.
        epoch: The number of the decision; `None` where the user may not ask.
    """
    where = f"*2\r\n{_bulk(host)}{_bulk(str(port))}"
    about = "-NOPERM no\r\n"
    if epoch is not None:
        about = f"*4\r\n{_bulk('name')}{_bulk(SERVICE)}"
        about += f"{_bulk('config-epoch')}{_bulk(str(epoch))}"
    return (where + about).encode()


def _bulk(word: str) -> str:
    return f"${len(word)}\r\n{word}\r\n"


class Watched:
    """Three processes: one counts, one copies, one watches.

    Attributes:
        primary: The server that is the primary at first.
        replica: The one that can take its place.
        url: The Sentinel URL of the three.
    """

    def __init__(self) -> None:
        """Start them and wait until a failover would succeed."""
        self.primary = Valkey(*_PASSWORDS, "--repl-diskless-sync-delay", "0")
        self.replica = Valkey(
            *_PASSWORDS, "--replicaof", f"127.0.0.1 {self.primary.port}"
        )
        eventually(lambda: said(self.replica, "INFO")["master_link_status"] == "up")
        self._dir = tempfile.TemporaryDirectory(prefix="hits-")
        self._port = free_port()
        config = Path(self._dir.name, "sentinel.conf")
        config.write_text(
            _CONFIG.format(
                port=self._port, folder=self._dir.name, primary=self.primary.port
            )
        )
        self._process = subprocess.Popen(
            [str(server_binary()), str(config), "--sentinel"], stdout=subprocess.DEVNULL
        )
        self.url = (
            f"redis+sentinel://:secret@127.0.0.1:{self._port}/{SERVICE}/0"
            "?sentinel_password=watcher"
        )
        eventually(self._knows_the_replica)

    def in_step(self) -> None:
        """Wait until the replica has every write."""
        eventually(lambda: _offset(self.replica) >= _offset(self.primary))

    def move(self) -> None:
        """Have the Sentinel make the replica the primary, as an operator does."""
        with Redis(port=self._port, password="watcher") as sentinel:
            sentinel.execute_command("SENTINEL", "FAILOVER", SERVICE)

    def _knows_the_replica(self) -> bool:
        with Redis(port=self._port, password="watcher") as sentinel:
            try:
                states: list[dict[str, Any]] = sentinel.sentinel_slaves(SERVICE)
            except RedisConnectionError:
                return False
        return bool(states) and states[0]["flags"] == "slave"

    def close(self) -> None:
        """Stop all three."""
        self._process.kill()
        self._process.wait()
        self._dir.cleanup()
        self.replica.close()
        self.primary.close()


def _offset(server: Valkey) -> int:
    """Tell how much of all writes a server has."""
    info = said(server, "INFO")
    return int(info.get("slave_repl_offset", info["master_repl_offset"]))


def said(server: Valkey, command: str) -> Any:
    """Return what one of the two servers answers."""
    with Redis(port=server.port, password="secret", decode_responses=True) as client:
        return client.execute_command(command)
