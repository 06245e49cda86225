"""The data directory: claimed by one running service at a time.

The claim is an `flock` on the file ``lock``. Every process of the service inherits it,
the store too, so that it ends with the last one that might still write, however the
others died. The file holds the process id and the store's socket, for people and for
``hitsvc show``.
"""

import contextlib
import fcntl
import os
import stat
import tempfile
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Self

from hitsvc.access import give_back
from hitsvc.errors import StoreError
from hitsvc.serve.socket_place import SocketPlace, remove_stale

# A service that was told to stop, or killed, needs a moment until all of it is gone.
CLAIM_WAIT_S = 3.0

_PROBE_BYTES = 64 * 1024
# The process id, and the path of a socket.
_SIGNED_BYTES = 256


class DataDir:
    """A directory that this process has claimed.

    Attributes:
        path: The directory, absolute.
        lock_fd: The descriptor that holds the claim; pass it on to children.
        socket_path: Where the store listens.
    """

    def __init__(
        self, path: Path, lock_fd: int, places: Iterable[str] | None = None
    ) -> None:
        """Take over a claimed lock; use `claim` instead."""
        self.path = path
        self.lock_fd = lock_fd
        self._place = SocketPlace(path, places)
        self.socket_path = self._place.path

    @classmethod
    def claim(
        cls,
        path: Path,
        wait_s: float = CLAIM_WAIT_S,
        places: Iterable[str] | None = None,
    ) -> Self:
        """Make the directory, lock it, and see that it can be written.

        Args:
            path: The directory.
            wait_s: Seconds to wait for a service that is about to stop.
            places: See `SocketPlace`.

        Raises:
            StoreError: It is in use, or cannot be used; the message says why.
        """
        path = path.absolute()
        lock_fd = -1
        try:
            path.mkdir(mode=0o700, parents=True, exist_ok=True)
            flags = os.O_RDWR | os.O_CREAT | os.O_CLOEXEC
            lock_fd = os.open(path / "lock", flags, 0o600)
            _lock(lock_fd, path, time.monotonic() + wait_s)
            _probe(path)
            if former := _signed_socket(os.pread(lock_fd, _SIGNED_BYTES, 0)):
                remove_stale(former)
            data_dir = cls(path, lock_fd, places)
            data_dir._sign()
        except OSError as ex:
            if lock_fd >= 0:
                os.close(lock_fd)
            raise StoreError(_explain(path, ex)) from ex
        except StoreError:
            os.close(lock_fd)
            raise
        return data_dir

    def warning(self) -> str | None:
        """Tell if other users can read the directory, and what to do."""
        mode = stat.S_IMODE(self.path.stat().st_mode)
        if not mode & (stat.S_IRGRP | stat.S_IXGRP | stat.S_IROTH | stat.S_IXOTH):
            return None
        return (
            f"other users can open the data directory {self.path} (mode {mode:o}); what "
            "older versions wrote there they can read: chmod -R go= it, unless they may"
        )

    def _sign(self) -> None:
        """Write who holds the claim and where the store listens."""
        text = b"%d\n%s\n" % (os.getpid(), os.fsencode(self.socket_path))
        os.ftruncate(self.lock_fd, 0)
        os.pwrite(self.lock_fd, text, 0)

    def release(self) -> None:
        """End this process's part of the claim."""
        with contextlib.suppress(
            OSError
        ):  # what is wrong with it shows where it is used
            give_back(self.path)
        os.close(self.lock_fd)
        self._place.remove()


def running_socket(path: Path) -> Path | None:
    """Find the socket of the store that runs on a directory; None if none does."""
    try:
        with open(path / "lock", "rb") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
            except BlockingIOError:
                return _signed_socket(lock.read())
    except OSError:
        return None
    return None


def _signed_socket(text: bytes) -> Path | None:
    lines = text.splitlines()
    return Path(os.fsdecode(lines[1])) if len(lines) > 1 else None


def _lock(lock_fd: int, path: Path, deadline: float) -> None:
    while True:
        try:
            return fcntl.flock(lock_fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as ex:
            if time.monotonic() < deadline:
                time.sleep(0.02)
                continue
            holder = os.pread(lock_fd, 32, 0).split(b"\n")[0].decode() or "unknown"
            msg = (
                f"the data directory {path} is in use by process {holder}; stop that "
                "service, or choose another directory with --data-dir"
            )
            raise StoreError(msg) from ex


def _probe(path: Path) -> None:
    """Write as much as a start needs: a full disk shows here, not in the store."""
    with tempfile.TemporaryFile(dir=path) as probe:
        probe.write(b"\0" * _PROBE_BYTES)
        probe.flush()
        os.fsync(probe.fileno())


def _explain(path: Path, ex: OSError) -> str:
    if isinstance(ex, FileExistsError | NotADirectoryError):
        reason = "it is not a directory"
    else:
        reason = (ex.strerror or str(ex)).lower()
    return (
        f"cannot keep data in {path}: {reason}; make it a directory that this user can "
        "write to, or choose another with --data-dir"
    )
