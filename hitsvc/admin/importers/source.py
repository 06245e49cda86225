"""A file to import: plain or gzip, read as bytes or lines, as often as needed."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import BinaryIO

from hitsvc.admin.importers.kinds import GZIP, HEAD_BYTES, SQLITE, ZIP, see_text
from hitsvc.admin.importers.refused import ImportRefused
from hitsvc.admin.importers.scratch import told_of_temporary_files
from hitsvc.admin.importers.unpacking import Budget, gunzip

# No line of a log or an export is longer; a longer one is not kept in memory.
MAX_LINE_BYTES = 1 << 16


class Source:
    """A file, by its path."""

    def __init__(self, path: Path, name: str | None = None) -> None:
        """Remember where it is.

        Args:
            path: The file.
            name: What to call it in messages; its own name if there is none.
        """
        self.path = path
        self.name = name or path.name

    @contextmanager
    def open(self) -> Iterator[BinaryIO]:
        """Open its content from the start; gzip is unpacked, known by its first bytes.

        Raises:
            ImportRefused: It cannot be read.
        """
        with self.open_packed() as file:
            packed = file.read(2) == GZIP
            file.seek(0)
            yield gunzip(file, self.name, Budget(self.name)) if packed else file

    @contextmanager
    def open_packed(self) -> Iterator[BinaryIO]:
        """Open the file as it is.

        Raises:
            ImportRefused: It cannot be read.
        """
        try:
            file = self.path.open("rb")
        except OSError as ex:
            msg = f"{self.name} cannot be read: {ex.strerror}"
            raise ImportRefused(msg) from ex
        with file:
            yield file

    @contextmanager
    def unpacked(self) -> Iterator[Path]:
        """Give the path of its content, unpacked into a temporary file if need be."""
        with self.open_packed() as file:
            packed = file.read(2) == GZIP
        if not packed:
            yield self.path
            return
        with self.open() as content, spooled(content, self.name) as copy:
            yield copy.path

    def head(self) -> bytes:
        """Return its first bytes, unpacked: enough to know it by."""
        with self.open() as content:
            return content.read(HEAD_BYTES)

    def is_zip(self) -> bool:
        """Tell whether it is a ZIP file."""
        return self.head().startswith(ZIP)

    def is_sqlite(self) -> bool:
        """Tell whether it is an SQLite database."""
        return self.head().startswith(SQLITE)

    def lines(self) -> Iterator[tuple[int, bytes | None]]:
        """Give its lines with their numbers; None stands for one that is too long.

        Raises:
            ImportRefused: It cannot be read, or is no text.
        """
        with self.open() as content:
            yield from lines_of(content, self.name)


def lines_of(content: BinaryIO, name: str) -> Iterator[tuple[int, bytes | None]]:
    """Give a stream's lines with their numbers; None for one that is too long.

    Raises:
        ImportRefused: It is no text.
    """
    number = 0
    while line := content.readline(MAX_LINE_BYTES):
        number += 1
        if number == 1:
            see_text(line, name)
        if len(line) < MAX_LINE_BYTES or line.endswith(b"\n"):
            yield number, line
            continue
        while line and not line.endswith(b"\n"):
            line = content.readline(MAX_LINE_BYTES)
        yield number, None


@contextmanager
def spooled(stream: BinaryIO, name: str) -> Iterator[Source]:
    """Copy a stream, such as standard input, into a temporary file.

    An import reads its source twice: for its id, and for its rows.

    Raises:
        ImportRefused: There is no room for it.
    """
    with ExitStack() as made:
        with told_of_temporary_files(OSError):
            file = made.enter_context(
                tempfile.NamedTemporaryFile(prefix="hitsvc-import-")
            )
            shutil.copyfileobj(stream, file, 1 << 18)
            file.flush()
        yield Source(Path(file.name), name)
