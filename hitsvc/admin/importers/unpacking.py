"""Reads what is packed, and no more of it than an honest file has."""

import gzip
import io
import zipfile
import zlib
from collections.abc import Callable
from typing import BinaryIO

from hitsvc.admin.importers.refused import ImportRefused

# Logs pack 10 to 30 times, very dull ones 100 times; a bomb up to 1,030 times.
MAX_RATIO = 250
FREE_BYTES = 64 << 20
_DAMAGE = (EOFError, OSError, zlib.error, zipfile.BadZipFile)


class Budget:
    """How much may come out of a packed file, for what has gone in."""

    def __init__(
        self, name: str, *, ratio: int = MAX_RATIO, free: int = FREE_BYTES
    ) -> None:
        """Start with nothing taken.

        Args:
            name: The file's name, for the error.
            ratio: How many times its packed size may come out.
            free: How many bytes may come out in any case.
        """
        self._name = name
        self._ratio = ratio
        self._free = free
        self._taken = 0

    def take(self, size: int, packed: int) -> None:
        """Count what has come out.

        Args:
            size: How many bytes more.
            packed: How many packed bytes have been read up to now.

        Raises:
            ImportRefused: It is too much.
        """
        self._taken += size
        if self._taken > self._free + self._ratio * packed:
            msg = (
                f"{self._name} unpacks to more than {self._ratio} times its size, "
                "which no log or export does: unpack it yourself if it is genuine"
            )
            raise ImportRefused(msg)


class _Unpacked(io.RawIOBase):
    def __init__(
        self,
        packed: BinaryIO,
        name: str,
        budget: Budget,
        position: Callable[[], int],
    ) -> None:
        self._packed = packed
        self._name = name
        self._budget = budget
        self._position = position

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        try:
            data = self._packed.read(len(buffer))
        except _DAMAGE as ex:
            msg = f"{self._name} is damaged or cut off: it cannot be unpacked"
            raise ImportRefused(msg) from ex
        self._budget.take(len(data), self._position())
        buffer[: len(data)] = data
        return len(data)


def unpack(
    packed: BinaryIO, name: str, budget: Budget, position: Callable[[], int]
) -> BinaryIO:
    """Return a stream of what another one unpacks, with its errors and a limit.

    Args:
        packed: What unpacks: a file of `gzip` or `zipfile`.
        name: What to call it in an error.
        budget: How much may come out.
        position: Tells how many packed bytes have been read.
    """
    return io.BufferedReader(_Unpacked(packed, name, budget, position), 1 << 18)


def gunzip(file: BinaryIO, name: str, budget: Budget) -> BinaryIO:
    """Return a stream of what a gzip file holds."""
    packed: BinaryIO = gzip.GzipFile(fileobj=file, mode="rb")  # type: ignore[assignment]
    return unpack(packed, name, budget, file.tell)
