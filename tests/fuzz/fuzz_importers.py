"""Importers: a file is read or refused, and no hit is made up."""

import io
import re
import tempfile
import zipfile
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, Protocol

from hitsvc.admin.importers import (
    MAX_HITS,
    AccessLog,
    GoatCounter,
    HitCounter,
    ImportRefused,
    LeftOut,
    OwnFormat,
    Plausible,
    Row,
    Shape,
    Shaper,
    Source,
    gathered,
    key_of,
    read_map,
    read_sitemap,
    write_rows,
)
from hitsvc.request import declared_bots


class _Importer(Protocol):
    def rows(self) -> Iterable[Row]: ...


_Reader = Callable[[Source, Shaper], _Importer]
_READERS: dict[bytes, _Reader] = {
    b"o": OwnFormat,
    b"a": lambda log, rows: AccessLog(log, rows, declared_bots().named),
    b"g": GoatCounter,
    b"p": Plausible,
    b"h": HitCounter,
}
# Files there need no disk.
_MEMORY = "/dev/shm" if Path("/dev/shm").is_dir() else None  # noqa: S108
_ONE_EACH = (b"a", b"g")
# Those that read the members of a ZIP file; to the others it is a file like any.
_UNZIPPED = (b"g", b"p")
# Members of a ZIP file, each after a line with its name.
_MEMBER = re.compile(rb"^== ([\w./-]{1,40})\n", re.MULTILINE)
_NUMBER = re.compile(rb"\d+")


def TestOneInput(data: bytes) -> None:
    """Import a file; its first line says of which kind, and of which site it is."""
    kind, _, content = data.partition(b"\n")
    if _MEMBER.match(content):
        content = _zip(content)
    with tempfile.NamedTemporaryFile(prefix="fuzz-", dir=_MEMORY) as file:
        file.write(content)
        file.flush()
        source = Source(Path(file.name), "the file")
        if reader := _READERS.get(kind[:1]):
            _import(reader, kind, source)
        else:
            _read_lists(source)


def _import(reader: _Reader, kind: bytes, source: Source) -> None:
    site = "example.com" if kind[1:2] == b"s" else None
    try:
        shaper = Shaper(Shape(site=site))
        rows = list(reader(source, shaper).rows())
    except ImportRefused as ex:
        _check_sentence(str(ex))
        return
    for url, day, hits in rows:
        assert key_of(url) == url
        assert site is None or url.partition("/")[0] == site
        assert (0 if day else -MAX_HITS) <= hits <= MAX_HITS
    if kind[:1] != b"h":
        _check_numbers(kind, rows, source)
    _check_sums(rows)
    _check_written(rows)
    for text in [*shaper.left_out.notes, *_examples(shaper.left_out)]:
        _check_sentence(text)


def _check_numbers(kind: bytes, rows: list[Row], source: Source) -> None:
    """Each row is a line of the source, with the number that stands there."""
    zipped = kind[:1] in _UNZIPPED and source.is_zip()
    content = b"\n".join(_contents(source, zipped=zipped))
    lines = content.count(b"\n") + content.count(b"\r") + 1
    assert len(rows) <= lines
    if kind[:1] not in _ONE_EACH:
        written = {int(text) for text in _NUMBER.findall(content) if len(text) < 40}
        assert {abs(row.hits) for row in rows} <= written
    elif not zipped:
        assert all(row.hits == 1 for row in rows)


def _check_sums(rows: list[Row]) -> None:
    """Summed up, nothing is lost and nothing is won, in memory and on disk."""
    expected: Counter[tuple[str, Any]] = Counter()
    for url, day, hits in rows:
        expected[url, day] += hits
    kept = {pair: hits for pair, hits in expected.items() if abs(hits) <= MAX_HITS}
    for in_memory in (1, 1000):
        sums = list(gathered(rows, LeftOut(), in_memory=in_memory))
        assert {(url, day): hits for url, day, hits in sums} == kept
        assert len(sums) == len(kept)


def _check_written(rows: list[Row]) -> None:
    """What is exported and imported is the same."""
    for form in ("csv", "ndjson"):
        stream = io.BytesIO()
        write_rows(rows, stream, form)
        with tempfile.NamedTemporaryFile(prefix="fuzz-", dir=_MEMORY) as file:
            file.write(stream.getvalue())
            file.flush()
            shaper = Shaper(Shape())
            assert list(OwnFormat(Source(Path(file.name)), shaper).rows()) == rows
            assert not shaper.left_out.rows
            assert not shaper.left_out.notes


def _read_lists(source: Source) -> None:
    """Read what helps an import: a sitemap, a map."""
    for read in (lambda: list(read_sitemap(source)), lambda: read_map(source, key_of)):
        try:
            found = read()
        except ImportRefused as ex:
            _check_sentence(str(ex))
        else:
            if not isinstance(found, list):
                for name in ("example.com/a", "/a", ""):
                    found.of_name(name)
                    found.of_key(name)


def _check_sentence(text: str) -> None:
    assert text
    assert text.isprintable(), f"not fit for a terminal: {text!r}"


def _examples(left_out: LeftOut) -> Iterator[str]:
    for reason in left_out.reasons.values():
        yield from reason.examples


def _contents(source: Source, *, zipped: bool) -> Iterator[bytes]:
    """Give the unpacked bytes of a file, or of a ZIP file's members."""
    with source.open() as content:
        data = content.read()
    if not zipped:
        yield data
        return
    with zipfile.ZipFile(io.BytesIO(data)) as file:
        for member in file.infolist():
            if not member.is_dir():
                yield file.read(member)


def _zip(content: bytes) -> bytes:
    stream = io.BytesIO()
    _, *parts = _MEMBER.split(content)
    with zipfile.ZipFile(stream, "w") as file:
        for name, text in dict(zip(parts[::2], parts[1::2], strict=True)).items():
            file.writestr(name.decode(), text)
    return stream.getvalue()
