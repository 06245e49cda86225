"""A client that speaks bytes, and reads answers exactly as they are framed."""

import contextlib
import re
from dataclasses import dataclass
from typing import Self

from tests.support.proxies import connect

_STATUS = re.compile(rb"HTTP/1\.[01] ([1-5]\d\d)( [\x20-\x7e]*)?")
_FIELD = re.compile(rb"([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*(.*)", re.DOTALL)


class NotHTTP(Exception):
    """What came is no answer."""


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer, final or not."""

    status: int
    fields: dict[str, str]
    body: bytes


class Wire:
    """One connection. Whoever waits longer than patience gets a `TimeoutError`."""

    def __init__(self, url: str) -> None:
        """Connect."""
        self._socket = connect(url)
        self._buffer = b""

    def __enter__(self) -> Self:
        """Return the open connection."""
        return self

    def __exit__(self, *_exception: object) -> None:
        """Hang up."""
        self._socket.close()

    def send(self, data: bytes, *, split: bool = False) -> None:
        """Write bytes, at once or each for itself; what cannot be sent is not."""
        self._socket.settimeout(10)
        pieces = [data[i : i + 1] for i in range(len(data))] if split else [data]
        with contextlib.suppress(OSError):
            for piece in pieces:
                self._socket.sendall(piece)

    def answer(self, patience_s: float, *, head: bool = False) -> Answer | None:
        """Read an answer; None if the connection ends instead.

        Args:
            patience_s: How long it may take.
            head: The request was HEAD, so there is no body.
        """
        self._socket.settimeout(patience_s)
        while b"\r\n\r\n" not in self._buffer:
            if not self._more():
                if self._buffer:
                    raise NotHTTP(self._buffer[:200])
                return None
        top, _, self._buffer = self._buffer.partition(b"\r\n\r\n")
        line, *lines = top.split(b"\r\n")
        matches = [_FIELD.fullmatch(line) for line in lines]
        status = _STATUS.fullmatch(line)
        if not status or not all(matches):
            raise NotHTTP(top[:200])
        fields: dict[str, str] = {}
        for match in filter(None, matches):
            name, value = match[1].decode().lower(), match[2].decode("latin-1")
            fields[name] = f"{fields[name]}, {value}" if name in fields else value
        return Answer(int(status[1]), fields, self._body(int(status[1]), fields, head))

    def ends(self, patience_s: float) -> bool:
        """Tell whether the connection ends, with nothing more before that."""
        self._socket.settimeout(patience_s)
        return not self._buffer and not self._more()

    def _body(self, status: int, fields: dict[str, str], head: bool) -> bytes:
        if head or status < 200 or status in {204, 304}:
            return b""
        if fields.get("transfer-encoding", "").lower() == "chunked":
            return self._chunks()
        if "content-length" in fields:
            return self._exactly(int(fields["content-length"]))
        while self._more():
            pass
        body, self._buffer = self._buffer, b""
        return body

    def _chunks(self) -> bytes:
        body = b""
        while True:
            while b"\r\n" not in self._buffer:
                self._need()
            size, _, self._buffer = self._buffer.partition(b"\r\n")
            chunk = self._exactly(int(size, 16) + 2)
            if len(chunk) == 2:
                return body
            body += chunk[:-2]

    def _exactly(self, size: int) -> bytes:
        while len(self._buffer) < size:
            self._need()
        body, self._buffer = self._buffer[:size], self._buffer[size:]
        return body

    def _need(self) -> None:
        if not self._more():
            raise NotHTTP(self._buffer[:200])

    def _more(self) -> bool:
        """Read more; tell whether there was any. A reset is an end."""
        try:
            piece = self._socket.recv(1 << 16)
        except TimeoutError:
            raise
        except OSError:
            return False
        self._buffer += piece
        return bool(piece)
