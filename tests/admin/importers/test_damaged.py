"""Packed files that are damaged, in every byte and at every length."""

import gzip
import io
import sqlite3
import zipfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from hitsvc.admin.importers import (
    HitCounter,
    ImportRefused,
    OwnFormat,
    Plausible,
    Shape,
    Shaper,
    Source,
)

ROW = b"2026-01-01,a.example,/x,1,1,3\n"
HEAD = b"date,hostname,page,visits,visitors,pageviews\n"
# The least, the most, and what changes a sign, a flag or a kind of packing.
BYTES = (0, 1, 8, 0x7F, 0x80, 0xFF)


def archive() -> bytes:
    """Return an export of Plausible's, with a second file in it."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("imported_pages_20260101_20260102.csv", HEAD + ROW)
        file.writestr("\u00e9.csv", b"a,b\n1,2\n")
    return stream.getvalue()


def database() -> bytes:
    """Return a database of hit-counter's, of two small pages."""
    with closing(sqlite3.connect(":memory:")) as made:
        made.execute("PRAGMA page_size = 512")
        made.execute(
            "CREATE TABLE url (id INTEGER PRIMARY KEY, url TEXT, count INTEGER)"
        )
        made.execute("INSERT INTO url (url, count) VALUES ('a.example/x', 3)")
        made.commit()
        return made.serialize()


def damaged(data: bytes) -> Iterator[bytes]:
    """Give each file that has another byte somewhere, or ends too early."""
    for at in range(len(data)):
        yield data[:at]
        for byte in BYTES:
            yield data[:at] + bytes([byte]) + data[at + 1 :]


@pytest.mark.parametrize(
    ("data", "reader"),
    [
        pytest.param(archive(), Plausible, id="zip"),
        pytest.param(
            gzip.compress(b"url,day,hits\na.example,,3\n", mtime=0),
            OwnFormat,
            id="gzip",
        ),
        pytest.param(database(), HitCounter, id="SQLite"),
    ],
)
def test_it_is_read_or_refused(tmp_path: Path, data: bytes, reader: type) -> None:
    """With a sentence, never with an error of a library's."""
    path = tmp_path / "export"
    refused = 0
    for file in damaged(data):
        path.write_bytes(file)
        try:
            list(reader(Source(path), Shaper(Shape())).rows())
        except ImportRefused:
            refused += 1

    assert refused
