"""Writing down what will be gone, as an export that can be imported again."""

import os
from collections.abc import Iterable, Iterator
from itertools import chain
from pathlib import Path
from typing import BinaryIO, Protocol

from hitsvc.admin.importers import OwnFormat, Row, Shape, Shaper, Source, write_rows
from hitsvc.errors import ChangeRefused


class Save(Protocol):
    """Where rows are written before they are removed."""

    def write(self, rows: Iterable[Row]) -> None:
        """Write all, safe when it returns."""

    def more(self, rows: list[Row]) -> None:
        """Write some that have come since."""


class SaveFile:
    """A new file, on the disk before anything is removed."""

    def __init__(self, path: Path) -> None:
        """Name it; it is packed if its name ends in ``.gz``.

        Args:
            path: The file; there must be none yet.
        """
        self.path = path
        self.rows = 0

    def write(self, rows: Iterable[Row]) -> None:
        """Write all rows, and wait for the disk.

        Raises:
            ChangeRefused: The file is there already, or cannot be written.
        """
        try:
            with self.path.open("xb") as file:
                self._fill(file, rows)
        except FileExistsError as ex:
            msg = f"{self.path} is there already: name another file with --save"
            raise ChangeRefused(msg) from ex
        except OSError as ex:
            msg = (
                f"{self.path} cannot be written ({ex.strerror}), so nothing was "
                "changed: name another file with --save"
            )
            raise ChangeRefused(msg) from ex

    def more(self, rows: list[Row]) -> None:
        """Write it anew, with some rows more at its end."""
        old = OwnFormat(Source(self.path), Shaper(Shape(), key_of=str)).rows()
        new = self.path.with_name(f"{self.path.name}.new")
        with new.open("wb") as file:
            self._fill(file, chain(old, rows))
        new.replace(self.path)

    def _fill(self, file: BinaryIO, rows: Iterable[Row]) -> None:
        self.rows = write_rows(rows, file, packed=self.path.suffix == ".gz")
        file.flush()
        os.fsync(file.fileno())


class SaveStream:
    """A stream, such as standard output."""

    def __init__(self, stream: BinaryIO) -> None:
        """Take the stream; it is left open."""
        self._stream = stream
        self.rows = 0

    def write(self, rows: Iterable[Row]) -> None:
        """Write all rows."""
        self.rows = write_rows(rows, self._stream)
        self._stream.flush()

    def more(self, rows: list[Row]) -> None:
        """Write some more, as an export of its own."""
        self.rows += write_rows(rows, self._stream)
        self._stream.flush()


def counted_rows(rows: Iterable[Row], totals: dict[str, int]) -> Iterator[Row]:
    """Hand rows on, and add up each page's hits."""
    for row in rows:
        totals[row.url] = totals.get(row.url, 0) + row.hits
        yield row
