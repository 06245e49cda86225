"""A memo of bounded size: what was made once need not be made again."""

from collections import OrderedDict
from collections.abc import Hashable
from typing import Generic, TypeVar

_Value = TypeVar("_Value")


class Memo(Generic[_Value]):
    """Keeps what was used last, within a number of bytes.

    What visitors may choose freely is kept in one: a bound on the number of entries
    alone would let them choose large ones.
    """

    def __init__(self, max_bytes: int) -> None:
        """Start empty.

        Args:
            max_bytes: Of all entries together, as `put` is told their sizes.
        """
        self._max_bytes = max_bytes
        self._entries: OrderedDict[Hashable, tuple[_Value, int]] = OrderedDict()
        self._bytes = 0

    def get(self, key: Hashable) -> _Value | None:
        """Return what was put under a key, if it is still there."""
        entry = self._entries.get(key)
        if entry is None:
            return None
        self._entries.move_to_end(key)
        return entry[0]

    def put(self, key: Hashable, value: _Value, size: int) -> None:
        """Keep a value under a new key, and forget those that went unused longest.

        Args:
            key: Not in use.
            value: The value.
            size: Bytes that the value and the key take, roughly.
        """
        self._entries[key] = value, size
        self._bytes += size
        while self._bytes > self._max_bytes:
            _, (_, forgotten) = self._entries.popitem(last=False)
            self._bytes -= forgotten

    def __len__(self) -> int:
        """Count the entries."""
        return len(self._entries)
