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
from hitsvc.serve.holder import holder

BACKLOG = 2048

_MAX_PORT = 65535
# Of an address that another machine may have, and of IPv6 where there is none.
_NOT_OURS = {errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT}
_EVERY = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}  # noqa: S104 - they are looked for


def open_listener(
    bind: str, socket_mode: int = 0o666, *, typed: str = "--bind "
) -> socket.socket:
    """Listen.

    Args:
        bind: ``HOST:PORT``, ``[IPv6]:PORT`` or ``unix:PATH``; no host is every
            IPv4 address of this machine, and a name is the first of its addresses
            that this machine has.
        socket_mode: The permissions of a unix socket, whatever the umask: to connect
            is to write.
        typed: What a person types before another address.

    Raises:
        SettingsError: It is taken, or no address of this machine.
    """
    try:
        if bind.startswith("unix:"):
            path = bind.removeprefix("unix:")
            _remove_stale(path)
            return _listen_on(socket.AF_UNIX, path, socket_mode)
        return _listen(_resolve(bind))
    except _Taken as ex:
        msg = f"cannot listen on {bind}: it is taken by {ex}. Try {typed}{_other(bind)}"
        raise SettingsError(msg) from ex
    except (OSError, ValueError) as ex:
        msg = f"cannot listen on {bind}: {_explain(ex)} with {typed.rstrip(' =')}"
        raise SettingsError(msg) from ex


class _Taken(Exception):
    """Somebody listens there already; says who."""


def address_of(listener: socket.socket) -> str:
    """Write where a socket listens, as people would type it.

    What stands for every address cannot be opened, so one of them is named.
    """
    name = listener.getsockname()
    if isinstance(name, str):
        return f"unix:{name}"
    host, port = name[:2]
    if host in _EVERY:
        return f"http://{_EVERY[host]}:{port} and every other address of this machine"
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def _listen(addresses: list[tuple[int, Any]]) -> socket.socket:
    """Listen on the first of these that this machine has.

    `localhost` may be `::1` first, also where IPv6 is off.
    """
    (family, address), *others = addresses
    try:
        return _listen_on(family, address)
    except OSError as ex:
        if ex.errno not in _NOT_OURS or not others:
            raise
    return _listen(others)


def _listen_on(
    family: int, address: Any, socket_mode: int | None = None
) -> socket.socket:
    listener = socket.socket(family)
    try:
        if socket_mode is None:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        if socket_mode is not None:
            # Nobody gets in before: a socket that does not listen yet takes no one.
            Path(address).chmod(socket_mode)
        listener.listen(BACKLOG)
    except BaseException as ex:
        listener.close()
        if getattr(ex, "errno", None) == errno.EADDRINUSE:
            found = holder(family, address) or "another program"
            raise _Taken(found) from ex
        raise
    return listener


def _resolve(bind: str) -> list[tuple[int, Any]]:
    host, _, port = bind.rpartition(":")
    if int(port) > _MAX_PORT:
        msg = f"a port is at most {_MAX_PORT}"
        raise ValueError(msg)
    host = host.strip("[]") or "0.0.0.0"  # noqa: S104 - that is what no host asks for
    found = socket.getaddrinfo(host, int(port), type=socket.SOCK_STREAM)
    return [(family, address) for family, _, _, _, address in found]


def _remove_stale(path: str) -> None:
    """Remove the socket of a service that was killed; a live one stays."""
    with contextlib.suppress(FileNotFoundError):
        if not stat.S_ISSOCK(os.lstat(path).st_mode):
            raise FileExistsError(errno.EEXIST, "there is a file of that name")
        with socket.socket(socket.AF_UNIX) as client:
            client.settimeout(1)
            if client.connect_ex(path) == errno.ECONNREFUSED:
                Path(path).unlink()


def _other(bind: str) -> str:
    """Name an address that is free: of the same host the next port, or another path."""
    host, _, port = bind.rpartition(":")
    if host == "unix":
        return f"{bind}.2"
    for number in range(int(port) + 1, _MAX_PORT + 1):
        other = f"{host}:{number}"
        with (
            socket.socket(_resolve(other)[0][0]) as probe,
            contextlib.suppress(OSError),
        ):
            probe.bind(_resolve(other)[0][1])
            return other
    return f"{host}:0"


def _explain(ex: Exception) -> str:
    if isinstance(ex, socket.gaierror):
        return "no such host; give an address of this machine"
    match getattr(ex, "errno", None):
        case errno.EADDRNOTAVAIL:
            return "it is not an address of this machine; choose another"
        case errno.EACCES:  # pragma: no cover - root may do all, and may run the tests
            return "not allowed for this user; choose a port above 1023"
    reason = str(getattr(ex, "strerror", None) or ex).lower()
    return f"{reason}; choose another address"
