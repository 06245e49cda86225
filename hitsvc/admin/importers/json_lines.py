"""JSON, one value a line, whatever stands there."""

import json
from collections.abc import Iterator
from typing import BinaryIO

from hitsvc.admin.importers.refused import ImportRefused
from hitsvc.admin.importers.source import Source, lines_of

_UTF_16 = (b"\xff\xfe", b"\xfe\xff")


def json_lines(source: Source) -> Iterator[tuple[int, str, object]]:
    """Give each line's number, text and value; the value None if it is no JSON.

    Raises:
        ImportRefused: It is UTF-16.
    """
    with source.open() as content:
        yield from json_lines_of(content, source.name)


def json_lines_of(content: BinaryIO, name: str) -> Iterator[tuple[int, str, object]]:
    """Give each line's number, text and value; the value None if it is no JSON.

    Raises:
        ImportRefused: It is UTF-16.
    """
    for number, line in lines_of(content):
        if number == 1 and line is not None and line.startswith(_UTF_16):
            msg = f"{name} is UTF-16: save it as UTF-8"
            raise ImportRefused(msg)
        if line is None:
            yield number, "(a line that is too long)", None
            continue
        text = line.decode("utf-8-sig", "surrogateescape").strip()
        if text:
            yield number, text, json_of(text)


def json_of(text: str) -> object:
    """Read a line of JSON; None if it is none, or nested too deeply."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None
