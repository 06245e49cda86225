"""The reader of requests: what comes in one piece and in many is the same."""

from itertools import takewhile
from typing import Any

import httptools

from hitsvc.http1.fields import Headers, take_expectation
from hitsvc.http1.reader import NOTED, RequestReader

_MOST_FIELDS = 20
_NOTABLE = frozenset([b"cookie", b"origin"])
_METHODS = {"GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "TRACE", "PATCH"}
_Found = list[tuple[dict[str, Any], bytes, bool]]


def TestOneInput(data: bytes) -> None:
    """Read requests; the first byte says how long the pieces are."""
    size, stream = (data[0] % 32, data[1:]) if data else (0, b"")
    whole, ended = _read([stream])
    size = size or len(stream) or 1
    pieces = [stream[at : at + size] for at in range(0, len(stream), size)]
    found, ended_in_pieces = _read(pieces)
    assert _unasked(found) == _unasked(whole)
    assert ended == ended_in_pieces
    assert len(whole) <= stream.count(b" HTTP/1.")
    for scope, body, _ in whole:
        _check(scope, body)


def _read(pieces: list[bytes]) -> tuple[_Found, bool]:
    """Return the requests, up to the last of the connection, and whether it ended."""
    found: _Found = []
    reader = RequestReader(
        {"type": "http"},
        {},
        lambda *request: found.append(request),
        _MOST_FIELDS,
        _NOTABLE,
    )
    ended = False
    for piece in pieces:
        try:
            reader.feed(piece)
        except (httptools.HttpParserUpgrade, httptools.HttpParserError):
            ended = True
        ended = ended or not all(keeps for _, _, keeps in found)
        # As of a connection that waits for more.
        if ended or not reader.park():
            ended = True
            break
    kept = list(takewhile(lambda request: request[2], found))
    return found[: len(kept) + 1], ended


def _unasked(found: _Found) -> _Found:
    """Leave out what asks us to ask for the body: it is taken out where we do."""
    return [
        ({**scope, "headers": _without_expectations(scope["headers"])}, body, keeps)
        for scope, body, keeps in found
    ]


def _without_expectations(headers: Headers) -> Headers:
    """Leave them out by the reader's own rule: two spellings of it would differ."""
    kept = list(headers)
    while take_expectation(kept):
        pass
    return kept


def _check(scope: dict[str, Any], body: bytes) -> None:
    headers = scope["headers"]
    assert scope["method"] in _METHODS
    assert scope["http_version"] in {"1.0", "1.1"}
    assert scope["raw_path"].startswith(b"/") or scope["raw_path"] == b"*"
    assert not set(b" \r\n\0?") & set(scope["raw_path"])
    assert len(headers) <= _MOST_FIELDS
    assert scope[NOTED] == [pair for pair in headers if pair[0] in _NOTABLE]
    names = [name for name, _ in headers]
    for name, value in headers:
        assert name == name.lower()
        assert name.isascii()
        assert not set(b"\r\n\0") & set(name + value)
        assert value == value.lstrip(b" \t")
    assert names.count(b"host") == 1 or scope["http_version"] == "1.0"
    lengths = [int(value) for name, value in headers if name == b"content-length"]
    encoded = b"transfer-encoding" in names
    assert not (lengths and encoded), "two lengths"
    # What follows an offer of another protocol is not read, and the connection ends.
    offers = b"upgrade" in names and not body
    assert encoded or offers or len(body) == sum(lengths), "the body is not whole"
