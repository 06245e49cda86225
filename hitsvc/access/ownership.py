"""Who owns what root writes into somebody else's directory.

The service has a user of its own under systemd and in a container, and root types the
commands. What they leave in the data directory has to be the service's, or it could not
read it at its next start.
"""

import os
import stat
from collections.abc import Callable, Iterable
from pathlib import Path

Chown = Callable[[str, int, int], None]


def give_back(
    directory: Path,
    names: Iterable[str] | None = None,
    *,
    user: int | None = None,
    chown: Chown = os.lchown,
) -> None:
    """Give what is in a directory to whom the directory belongs, if we are root.

    Args:
        directory: It.
        names: Files in it; all that is in it, however deep, if they are not given.
        user: Who we are; asked if it is not given.
        chown: Changes the owner and group of a path, and follows no link.

    Raises:
        OSError: It cannot be looked at or changed.
    """
    owner = directory.stat()
    if (os.geteuid() if user is None else user) != 0 or owner.st_uid == 0:
        return
    paths = (
        _within(directory)
        if names is None
        else map(str, map(directory.joinpath, names))
    )
    for path in paths:
        found = os.lstat(path)
        # APPSEC: a second name of a file elsewhere would give that one away.
        is_elsewhere = stat.S_ISREG(found.st_mode) and found.st_nlink > 1
        if not is_elsewhere:
            chown(path, owner.st_uid, owner.st_gid)


def _within(directory: Path) -> Iterable[str]:
    for folder, folders, files in os.walk(directory):
        for name in (*folders, *files):
            yield os.path.join(folder, name)
