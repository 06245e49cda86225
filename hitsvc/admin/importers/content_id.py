"""Tells whether a source has been imported before: the id of what is in it."""

import hashlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import BinaryIO

from hitsvc.admin.importers.archive import Archive
from hitsvc.admin.importers.shape import Shape
from hitsvc.admin.importers.source import Source

_CHUNK = 1 << 18


def content_id(
    source: Source,
    importer: str,
    shape: Shape,
    choices: Mapping[str, str] | None = None,
) -> str:
    """Return the SHA-256 of a source's unpacked content and what shapes its rows.

    Packing it anew, or giving it another name, does not change it.

    Args:
        source: The file.
        importer: The name of what reads it.
        shape: What the operator says about the rows.
        choices: What else of the command changes the rows.

    Raises:
        ImportRefused: The file cannot be read.
    """
    digest = hashlib.sha256()
    for part in (
        importer.encode(),
        shape.fingerprint(),
        repr(sorted((choices or {}).items())).encode(),
    ):
        digest.update(b"%d:%s" % (len(part), part))
    for chunk in _content(source):
        digest.update(chunk)
    return digest.hexdigest()


def _content(source: Source) -> Iterator[bytes]:
    if source.is_zip():
        with Archive.opened(source) as archive:
            for name in sorted(archive.names):
                yield b"%d:%s" % (len(name), name.encode())
                with archive.open(name) as member:
                    yield from _chunks(member)
        return
    with source.open() as content:
        yield from _chunks(content)
    log = Path(f"{source.path}-wal")
    if source.is_sqlite() and log.exists():
        with Source(log).open() as content:
            yield from _chunks(content)


def _chunks(content: BinaryIO) -> Iterator[bytes]:
    while chunk := content.read(_CHUNK):
        yield chunk
