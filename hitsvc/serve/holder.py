"""Who listens on an address that is taken, as far as this user may know.

Linux alone tells; elsewhere nobody is named.
"""

import socket
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

_LISTENS = "0A"  # a TCP socket's state
_ANY = (bytes(4), bytes(16))


def holder(family: int, address: Any, proc: Path = Path("/proc")) -> str:
    """Name a program that listens there, and its process; empty if nobody knows.

    Args:
        family: Of sockets.
        address: As `socket.socket.bind` takes it.
        proc: Where the kernel tells of processes.
    """
    try:
        if family == socket.AF_UNIX:
            wanted = set(_unix_sockets(proc, address))
        else:
            host, port = address[:2]
            wanted = set(_tcp_sockets(proc, socket.inet_pton(family, host), port))
        return next(_owners(proc, wanted), "")
    except (OSError, ValueError):
        return ""


def _tcp_sockets(proc: Path, host: bytes, port: int) -> Iterator[str]:
    """Find the sockets that stand in the way of one for this address."""
    for name in ("tcp", "tcp6"):
        for fields in _rows(proc / "net" / name):
            at, _, number = fields[1].partition(":")
            if fields[3] != _LISTENS or int(number, 16) != port:
                continue
            listens_at = _address(at)
            if listens_at == host or host in _ANY or listens_at in _ANY:
                yield f"socket:[{fields[9]}]"


def _unix_sockets(proc: Path, path: str) -> Iterator[str]:
    for fields in _rows(proc / "net" / "unix"):
        if fields[7:] == [path]:
            yield f"socket:[{fields[6]}]"


def _rows(table: Path) -> Iterator[list[str]]:
    if table.exists():  # there may be no IPv6
        yield from map(str.split, table.read_text().splitlines()[1:])


def _address(text: str) -> bytes:
    """Read an address: words of four bytes, each the wrong way round."""
    raw = bytes.fromhex(text)
    return b"".join(raw[at : at + 4][::-1] for at in range(0, len(raw), 4))


def _owners(proc: Path, sockets: set[str]) -> Iterator[str]:
    """Name the processes that have one of these open."""
    for process in sorted(proc.glob("[0-9]*"), key=lambda path: int(path.name)):
        for opened in process.glob("fd/*"):
            with suppress(OSError):  # it has been closed, or is another user's
                if str(opened.readlink()) in sockets:
                    name = (process / "comm").read_text().strip()
                    yield f"{name} (process {process.name})"
