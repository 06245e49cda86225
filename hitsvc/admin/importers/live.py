"""What an importer asks of another counter's Redis: redis-py's client has it all."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any, Protocol


class Store(Protocol):
    """A Redis that is read and never written; names and values are bytes."""

    def scan_iter(self, match: Any = ...) -> Iterator[Any]:
        """Give the names that match; some may come twice."""
        ...

    def mget(self, keys: Any) -> Any:
        """Give the strings of names, None for what is none."""
        ...

    def zscan_iter(self, name: Any) -> Iterator[Any]:
        """Give a sorted set's members and scores; some may come twice."""
        ...

    def type(self, name: Any) -> Any:
        """Tell the type of a name."""
        ...


_BATCH = 500


def names_of(store: Store, pattern: str) -> Iterator[bytes]:
    """Give each name that matches once."""
    # SCAN may give a name twice while the store grows or shrinks, and it would be
    # counted twice.
    seen: set[bytes] = set()
    for name in store.scan_iter(match=pattern):
        if name not in seen:
            seen.add(name)
            yield name


def numbers_of(
    store: Store, names: Iterable[bytes]
) -> Iterator[tuple[bytes, int | None]]:
    """Give names with their numbers; None for what holds no number."""
    names = iter(names)
    while batch := list(islice(names, _BATCH)):
        yield from zip(batch, map(_number, _values(store, batch)), strict=True)


def _values(store: Store, batch: Sequence[bytes]) -> Sequence[bytes | None]:
    found: Sequence[bytes | None] = store.mget(batch)
    return found


def _number(value: bytes | None) -> int | None:
    text = (value or b"").decode("ascii", "replace")
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 19 else None
