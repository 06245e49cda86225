"""Response headers that are rendered once, for all answers that share them."""

from collections.abc import Iterable, Sequence
from functools import lru_cache

Header = tuple[bytes, bytes]


class ReadyHeaders:
    """Headers that are sent with a response unless it sets them itself.

    Attributes:
        headers: Names in lower case, and values.
        names: The names alone.
        block: All of them as they are sent, each line with its break before it.
    """

    __slots__ = ("block", "block_without", "headers", "names")

    def __init__(self, headers: Iterable[tuple[str, str]]) -> None:
        """Render them.

        Args:
            headers: Names in lower case, and values.
        """
        self.headers = [(name.encode(), value.encode()) for name, value in headers]
        self.names = frozenset(name for name, _ in self.headers)
        self.block = self._render(frozenset())
        self.block_without = lru_cache(64)(self._render)

    def missing_in(self, headers: Sequence[Header]) -> list[Header]:
        """Return those that are not among other headers."""
        others = {name for name, _ in headers}
        return [header for header in self.headers if header[0] not in others]

    def _render(self, but: frozenset[bytes]) -> bytes:
        lines = [b"\r\n%b: %b" % pair for pair in self.headers if pair[0] not in but]
        return b"".join(lines)
