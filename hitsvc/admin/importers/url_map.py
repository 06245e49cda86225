"""New names for pages: what ``--map`` says.

One rule a line, ``OLD,NEW``. ``OLD`` is a page or a name as the source has it; with
``*`` at its end it is all that starts so. ``NEW`` is a URL; ``*`` at its end stands for
the rest; nothing at all leaves the page out.
"""

from collections.abc import Callable, Iterable, Iterator

from hitsvc.admin.importers.refused import ImportRefused
from hitsvc.admin.importers.source import Source
from hitsvc.admin.importers.tables import records
from hitsvc.errors import InvalidURL

MAX_RULES = 1_000_000


class _Rules:
    def __init__(self) -> None:
        self._whole: dict[str, str] = {}
        self._prefixes: dict[str, str] = {}
        self._lengths: list[int] = []

    def add(self, old: str, new: str, *, prefix: bool) -> None:
        (self._prefixes if prefix else self._whole).setdefault(old, new)
        if prefix and len(old) not in self._lengths:
            self._lengths = sorted([*self._lengths, len(old)], reverse=True)

    def find(self, text: str) -> str | None:
        found = self._whole.get(text)
        if found is not None or not self._lengths:
            return found
        # `example.com/blog` itself is among `example.com/blog/*`.
        text += "/"
        for length in self._lengths:
            found = self._prefixes.get(text[:length])
            if found is not None:
                return found[:-1] + text[length:] if found.endswith("*") else found
        return None


class UrlMap:
    """Rules, asked first with a source's own spelling and then with a page's key."""

    def __init__(
        self, rules: Iterable[tuple[str, str]], key_of: Callable[[str], str]
    ) -> None:
        """Take the rules; the first of two for the same page holds.

        Args:
            rules: Pairs of old and new.
            key_of: Turns a URL into its key.
        """
        self.rules = list(rules)
        self._names = _Rules()
        self._keys = _Rules()
        for old, new in self.rules:
            prefix = old.endswith("*")
            text = old[:-1] if prefix else old
            self._names.add(text, new, prefix=prefix)
            try:
                key = key_of(text)
            except InvalidURL:
                continue  # a name that no page has
            slash = "/" if prefix and text.endswith("/") else ""
            self._keys.add(key + slash, new, prefix=prefix)

    def of_name(self, name: str) -> str | None:
        """Return what a source's name becomes: a URL, nothing, or None for no rule."""
        return self._names.find(name)

    def of_key(self, key: str) -> str | None:
        """Return what a key becomes: a URL, nothing, or None for no rule."""
        return self._keys.find(key)


def read_map(
    source: Source, key_of: Callable[[str], str], *, limit: int = MAX_RULES
) -> UrlMap:
    """Read the rules from a file.

    Args:
        source: The file.
        key_of: Turns a URL into its key.
        limit: How many rules there may be.

    Raises:
        ImportRefused: A line is no rule, or there are too many.
    """
    return UrlMap(_rules(source, limit), key_of)


def _rules(source: Source, limit: int) -> Iterator[tuple[str, str]]:
    number = 0
    for line, record in records(source):
        if not record or record[0].startswith("#") or record == ["old", "new"]:
            continue
        number += 1
        if len(record) != 2 or not record[0].strip():
            msg = f"{source.name}, line {line}: a rule is OLD,NEW"
            raise ImportRefused(msg)
        if number > limit:
            msg = f"{source.name} has more than {limit:,} rules"
            raise ImportRefused(msg)
        yield record[0].strip(), record[1].strip()
