"""Where the embedded store's socket is: in the data directory, unless that is too deep.

The path of a socket has few bytes on every system. Where the data directory's has too
many, the socket is in a directory of its own among the temporary files.
"""

import contextlib
import errno
import os
import socket
import tempfile
from collections.abc import Iterable
from pathlib import Path

from hitsvc.errors import StoreError

_NAME = "valkey.sock"
_PREFIX = "hitsvc-"
# `sun_path` takes 108 bytes on Linux and 104 on macOS, with the closing NUL.
_MOST_BYTES = 103
# What `mkdtemp` puts behind its prefix.
_RANDOM_BYTES = 8
# TMPDIR may be deep itself, as in a continuous integration's job.
_SHORT = ("/tmp", "/var/tmp")  # noqa: S108 - `mkdtemp` makes a directory of our own
_STALE = {errno.ECONNREFUSED, errno.ENOENT}


class SocketPlace:
    """A place for one socket.

    Attributes:
        path: The socket's.
    """

    def __init__(self, data_dir: Path, places: Iterable[str] | None = None) -> None:
        """Find it, and make its directory if it needs one.

        Args:
            data_dir: The store's directory, absolute.
            places: Where a directory can be made; by default where this system has
                temporary files.

        Raises:
            StoreError: It can be made nowhere.
        """
        self._own: str | None = None
        self.path = data_dir / _NAME
        if not _fits(self.path):
            self._own = _short_directory(_places() if places is None else places)
            self.path = Path(self._own, _NAME)

    def remove(self) -> None:
        """Remove the directory that was made."""
        if self._own:
            _remove(self.path)


def remove_stale(path: Path) -> None:
    """Remove a directory that was made for the socket of a service that was killed.

    Nothing is, where somebody listens there: in the copy of a data directory it is
    written where the socket of the other one is.

    Args:
        path: Where that service had its socket.
    """
    if path.name != _NAME or not path.parent.name.startswith(_PREFIX):
        return
    with socket.socket(socket.AF_UNIX) as client:
        client.settimeout(1)
        try:
            found = client.connect_ex(os.fsencode(path))
        except OSError:  # too long: nobody ever listened there
            return
    if found in _STALE:
        _remove(path)


def _remove(path: Path) -> None:
    with contextlib.suppress(OSError):  # it is gone, or not empty
        path.unlink(missing_ok=True)
        path.parent.rmdir()


def _short_directory(places: Iterable[str]) -> str:
    """Make a directory that nobody else can open, in the first place that allows it."""
    for place in places:
        if _fits(Path(place, f"{_PREFIX}{'x' * _RANDOM_BYTES}", _NAME)):
            with contextlib.suppress(OSError):
                return tempfile.mkdtemp(prefix=_PREFIX, dir=place)
    msg = (
        "the path of the data directory is too long for the store's socket, and no "
        "directory with a short one can be written to: name one in TMPDIR, such as "
        "TMPDIR=/tmp, or choose another data directory with --data-dir"
    )
    raise StoreError(msg)


def _places() -> list[str]:
    places = list(_SHORT)
    with contextlib.suppress(FileNotFoundError):  # there is none that can be written
        places.insert(0, tempfile.gettempdir())
    return places


def _fits(path: Path) -> bool:
    return len(os.fsencode(path)) <= _MOST_BYTES
