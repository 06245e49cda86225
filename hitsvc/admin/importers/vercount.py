"""Reads the Redis of vercount: ``pv:page:HOST:PATH``, one number a page, without days.

The path is decoded, and cut at 200 bytes; ``pv:page:index:HOST`` shares the prefix and
is a set of paths. A page that nobody has asked for in 90 days is gone.
"""

from collections.abc import Iterator
from urllib.parse import quote_from_bytes

from hitsvc.admin.importers.live import Store, names_of, numbers_of
from hitsvc.admin.importers.rows import Row
from hitsvc.admin.importers.shape import NO_HITS, Shaper

CUT = "a path that vercount has cut at 200 bytes: --map names the page"
NO_PATH = "a name without host and path"
MAX_PATH_BYTES = 200
_PREFIX = b"pv:page:"
_INDEX = b"pv:page:index:"
# What stands for itself in a path; `?` and `#` would end it.
PATH_SAFE = "/:@!$&'()*+,;=-._~"


class Vercount:
    """Reads its pages."""

    def __init__(self, store: Store, shaper: Shaper, name: str = "vercount") -> None:
        """Remember the store and what shapes its rows.

        Args:
            store: Its Redis.
            shaper: Makes the rows.
            name: What to call it in the record.
        """
        self._store = store
        self._shaper = shaper
        self._name = name

    def rows(self) -> Iterator[Row]:
        """Read the rows."""
        for key, hits in numbers_of(self._store, self._names()):
            host, colon, path = key.removeprefix(_PREFIX).partition(b":/")
            path = b"/" + path
            raw = (host + path).decode("utf-8", "surrogateescape")
            if not host or not colon:
                self._leave_out(NO_PATH, raw, hits or 0)
            elif hits is None:
                self._leave_out(NO_HITS, raw, 0)
            elif len(path) >= MAX_PATH_BYTES and not self._shaper.has_rule(raw):
                self._leave_out(CUT, raw, hits)
            else:
                name = host.decode("utf-8", "surrogateescape")
                url = f"//{name}{quote_from_bytes(path, PATH_SAFE)}"
                if row := self._shaper.row(raw, None, hits, self._name, url=url):
                    yield row

    def _names(self) -> Iterator[bytes]:
        for name in names_of(self._store, "pv:page:*"):
            if not name.startswith(_INDEX):
                yield name

    def _leave_out(self, why: str, raw: str, hits: int) -> None:
        self._shaper.leave_out(why, raw, self._name, hits=hits)
