"""Where a demonstration may write: in a new directory, and nowhere else."""

import os
import tempfile
from pathlib import Path

from hitsvc.errors import HitsError

_PREFIX = "hitsvc-demo-"
# The path of the store's socket has 103 bytes at most (`hitsvc.serve.datadir`).
_MOST_BYTES = 70
_SHORT = "/tmp"  # noqa: S108 - `mkdtemp` makes a directory of our own in it


class DemoRefused(HitsError):
    """A demonstration cannot be given here."""


def scratch_directory(parent: str | None = None) -> Path:
    """Make a directory that nobody else can open.

    Args:
        parent: Where; if it is not given, where this system has temporary files.

    Raises:
        DemoRefused: It cannot be made.
    """
    try:
        parent = tempfile.gettempdir() if parent is None else parent
        if len(os.fsencode(parent)) > _MOST_BYTES:
            parent = _SHORT
        return Path(tempfile.mkdtemp(prefix=_PREFIX, dir=parent))
    except OSError as ex:
        reason = (ex.strerror or str(ex)).lower()
        msg = (
            f"cannot make a scratch directory: {reason}; name one that this user can "
            "write to in TMPDIR, such as TMPDIR=/tmp"
        )
        raise DemoRefused(msg) from ex
