"""The listening socket, opened before anything is started.

So a port that is taken is known at once, and no request is refused while the workers
start: the kernel keeps it waiting.
"""

import contextlib
import errno
import os
import socket
import stat
from pathlib import Path
from typing import Any

from hitsvc.errors import SettingsError

BACKLOG = 2048

_MAX_PORT = 65535


def open_listener(bind: str) -> socket.socket:
    """Listen.

    Args:
        bind: ``HOST:PORT``, ``[IPv6]:PORT`` or ``unix:PATH``; no host is every
            IPv4 address of this machine.

    Raises:
        SettingsError: It is taken, or no address of this machine.
    """
    listener = None
    try:
        if bind.startswith("unix:"):
            listener = socket.socket(socket.AF_UNIX)
            path = bind.removeprefix("unix:")
            _remove_stale(path)
            listener.bind(path)
        else:
            family, address = _resolve(bind)
            listener = socket.socket(family)
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind(address)
        listener.listen(BACKLOG)
    except (OSError, ValueError) as ex:
        if listener:
            listener.close()
        msg = f"cannot listen on {bind}: {_explain(ex)}"
        raise SettingsError(msg) from ex
    return listener


def address_of(listener: socket.socket) -> str:
    """Write where a socket listens, as people would type it."""
    name = listener.getsockname()
    if isinstance(name, str):
        return f"unix:{name}"
    host, port = name[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def _resolve(bind: str) -> tuple[int, Any]:
    host, _, port = bind.rpartition(":")
    if int(port) > _MAX_PORT:
        msg = f"a port is at most {_MAX_PORT}"
        raise ValueError(msg)
    host = host.strip("[]") or "0.0.0.0"  # noqa: S104 - that is what no host asks for
    found = socket.getaddrinfo(host, int(port), type=socket.SOCK_STREAM)[0]
    return found[0], found[4]


def _remove_stale(path: str) -> None:
    """Remove the socket of a service that was killed; a live one stays."""
    with contextlib.suppress(FileNotFoundError):
        if not stat.S_ISSOCK(os.lstat(path).st_mode):
            raise FileExistsError(errno.EEXIST, "there is a file of that name")
        with socket.socket(socket.AF_UNIX) as client:
            client.settimeout(1)
            if client.connect_ex(path) == errno.ECONNREFUSED:
                Path(path).unlink()


def _explain(ex: Exception) -> str:
    if isinstance(ex, socket.gaierror):
        return "no such host; give an address of this machine with --bind"
    match getattr(ex, "errno", None):
        case errno.EADDRINUSE:
            return (
                "the address is in use by another program; stop it, or choose "
                "another with --bind"
            )
        case errno.EADDRNOTAVAIL:
            return "it is not an address of this machine; choose another with --bind"
        case errno.EACCES:  # pragma: no cover - root may do all, and may run the tests
            return "not allowed for this user; choose a port above 1023 with --bind"
    reason = str(getattr(ex, "strerror", None) or ex).lower()
    return f"{reason}; choose another address with --bind"
