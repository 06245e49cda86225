"""A decoder of PNGs that believes nothing: what a picture says of itself is checked."""

import struct
import zlib
from dataclasses import dataclass

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_RGBA = 4


@dataclass(frozen=True, slots=True)
class Pixels:
    """A decoded picture.

    Attributes:
        width: In pixels.
        height: In pixels.
        data: Red, green, blue and opacity of each, row by row.
    """

    width: int
    height: int
    data: bytes

    def at(self, x: int, y: int) -> tuple[int, ...]:
        """Return one pixel."""
        start = (y * self.width + x) * _RGBA
        return tuple(self.data[start : start + _RGBA])

    def colors(self, left: int, right: int) -> set[tuple[int, ...]]:
        """Return what colours there are between two columns."""
        return {self.at(x, y) for x in range(left, right) for y in range(self.height)}


def decode(png: bytes) -> Pixels:
    """Decode a PNG of eight bits a channel, with opacity, as painters make them."""
    assert png.startswith(_SIGNATURE)
    chunks = dict.fromkeys([b"IHDR", b"IDAT", b"IEND"], b"")
    at = len(_SIGNATURE)
    while at < len(png):
        (size,) = struct.unpack_from(">I", png, at)
        name, body = png[at + 4 : at + 8], png[at + 8 : at + 8 + size]
        (crc,) = struct.unpack_from(">I", png, at + 8 + size)
        assert zlib.crc32(name + body) == crc, name
        chunks[name] = chunks.get(name, b"") + body
        at += size + 12
    width, height, *rest = struct.unpack(">IIBBBBB", chunks[b"IHDR"])
    assert rest == [8, 6, 0, 0, 0]
    data = zlib.decompress(chunks[b"IDAT"])
    assert len(data) == height * (1 + width * _RGBA)
    return Pixels(width, height, _unfiltered(data, width * _RGBA, height))


def _unfiltered(data: bytes, stride: int, height: int) -> bytes:
    rows = [bytes(stride)]
    for number in range(height):
        start = number * (stride + 1)
        kind, row = data[start], bytearray(data[start + 1 : start + 1 + stride])
        above = rows[-1]
        for i in range(stride):
            left, corner = (row[i - _RGBA], above[i - _RGBA]) if i >= _RGBA else (0, 0)
            up = above[i]
            guess = (0, left, up, (left + up) // 2, _paeth(left, up, corner))[kind]
            row[i] = (row[i] + guess) & 0xFF
        rows.append(bytes(row))
    return b"".join(rows[1:])


def _paeth(left: int, up: int, corner: int) -> int:
    guess = left + up - corner
    return min((left, up, corner), key=lambda near: abs(guess - near))
