"""A ZIP file of an export: few members, and no more in them than an honest one has."""

import struct
import warnings
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from typing import BinaryIO

from hitsvc.admin.importers.left_out import printable
from hitsvc.admin.importers.refused import ImportRefused
from hitsvc.admin.importers.source import Source
from hitsvc.admin.importers.unpacking import Budget, unpack

MAX_MEMBERS = 1000
_ENCRYPTED = 0x1
_KNOWN = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}
# What zipfile raises for damaged files: places before the beginning and members without a
# name among it.
_DAMAGED = (
    zipfile.BadZipFile,
    ValueError,
    NotImplementedError,
    LookupError,
    OSError,
    EOFError,
    struct.error,
)


class Archive:
    """An open ZIP file.

    Attributes:
        names: Its members.
    """

    def __init__(
        self, file: zipfile.ZipFile, name: str, size: int, budget: Budget
    ) -> None:
        """Take an open file.

        Args:
            file: The ZIP file.
            name: What to call it in messages.
            size: Its size in bytes.
            budget: How much may come out of all members together: they can overlap,
                and there can be many.
        """
        self.names = [info.filename for info in file.infolist() if not info.is_dir()]
        self.name = name
        self._file = file
        self._size = size
        self._budget = budget

    @classmethod
    @contextmanager
    def opened(
        cls, source: Source, budget: Budget | None = None
    ) -> Iterator["Archive"]:
        """Open a file.

        Args:
            source: The file.
            budget: How much may come out; by default what honest files have.

        Raises:
            ImportRefused: It is no ZIP file that can be used.
        """
        with source.unpacked() as path:
            size = path.stat().st_size
            broken = f"{source.name} is not a ZIP file, or damaged"
            with _refusing(broken):
                file = zipfile.ZipFile(path)
            with file:
                if len(file.infolist()) > MAX_MEMBERS:
                    msg = f"{source.name} has more than {MAX_MEMBERS:,} files in it"
                    raise ImportRefused(msg)
                with _refusing(broken):
                    archive = cls(
                        file, source.name, size, budget or Budget(source.name)
                    )
                yield archive

    @contextmanager
    def open(self, member: str) -> Iterator[BinaryIO]:
        """Open a member.

        Raises:
            ImportRefused: It cannot be unpacked.
        """
        info = self._file.getinfo(member)
        name = self.label(member)
        if info.flag_bits & _ENCRYPTED or info.compress_type not in _KNOWN:
            msg = f"{name} is encrypted, or packed in an unusual way"
            raise ImportRefused(msg)
        with _refusing(f"{name} is damaged"):
            packed = self._file.open(info)
        with packed:
            yield unpack(packed, name, self._budget, lambda: self._size)  # type: ignore[arg-type]

    def label(self, member: str) -> str:
        """Return what to call a member in messages."""
        return f"{self.name}: {printable(member.rpartition('/')[2])}"


@contextmanager
def _refusing(msg: str) -> Iterator[None]:
    with warnings.catch_warnings():
        # Of members that overlap, some versions of Python only warn.
        warnings.simplefilter("error", UserWarning)
        try:
            yield
        except (*_DAMAGED, UserWarning) as ex:
            raise ImportRefused(msg) from ex
