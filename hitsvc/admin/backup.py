"""Backups: all data of a store as of one moment, and back again.

An embedded store's data directory can be reached, so its backup is a snapshot of its own
(RDB): everything as of one moment. It is put back while the store does not run, as the base
of its append-only file: a store with such a file never reads ``dump.rdb``. What makes the
snapshot the data is one rename of the manifest, so whenever that is cut off, the store has
either the old data or the new.

Another store gives its data by ``hitsvc export`` and takes them by ``hitsvc import``.
"""

import os
import re
import shutil
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from hitsvc.admin.locking import only_one
from hitsvc.admin.whole_file import sync_directory, whole_file
from hitsvc.counting import Keys
from hitsvc.errors import StoreError

_FILES = "appendonlydir"
_MANIFEST = "appendonly.aof.manifest"
BEFORE = "before-restore"
_SNAPSHOTS = (b"REDIS", b"VALKE")
_SAVE_WITHIN_S = 3600.0
_PAUSE_S = 0.1


def save_snapshot(
    client: Any,
    keys: Keys,
    data_dir: Path,
    target: Path,
    *,
    sleep: Callable[[float], None] = time.sleep,
    clock: Callable[[], float] = time.monotonic,
) -> int:
    """Have the embedded store write a snapshot, and copy that.

    Args:
        client: As `open_client` makes it.
        keys: What things are called.
        data_dir: Where the store keeps its data.
        target: The file to write.
        sleep: Waits for so many seconds.
        clock: Returns seconds that never go back.

    Returns:
        Its size in bytes.

    Raises:
        StoreError: It cannot be written.
        RedisError: The store does not answer.
    """
    deadline = clock() + _SAVE_WITHIN_S
    with only_one(client, keys):  # no change is half done in it
        # One that runs already may have begun before the last hit: then another.
        _wait(client, sleep, deadline, clock)
        client.bgsave()
    _wait(client, sleep, deadline, clock)
    if client.info("persistence")["rdb_last_bgsave_status"] != "ok":
        msg = f"the store could not write its snapshot; see {data_dir / 'valkey.log'}"
        raise StoreError(msg)
    with open(data_dir / "dump.rdb", "rb") as snapshot, whole_file(target) as file:
        shutil.copyfileobj(snapshot, file, 1 << 20)
    return target.stat().st_size


def _wait(
    client: Any,
    sleep: Callable[[float], None],
    deadline: float,
    clock: Callable[[], float],
) -> None:
    while int(client.info("persistence")["rdb_bgsave_in_progress"]):
        if clock() > deadline:
            msg = "the store does not end writing its snapshot"
            raise StoreError(msg)
        sleep(_PAUSE_S)


def is_snapshot(path: Path) -> bool:
    """Tell a snapshot from an export.

    Raises:
        StoreError: The file cannot be read.
    """
    try:
        with path.open("rb") as file:
            return file.read(5) in _SNAPSHOTS
    except OSError as ex:
        msg = f"{path} cannot be read: {ex.strerror}"
        raise StoreError(msg) from ex


def put_snapshot(snapshot: Path, data_dir: Path) -> None:
    """Make a snapshot the data of an embedded store that does not run.

    What was there before is in the directory `BEFORE`, until the next time.

    Args:
        snapshot: The file, which has been looked at: a store can load it.
        data_dir: Where the store keeps its data.

    Raises:
        StoreError: It cannot be written.
    """
    try:
        _put(snapshot, data_dir)
    except OSError as ex:
        msg = f"the data in {data_dir} cannot be restored: {ex.strerror}"
        raise StoreError(msg) from ex


def _put(snapshot: Path, data_dir: Path) -> None:
    files = data_dir / _FILES
    files.mkdir(mode=0o700, exist_ok=True)
    old = list(files.iterdir())
    _keep(old, data_dir / BEFORE)
    # Numbers that no file has: the store goes on writing files by these names, and must
    # find nothing in them.
    number = 1 + max((_number(path) for path in old), default=0)
    base = f"appendonly.aof.{number}.base.rdb"
    increment = f"appendonly.aof.{number}.incr.aof"
    with snapshot.open("rb") as source, whole_file(files / base) as file:
        shutil.copyfileobj(source, file, 1 << 20)
    with whole_file(files / increment):
        pass
    with whole_file(files / _MANIFEST) as file:
        file.write(f"file {base} seq {number} type b\n".encode())
        file.write(f"file {increment} seq {number} type i\n".encode())
    for path in old:
        if path.name != _MANIFEST:
            path.unlink(missing_ok=True)
    sync_directory(files)


def _keep(files: list[Path], kept: Path) -> None:
    """Give files a second name in a directory of their own."""
    shutil.rmtree(kept, ignore_errors=True)
    kept.mkdir(mode=0o700)
    for path in files:
        os.link(path, kept / path.name)
    sync_directory(kept)


def _number(path: Path) -> int:
    found = re.fullmatch(r"appendonly\.aof\.(\d+)\..*", path.name)
    return int(found[1]) if found else 0
