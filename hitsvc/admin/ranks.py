"""The order of all pages: any part of it, of one site or all, with a text in them or not.

It is as it was when the pages were last added up; `Ranks` reads what `Ranking` has written.
Work goes piece by piece, each less than a millisecond, since it may be a thread beside the
hits that does it.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator, Sequence
from itertools import compress, islice
from operator import itemgetter
from typing import Any, NamedTuple

from hitsvc.admin.rank_fields import (
    ADDRESSES,
    FIRST,
    NUMBERS,
    Head,
    addresses_field,
    numbers_field,
    unpack_addresses,
    unpack_numbers,
    unpack_text,
)
from hitsvc.admin.searching import Search
from hitsvc.counting import Day, Keys, site_of, utc_day

# The order of addresses; others are 0 for totals, else which window.
BY_ADDRESS = -1
_PIECES = 8


class Wish(NamedTuple):
    """What part of which order.

    Attributes:
        order: 0: by total, else by which window, or `BY_ADDRESS`.
        up: The fewest hits first; by address: from A to Z.
        site: Only its pages; empty: everybody's.
        text: Only those with this in their address.
        start: How many to leave out.
        size: How many to return.
    """

    order: int
    up: bool
    site: str = ""
    text: str = ""
    start: int = 0
    size: int = 20


class RankedPart(NamedTuple):
    """A part of an order.

    Attributes:
        pages: What is in it.
        found: How many there are in all.
        at: When the order was made, in seconds since 1970.
    """

    pages: list[str]
    found: int
    at: float


class _GoneError(Exception):
    """What was there a moment ago has expired."""


class Ranks:
    """Reads the order of one store's pages."""

    def __init__(
        self, client: Any, keys: Keys, today: Callable[[], Day] = utc_day
    ) -> None:
        """Prepare.

        Args:
            client: As `open_client` makes it.
            keys: What things are called.
            today: Tells the day.
        """
        self._client = client
        self._keys = keys
        self._today = today

    def are_kept(self) -> bool:
        """Tell whether there is an order, of today.

        Raises:
            RedisError: The store does not answer.
        """
        head = self._head()
        return bool(head and self._client.exists(self._keys.ranks_of(head.id)))

    def part(self, wish: Wish) -> RankedPart | None:
        """Return a part of an order; `None` if there is no order.

        Raises:
            RedisError: The store does not answer.
        """
        head = self._head()
        if head is None:
            return None
        order = _Order(self._client, self._keys.ranks_of(head.id), head.pages)
        try:
            pages, found = order.part(wish)
        except _GoneError:
            return None
        return RankedPart(pages, found, head.at)

    def _head(self) -> Head | None:
        text = self._client.get(self._keys.ranks)
        head = Head.of(text) if text else None
        return head if head and head.day == self._today().date.isoformat() else None


class _Order:
    """One that is kept."""

    def __init__(self, client: Any, name: str, pages: int) -> None:
        self._client = client
        self._name = name
        self._pages = pages

    def part(self, wish: Wish) -> tuple[list[str], int]:
        first, end = self._of_site(wish.site) if wish.site else (0, self._pages)
        found = end - first
        wanted: bytearray | None = None  # a mark for each page; none: all of these
        if wish.text and found:
            wanted = self._with(Search(wish.text), first, end)
            found = wanted.count(1)
        elif found < self._pages and wish.order != BY_ADDRESS:
            wanted = bytearray(self._pages)
            wanted[first:end] = b"\1" * found
        if wish.start >= found:
            return [], found
        if wish.order == BY_ADDRESS:
            places = _by_address(wish, first, end, wanted)
        elif wanted is None:
            places = self._numbers_at(wish)
        else:
            places = self._wanted_numbers(wish, wanted)
        return self._addresses_at(places), found

    def _of_site(self, site: str) -> tuple[int, int]:
        """Return where the pages of a site begin and end."""
        if not self._pages:
            return 0, 0
        firsts = [site_of(page) for page in self._addresses(FIRST)]
        ends = []
        for bisect in (bisect_left, bisect_right):
            piece = max(0, bisect(firsts, site) - 1)
            inside = self._addresses(addresses_field(piece))
            here = bisect([site_of(page) for page in inside], site)
            ends.append(piece * ADDRESSES + here)
        return ends[0], ends[1]

    def _with(self, search: Search, first: int, end: int) -> bytearray:
        """Mark the pages, of these, whose addresses have a text."""
        wanted = bytearray(self._pages)
        pieces = range(first // ADDRESSES, -(-end // ADDRESSES))
        texts = self._each([addresses_field(piece) for piece in pieces])
        for piece, packed in zip(pieces, texts, strict=True):
            text = unpack_text(packed)
            if search.is_in(text):  # PERF: a piece without it takes 20 us, not 100
                for place in search.places(text.split("\n")):
                    wanted[piece * ADDRESSES + place] = 1
        wanted[:first] = bytes(first)
        wanted[end:] = bytes(self._pages - end)
        return wanted

    def _numbers_at(self, wish: Wish) -> list[int]:
        """Return a part of an order of all pages: only pieces that it is in are read."""
        all_places = range(self._pages)
        places = (all_places[::-1] if wish.up else all_places)[wish.start :][
            : wish.size
        ]
        pieces = sorted({place // NUMBERS for place in places})
        texts = self._each([numbers_field(wish.order, piece) for piece in pieces])
        known = dict(zip(pieces, map(unpack_numbers, texts), strict=True))
        return [known[place // NUMBERS][place % NUMBERS] for place in places]

    def _wanted_numbers(self, wish: Wish, wanted: bytearray) -> list[int]:
        """Return a part of an order of marked pages: it is read until there are enough."""
        pieces = range(-(-self._pages // NUMBERS))
        step = -1 if wish.up else 1
        fields = [numbers_field(wish.order, piece) for piece in pieces[::step]]
        found = self._marked(fields, step, wanted)
        return list(islice(found, wish.start, wish.start + wish.size))

    def _marked(
        self, fields: Sequence[str], step: int, wanted: bytearray
    ) -> Iterator[int]:
        for text in self._each(fields):
            numbers = unpack_numbers(text)[::step]
            # PERF: 25 us; a test of each in Python takes 60.
            yield from compress(numbers, itemgetter(*numbers, 0)(wanted))

    def _addresses_at(self, places: Sequence[int]) -> list[str]:
        pieces = sorted({place // ADDRESSES for place in places})
        texts = self._each([addresses_field(piece) for piece in pieces])
        known = dict(zip(pieces, map(unpack_addresses, texts), strict=True))
        return [known[place // ADDRESSES][place % ADDRESSES] for place in places]

    def _addresses(self, field: str) -> list[str]:
        return unpack_addresses(next(self._each([field])))

    def _each(self, fields: Sequence[str]) -> Iterator[str]:
        for start in range(0, len(fields), _PIECES):
            asked = fields[start : start + _PIECES]
            for text in self._client.hmget(self._name, asked):
                if text is None:
                    raise _GoneError
                yield text


def _by_address(
    wish: Wish, first: int, end: int, wanted: bytearray | None
) -> list[int]:
    """Return a part of the order of addresses."""
    step = 1 if wish.up else -1
    places = range(first, end)[::step]
    if wanted is None:
        return list(places[wish.start :][: wish.size])
    found = compress(places, wanted[first:end][::step])
    return list(islice(found, wish.start, wish.start + wish.size))
