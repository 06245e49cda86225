"""Makes files to import, and reads what importers make of them."""

import gzip
import zipfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Protocol

from hitsvc.admin.importers import LeftOut, Row, Shape, Shaper, Source


class Importer(Protocol):
    def rows(self) -> Iterable[Row]: ...


class Sample:
    """A file in a directory, of text, bytes or the members of a ZIP file."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory

    def __call__(self, name: str, data: str | bytes, *, packed: bool = False) -> Source:
        path = self._directory / name
        data = data.encode() if isinstance(data, str) else data
        path.write_bytes(gzip.compress(data) if packed else data)
        return Source(path)

    def zip(self, name: str, members: Mapping[str, str]) -> Source:
        path = self._directory / name
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
            for member, text in members.items():
                file.writestr(member, text)
        return Source(path)


def shaper(**shape: Any) -> Shaper:
    return Shaper(Shape(**shape))


def days_of(rows: Iterable[Row]) -> dict[tuple[str, str], int]:
    """Sum rows by page and day."""
    sums: dict[tuple[str, str], int] = {}
    for url, day, hits in rows:
        pair = (url, str(day or ""))
        sums[pair] = sums.get(pair, 0) + hits
    return sums


def totals_of(rows: Iterable[Row]) -> dict[str, int]:
    """Sum rows by page."""
    sums: dict[str, int] = {}
    for url, _, hits in rows:
        sums[url] = sums.get(url, 0) + hits
    return sums


def why(left_out: LeftOut) -> dict[str, tuple[int, int]]:
    """Return rows and hits that were left out, by reason."""
    return {name: (r.rows, r.hits) for name, r in left_out.reasons.items()}
