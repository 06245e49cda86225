"""A file that is there as a whole or not at all."""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from hitsvc.errors import StoreError


@contextmanager
def whole_file(path: Path) -> Iterator[BinaryIO]:
    """Write beside a file, and take its place when everything is on the disk.

    Yields:
        Where to write.

    Raises:
        StoreError: It cannot be written.
    """
    part = path.with_name(f"{path.name}.part")
    try:
        with part.open("wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
        sync_directory(path.parent)
    except OSError as ex:
        _remove(part)
        msg = f"{path} cannot be written: {ex.strerror}"
        raise StoreError(msg) from ex
    except BaseException:
        _remove(part)
        raise


def _remove(path: Path) -> None:
    with suppress(OSError):  # it was never there
        path.unlink()


def sync_directory(path: Path) -> None:
    """See that the names in a directory are on the disk."""
    number = os.open(path, os.O_RDONLY)
    try:
        os.fsync(number)
    finally:
        os.close(number)
