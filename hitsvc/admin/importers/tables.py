"""CSV, read line by line, with errors that say where."""

import csv
from collections.abc import Iterator
from typing import BinaryIO

from hitsvc.admin.importers.refused import ImportRefused
from hitsvc.admin.importers.source import MAX_LINE_BYTES, Source, lines_of

_BOM = "\ufeff"


def records(source: Source) -> Iterator[tuple[int, list[str]]]:
    """Give the records of a CSV file with the line on which each ends.

    Raises:
        ImportRefused: It is no CSV in UTF-8.
    """
    with source.open() as content:
        yield from records_of(content, source.name)


def records_of(content: BinaryIO, name: str) -> Iterator[tuple[int, list[str]]]:
    """Give the records of a stream of CSV with the line on which each ends.

    Raises:
        ImportRefused: It is no CSV in UTF-8.
    """
    reader = csv.reader(_texts(content, name))
    try:
        for record in reader:
            yield reader.line_num, record
    except csv.Error as ex:
        # A quote that is never closed would swallow the rest of the file.
        msg = f"{name}, line {reader.line_num}: this is not CSV ({ex})"
        raise ImportRefused(msg) from ex


def _texts(content: BinaryIO, name: str) -> Iterator[str]:
    for number, line in lines_of(content, name):
        if line is None:
            msg = f"{name}, line {number}: longer than {MAX_LINE_BYTES:,} bytes"
            raise ImportRefused(msg)
        text = line.decode("utf-8", "surrogateescape")
        yield text.removeprefix(_BOM) if number == 1 else text


def column_numbers(header: list[str], names: tuple[str, ...]) -> list[int]:
    """Find columns by their names; -1 for one that is not there."""
    known = [name.strip() for name in header]
    return [known.index(name) if name in known else -1 for name in names]
