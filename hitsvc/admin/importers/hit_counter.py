"""Reads the SQLite database of brentvollebregt/hit-counter.

Its table ``url`` has host and path, and one number without days. The path lost its
scheme, so ``localhost:5000/x``, whose "scheme" was ``localhost``, is there as
``5000/x``. Nothing keeps two workers from adding the same page twice; from then on each
view raises both rows, so the larger one is right and their sum is not.
"""

import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from itertools import groupby
from operator import itemgetter
from pathlib import Path

from hitsvc.admin.importers.kinds import no_text
from hitsvc.admin.importers.refused import ImportRefused
from hitsvc.admin.importers.rows import Row, whole
from hitsvc.admin.importers.shape import NO_HITS, Shaper
from hitsvc.admin.importers.source import Source

LOST_HOST = "a port or a path whose host the old counter did not keep: --map names it"
TWICE = "the same page again, which each view raised too: the largest number is taken"
NO_TEXT = "no text where the page should be"
_LOST = re.compile(r"\d{1,5}(?:/|\Z)|/|\Z", re.ASCII)
_MAX_VALUE_BYTES = 1 << 16


class HitCounter:
    """Reads its pages."""

    def __init__(self, source: Source, shaper: Shaper) -> None:
        """Remember the file and what shapes its rows."""
        self._source = source
        self._shaper = shaper

    def rows(self) -> Iterator[Row]:
        """Read the rows.

        Raises:
            ImportRefused: It is no such database.
        """
        name = self._source.name
        if not self._source.is_sqlite():
            said = no_text(self._source.head())
            said = said or "is not an SQLite database: give the counter's data.db"
            msg = f"{name} {said}"
            raise ImportRefused(msg)
        try:
            with self._source.unpacked() as path, _opened(path) as database:
                yield from self._read(database)
        except sqlite3.Error as ex:
            msg = f"{name} cannot be read: SQLite says {ex}"
            raise ImportRefused(msg) from ex
        # SQLite's message may quote the damaged part, which then is no UTF-8, and Python
        # raises this in place of the message; or SQLite says of a damaged length that
        # there is no memory.
        except (UnicodeDecodeError, MemoryError) as ex:
            msg = f"{name} cannot be read: the database is damaged"
            raise ImportRefused(msg) from ex

    def _read(self, database: sqlite3.Connection) -> Iterator[Row]:
        name, shaper = self._source.name, self._shaper
        # A view by that name could compute for ever.
        columns = database.execute(
            "SELECT c.name FROM sqlite_master t, pragma_table_info(t.name) c "
            "WHERE t.type = 'table' AND t.name = 'url' AND c.name IN ('url', 'count')"
        ).fetchall()
        if len(columns) != 2:
            msg = f"{name} has no table url (url, count): another program made it"
            raise ImportRefused(msg)
        found = database.execute("SELECT url, count FROM url ORDER BY url, count DESC")
        for url, rows in groupby(_checked(found, shaper, name), itemgetter(0)):
            hits = -1
            for _, number in rows:
                if hits >= 0:
                    shaper.leave_out(TWICE, url, name, hits=number)
                hits = max(hits, number)
            if _LOST.match(url) and not shaper.has_rule(url):
                shaper.leave_out(LOST_HOST, url, name, hits=hits)
            # With slashes before it, a user's name in it is no scheme.
            elif row := shaper.row(url, None, hits, name, url=f"//{url}"):
                yield row


def _checked(
    found: sqlite3.Cursor, shaper: Shaper, name: str
) -> Iterator[tuple[str, int]]:
    """Give the rows that are of the right types: SQLite itself takes any."""
    for url, count in found:
        hits = whole(count)
        if not isinstance(url, str):
            shaper.leave_out(NO_TEXT, repr(url), name, hits=hits or 0)
        elif hits is None or hits < 0:
            shaper.leave_out(NO_HITS, url, name, hits=hits or 0)
        else:
            yield url, hits


@contextmanager
def _opened(path: Path) -> Iterator[sqlite3.Connection]:
    # What is in a write-ahead log beside it belongs to it. Without one nothing need be
    # written there, not even a lock.
    logged = Path(f"{path}-wal").exists()
    how = "mode=ro" if logged else "mode=ro&immutable=1"
    with closing(
        sqlite3.connect(f"{path.absolute().as_uri()}?{how}", uri=True)
    ) as database:
        database.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, _MAX_VALUE_BYTES)
        database.execute("PRAGMA trusted_schema = OFF")
        database.text_factory = _text
        yield database


def _text(data: bytes) -> str:
    return data.decode("utf-8", "surrogateescape")
