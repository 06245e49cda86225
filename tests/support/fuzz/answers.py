"""Reading answers, none of which may be malformed."""

import gzip
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from tests.support.fuzz.facts import WELL_FORMED, Finding

_STATUS_LINE = re.compile(rb"HTTP/1\.1 ([1-5]\d\d) [\x20-\x7e]*")
_HEADER = re.compile(rb"([!#$%&'*+.^_`|~0-9A-Za-z-]+): ?([^\x00-\x08\x0a-\x1f\x7f]*)")


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer, taken apart."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def closes(self) -> bool:
        """Tell whether it says that it is the connection's last."""
        return "close" in self.headers.get("connection", "").lower()

    @property
    def content_type(self) -> str:
        """Return its media type without parameters."""
        return self.headers.get("content-type", "").partition(";")[0]


def read_answer(stream: BinaryIO, method: str) -> Answer | None:
    """Read one answer; ``None`` if the connection has ended instead.

    Raises:
        Finding: It is not well-formed.
    """
    while True:
        line = stream.readline(2000)
        if not line:
            return None
        status, headers = _status(line), _headers(stream)
        if status >= 200:
            return Answer(status, headers, _content(stream, method, status, headers))
        if status != 100 or headers:
            raise Finding(WELL_FORMED, f"{status} in between")


def _line(raw: bytes) -> bytes:
    if not raw.endswith(b"\r\n"):
        raise Finding(WELL_FORMED, f"a line is cut off: {raw!r}")
    return raw[:-2]


def _status(line: bytes) -> int:
    if not (match := _STATUS_LINE.fullmatch(_line(line))):
        raise Finding(WELL_FORMED, line)
    return int(match[1])


def _headers(stream: BinaryIO) -> dict[str, str]:
    headers: dict[str, str] = {}
    while line := _line(stream.readline(100_000)):
        if not (match := _HEADER.fullmatch(line)):
            raise Finding(WELL_FORMED, line)
        name, value = match[1].decode().lower(), match[2].decode("latin-1")
        if name in headers:
            raise Finding(WELL_FORMED, f"{name} twice")
        headers[name] = value
    return headers


def _content(
    stream: BinaryIO, method: str, status: int, headers: dict[str, str]
) -> bytes:
    length = headers.get("content-length")
    chunked = headers.get("transfer-encoding") == "chunked"
    if method == "HEAD" or status in {204, 304}:
        return b""
    if (length is None) is not chunked or not (chunked or str(length).isdecimal()):
        raise Finding(WELL_FORMED, f"the body's end is not clear: {headers}")
    body = b"".join(_chunks(stream)) if chunked else _exactly(stream, int(length or 0))
    return gzip.decompress(body) if headers.get("content-encoding") == "gzip" else body


def _chunks(stream: BinaryIO) -> Iterator[bytes]:
    while True:
        line = _line(stream.readline(100))
        if not re.fullmatch(rb"[0-9a-fA-F]+", line):
            raise Finding(WELL_FORMED, f"no chunk size: {line!r}")
        chunk = _exactly(stream, int(line, 16))
        if _line(stream.readline(2)):
            raise Finding(WELL_FORMED, "a chunk is longer than it says")
        if not chunk:
            return
        yield chunk


def _exactly(stream: BinaryIO, size: int) -> bytes:
    body = stream.read(size)
    if len(body) != size:
        raise Finding(WELL_FORMED, f"{len(body)} bytes of {size}")
    return body
