"""Sums rows up: each page and day once, in order, in memory that does not grow; so names.

What compares with the counts that are there, such as ``--max``, must see the whole of a
day; and a page's days together are one change of it.
"""

import sqlite3
from collections.abc import Collection, Iterable, Iterator
from contextlib import closing
from datetime import date
from functools import lru_cache

from hitsvc.admin.importers.left_out import LeftOut
from hitsvc.admin.importers.rows import MAX_HITS, Row
from hitsvc.admin.importers.scratch import told_of_temporary_files
from hitsvc.admin.importers.shape import TOO_MANY

# Some 70 MB of them; more go to a temporary database.
MAX_IN_MEMORY = 200_000
_UNDATED = 0
# A sum that far off stays so: neither it nor what is added to it leaves the whole
# numbers of SQLite, which would go on with inexact ones.
_STUCK = 2**61

_Pair = tuple[str, int]
_day = lru_cache(4096)(date.fromordinal)


def gathered(
    rows: Iterable[Row], left_out: LeftOut, *, in_memory: int = MAX_IN_MEMORY
) -> Iterator[Row]:
    """Sum rows of the same page and day.

    Nothing comes out before all has gone in: a source with an error gives no rows.

    Args:
        rows: The rows, in any order.
        left_out: Where to record sums that are too large.
        in_memory: How many pages and days may be in memory.

    Returns:
        Rows ordered by page, and by day, undated first.
    """
    with told_of_temporary_files(sqlite3.Error), closing(_database()) as database:
        database.execute(
            "CREATE TABLE sums (url TEXT, day INTEGER, hits INTEGER, "
            "PRIMARY KEY (url, day)) WITHOUT ROWID"
        )
        sums: dict[_Pair, int] = {}
        spilled = False
        for url, day, hits in rows:
            pair = (url, day.toordinal() if day else _UNDATED)
            sums[pair] = sums.get(pair, 0) + hits
            if len(sums) >= in_memory:
                _spill(database, sums)
                sums.clear()
                spilled = True
        if spilled:
            _spill(database, sums)
            sums.clear()
        found = _all(database) if spilled else _sorted(sums)
        for url, ordinal, hits in found:
            if abs(hits) > MAX_HITS:
                left_out.add(TOO_MANY, url, 0, "all rows of a day", 0)
            else:
                yield Row(url, _day(ordinal) if ordinal else None, hits)


def distinct(
    names: Iterable[Collection[str]], *, in_memory: int = MAX_IN_MEMORY
) -> Iterator[str]:
    """Sort names.

    Nothing comes out before all has gone in.

    Args:
        names: Some at a time, in any order; one may come twice.
        in_memory: About how many may be in memory.

    Returns:
        Each once, in order.
    """
    with told_of_temporary_files(sqlite3.Error), closing(_database()) as database:
        database.execute("CREATE TABLE names (name TEXT PRIMARY KEY) WITHOUT ROWID")
        found: set[str] = set()
        spilled = False
        for some in names:
            found.update(some)
            if len(found) >= in_memory:
                _spill_names(database, found)
                found.clear()
                spilled = True
        if not spilled:
            yield from sorted(found)
            return
        _spill_names(database, found)
        found.clear()
        for (name,) in database.execute("SELECT name FROM names ORDER BY name"):
            yield name


def _database() -> sqlite3.Connection:
    """Make a database without a name: a temporary file, if it grows large."""
    database = sqlite3.connect("", isolation_level=None)
    # Nobody needs it after a crash.
    database.execute("PRAGMA journal_mode = OFF")
    database.execute("PRAGMA synchronous = OFF")
    database.execute("PRAGMA cache_size = -32768")
    return database


def _spill_names(database: sqlite3.Connection, names: set[str]) -> None:
    database.execute("BEGIN")
    # PERF: in order, SQLite takes 0.8 us for each.
    rows = zip(sorted(names), strict=True)
    database.executemany("INSERT OR IGNORE INTO names VALUES (?)", rows)
    database.execute("COMMIT")


def _spill(database: sqlite3.Connection, sums: dict[_Pair, int]) -> None:
    database.execute("BEGIN")
    database.executemany(
        "INSERT INTO sums VALUES (?1, ?2, ?3) ON CONFLICT DO UPDATE SET hits = CASE "
        "WHEN abs(hits) >= ?4 THEN hits WHEN abs(?3) >= ?4 THEN ?3 ELSE hits + ?3 END",
        ((url, day, _bounded(hits), _STUCK) for url, day, hits in _sorted(sums)),
    )
    database.execute("COMMIT")


def _bounded(hits: int) -> int:
    return max(min(hits, _STUCK), -_STUCK)


def _sorted(sums: dict[_Pair, int]) -> Iterator[tuple[str, int, int]]:
    return ((url, day, hits) for (url, day), hits in sorted(sums.items()))


def _all(database: sqlite3.Connection) -> Iterator[tuple[str, int, int]]:
    return database.execute("SELECT url, day, hits FROM sums ORDER BY url, day")
