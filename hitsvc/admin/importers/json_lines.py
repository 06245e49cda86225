"""JSON, one value a line, whatever stands there."""

import json
from collections.abc import Iterator
from typing import BinaryIO

from hitsvc.admin.importers.source import Source, lines_of


def json_lines(source: Source) -> Iterator[tuple[int, str, object]]:
    """Give each line's number, text and value; the value None if it is no JSON."""
    with source.open() as content:
        yield from json_lines_of(content, source.name)


def json_lines_of(content: BinaryIO, name: str) -> Iterator[tuple[int, str, object]]:
    """Give each line's number, text and value; the value None if it is no JSON.

    Raises:
        ImportRefused: It is no text.
    """
    for number, line in lines_of(content, name):
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
