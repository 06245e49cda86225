"""The head of a response, as bytes."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

_PHRASES = {status.value: status.phrase for status in HTTPStatus}
STATUS_LINES = {
    status: f"HTTP/1.1 {status} {_PHRASES.get(status, '')}".encode()
    for status in range(200, 600)
}


def plain_response(status: HTTPStatus, more_fields: bytes = b"") -> bytes:
    """Render a whole response that says only its status, and that it is the last.

    Args:
        status: What it says.
        more_fields: Header fields, each with its line break before it.
    """
    line = f"{status.phrase}\n".encode()
    head = [
        STATUS_LINES[status],
        b"content-type: text/plain; charset=utf-8",
        b"content-length: %d" % len(line),
        b"cache-control: no-store",
        b"connection: close",
    ]
    return join_head(head, more_fields) + line


def connection_field(scope: Mapping[str, Any], *, keep_alive: bool) -> bytes:
    """Return what says whether the connection is kept, where that is not obvious.

    Args:
        scope: Of the request that is answered.
        keep_alive: It is.
    """
    if not keep_alive:
        return b"connection: close"
    return b"connection: keep-alive" if scope["http_version"] == "1.0" else b""


def join_head(lines: list[bytes], ready: bytes) -> bytes:
    """Render a head.

    Args:
        lines: Its lines.
        ready: Fields that need no check, each with its line break before it.

    Raises:
        ValueError: There is a line break in a line.
    """
    # APPSEC: headers echo what clients send (Origin); one line must stay one line.
    # PERF: 500 instructions fewer than counting the breaks of the result (callgrind).
    text = b"".join(lines)
    if b"\n" in text or b"\r" in text:
        msg = "a response header contains a line break"
        raise ValueError(msg)
    return b"%b%b\r\n\r\n" % (b"\r\n".join(lines), ready)
