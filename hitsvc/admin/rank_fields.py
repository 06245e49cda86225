"""How the order of all pages is written down: in one hash, in pieces that are read alone.

The addresses stand once, by site and then by address, so a page is a number; an order is
these numbers, the page with the highest count first. A page takes some 30 bytes.

=============  ======================================================================
``a0``, ``a1``  addresses of so many pages, packed
``o0.0``, …     of an order (0: by total, else by which window) so many numbers, packed
``first``       the first address of each ``a``, packed
=============  ======================================================================
"""

import sys
import zlib
from array import array
from base64 import b64decode, b64encode
from collections.abc import Iterable, Sequence
from typing import NamedTuple, Self

from hitsvc.counting import site_of

ADDRESSES = 256
NUMBERS = 1024
FIRST = "first"
_END = "\n"
_LEVEL = 6


class Head(NamedTuple):
    """What is kept of an order.

    Attributes:
        id: Which one.
        at: When it was made, in seconds since 1970.
        day: What was today.
        pages: How many pages are in it.
    """

    id: str
    at: float
    day: str
    pages: int

    @classmethod
    def of(cls, text: str) -> Self:
        """Read what `written` has written."""
        name, at, day, pages = text.split(" ")
        return cls(name, float(at), day, int(pages))

    def written(self) -> str:
        """Write it down."""
        return " ".join(map(str, self))


def addresses_field(piece: int) -> str:
    """Name the field of some addresses."""
    return f"a{piece}"


def numbers_field(order: int, piece: int) -> str:
    """Name the field of a part of an order."""
    return f"o{order}.{piece}"


def fits(page: str, site: str) -> bool:
    """Tell whether a page of a site's list can be written down; others are no keys."""
    return site_of(page) == site and _END not in page


def pack_addresses(pages: Iterable[str]) -> str:
    """Write addresses down. The store's answers are text, so this is, too."""
    packed = zlib.compress(_END.join(pages).encode(), _LEVEL)
    return b64encode(packed).decode()


def unpack_text(text: str) -> str:
    """Read what `pack_addresses` has written, an address a line."""
    return zlib.decompress(b64decode(text)).decode()


def unpack_addresses(text: str) -> list[str]:
    """Read what `pack_addresses` has written."""
    return unpack_text(text).split(_END)


def pack_numbers(numbers: "array[int]") -> str:
    """Write numbers of pages down."""
    return b64encode(_little(numbers).tobytes()).decode()


def unpack_numbers(text: str) -> Sequence[int]:
    """Read what `pack_numbers` has written."""
    return _little(array("I", b64decode(text)))


def _little(numbers: "array[int]") -> "array[int]":
    """Turn the bytes of each number on a machine that has them the other way round."""
    if sys.byteorder == "big":  # pragma: no cover - another kind of machine
        numbers = array("I", numbers)
        numbers.byteswap()
    return numbers
