"""What a client has sent and nobody has parsed, in pieces.

Invariants:

1. A piece ends where a request may end. So it has the end of one request at most, and
   what follows it waits as bytes, not as the hundred times larger objects.
2. No more of a request is handed out than its limits allow.
"""

from http import HTTPStatus
from typing import Final

from hitsvc.http1.limits import Limits

# What is parsed at once.
PIECE_BYTES = 8 * 1024

HEAD_END: Final = b"\r\n\r\n"
_BODY_TOO_LARGE = HTTPStatus.REQUEST_ENTITY_TOO_LARGE
_HEAD_TOO_LARGE = HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE
_LINE_TOO_LONG = HTTPStatus.REQUEST_URI_TOO_LONG


class Intake:
    """The bytes that wait, and the size of the request that is being read.

    Attributes:
        waits: There are bytes that wait.
        whole: A piece of this size is within all limits, whatever it is.
    """

    __slots__ = (
        "_at",
        "_data",
        "_in_line",
        "_limits",
        "_most",
        "_size",
        "_tail",
        "waits",
        "whole",
    )

    def __init__(self, limits: Limits) -> None:
        """Prepare for the first request.

        Args:
            limits: What the client may send.
        """
        self._limits = limits
        self._most = min(limits.head_bytes, limits.request_bytes)  # of a head
        self.whole = min(PIECE_BYTES, self._most)
        self._data = self._tail = b""
        self._at = self._size = 0
        self._in_line = True
        self.waits = False

    def put(self, data: bytes) -> None:
        """Take what has come."""
        self._data = self._data[self._at :] + data
        self._at = 0
        self.waits = True

    def clear(self) -> None:
        """Forget what waits."""
        self._data = b""
        self._at = 0
        self.waits = False

    def begin(self) -> None:
        """A request begins with the next piece."""
        self._tail = b""
        self._size = 0
        self._in_line = True

    def take(self, *, in_body: bool, body_left: int | None) -> bytes:
        """Return the next piece, which is taken out.

        Args:
            in_body: The head of the request has come.
            body_left: What is left of its body, if that is known.
        """
        most = (self._limits.request_bytes if in_body else self._most) - self._size
        if body_left is not None:
            most = min(most, body_left)
        piece = self._data[self._at : self._at + min(PIECE_BYTES, most)]
        if body_left is None:
            # The end may have begun in the piece before.
            end = (self._tail + piece).find(HEAD_END)
            if end >= 0:
                piece = piece[: end + len(HEAD_END) - len(self._tail)]
        self._at += len(piece)
        if self._at >= len(self._data):
            self.clear()
        if self._in_line and not piece.isascii():
            # What is cut off here is too long, and refused.
            piece = _escaped(piece, is_first=self._size == 0)[:most]
        self.count(piece)
        return piece

    def count(self, piece: bytes) -> None:
        """Count a piece; `take` does so itself."""
        self._tail = (self._tail + piece)[-len(HEAD_END) + 1 :]
        if self._in_line:
            line = piece if self._size else piece.lstrip(b"\r\n")
            self._in_line = b"\n" not in line
        self._size += len(piece)

    def excess(
        self, *, few_fields: bool, in_body: bool, body_left: int | None
    ) -> HTTPStatus | None:
        """Return why a request that has not ended is too large, if it is."""
        if not few_fields:
            return _HEAD_TOO_LARGE
        if in_body:
            too_large = self._size + (body_left or 1) > self._limits.request_bytes
            return _BODY_TOO_LARGE if too_large else None
        if self._size < self._most:
            return None
        return _LINE_TOO_LONG if self._in_line else _HEAD_TOO_LARGE


def _escaped(piece: bytes, *, is_first: bool) -> bytes:
    """Escape what is not ASCII in the target, as browsers do; llhttp refuses it.

    Args:
        piece: What has come of the first line, and perhaps more.
        is_first: It begins with the method, or blank lines.
    """
    start = 0
    if is_first:
        start = piece.find(b" ", len(piece) - len(piece.lstrip(b"\r\n")))
        if start < 0:
            return piece
    line, end, rest = piece[start:].partition(b"\n")
    escaped = b"".join(
        b"%c" % byte if byte < 0x80 else b"%%%02X" % byte for byte in line
    )
    return piece[:start] + escaped + end + rest
