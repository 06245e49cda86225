"""Putting all pages in order, while they are added up."""

from array import array
from collections.abc import Iterator, Sequence
from typing import Any

from hitsvc.admin.batches import batches
from hitsvc.admin.numbers import WINDOWS, Numbers
from hitsvc.admin.rank_fields import (
    ADDRESSES,
    FIRST,
    NUMBERS,
    Head,
    addresses_field,
    fits,
    numbers_field,
    pack_addresses,
    pack_numbers,
)
from hitsvc.counting import Keys

# What was not finished is gone after so long.
_UNFINISHED_S = 900
# Who reads the one before may end that.
_GRACE_S = 60
_PIECES = 16


class Ranking:
    """Writes down the order of a store's pages.

    An order is made by sorting the numbers that there are, which are few, and not the
    pages: it takes 4 bytes of memory a page and order.
    """

    def __init__(self, client: Any, keys: Keys, at: float, day: str) -> None:
        """Begin.

        Args:
            client: As `open_client` makes it.
            keys: What things are called.
            at: The time.
            day: Today.
        """
        self._client = client
        self._keys = keys
        self._head = Head(f"{at:.6f}", at, day, 0)
        self._name = keys.ranks_of(self._head.id)
        self._pages = 0
        self._waiting: list[str] = []
        self._firsts: list[str] = []
        self._by: list[dict[int, array[int]]] = [{} for _ in range(len(WINDOWS) + 1)]

    def add(self, site: str, numbers: Sequence[Numbers]) -> None:
        """Add pages: sites in order, and the pages of each.

        Args:
            site: Whose pages.
            numbers: The pages' numbers.
        """
        for of_page in numbers:
            if fits(of_page.page, site):
                self._waiting.append(of_page.page)
                for order, pages in enumerate(self._by):
                    value = of_page.by(order)
                    if value not in pages:
                        pages[value] = array("I")
                    pages[value].append(self._pages)
                self._pages += 1
        while len(self._waiting) >= ADDRESSES:
            self._write_addresses()

    def close(self, keep_s: int) -> None:
        """Write down what is left, and let others see it.

        Args:
            keep_s: For how many seconds it is kept.
        """
        if self._waiting:
            self._write_addresses()
        self._write({FIRST: pack_addresses(self._firsts)})
        for order in range(len(self._by)):
            for pieces in batches(self._pieces(order), _PIECES):
                self._write(dict(pieces))
        head = self._keys.ranks
        before = self._client.get(head)
        self._client.expire(self._name, keep_s + _GRACE_S)
        written = self._head._replace(pages=self._pages).written()
        self._client.set(head, written, ex=keep_s)
        if before:
            self._client.expire(self._keys.ranks_of(Head.of(before).id), _GRACE_S)

    def _pieces(self, order: int) -> Iterator[tuple[str, str]]:
        by = self._by[order]
        ordered = (page for value in sorted(by, reverse=True) for page in by[value])
        for piece, pages in enumerate(batches(ordered, NUMBERS)):
            yield numbers_field(order, piece), pack_numbers(array("I", pages))

    def _write_addresses(self) -> None:
        piece, rest = self._waiting[:ADDRESSES], self._waiting[ADDRESSES:]
        self._write({addresses_field(len(self._firsts)): pack_addresses(piece)})
        self._firsts.append(piece[0])
        self._waiting = rest

    def _write(self, fields: dict[str, str]) -> None:
        pipeline = self._client.pipeline(transaction=False)
        pipeline.hset(self._name, mapping=fields)
        pipeline.expire(self._name, _UNFINISHED_S)
        pipeline.execute()
