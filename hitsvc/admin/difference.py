"""What a store has more than an earlier export of it: for moving to another store.

The export is imported there while hits still come here. When they no longer do, what came
meanwhile is this, and it is imported too; so each hit is there once.
"""

from collections.abc import Iterable, Iterator
from itertools import chain

from hitsvc.admin.import_sources import OURS, Choices, open_file
from hitsvc.admin.importers import (
    ImportRefused,
    LeftOut,
    Row,
    Shape,
    Source,
    gathered,
)


def difference(rows: Iterable[Row], earlier: Source) -> Iterator[Row]:
    """Return what of some rows is not in an earlier export, ordered by page and day.

    Args:
        rows: All that a store has.
        earlier: An export of the same store.

    Raises:
        ImportRefused: It is no whole export of ours, or has more of a day than there is
            now: no hits take that away, so somebody has changed the page.
    """
    before = (row._replace(hits=-row.hits) for row in _all_of(earlier))
    for url, day, hits in gathered(chain(before, rows), LeftOut()):
        if hits < 0 and day:
            msg = (
                f"{url} has {-hits:,} hits fewer on {day} than in {earlier.name}: it was "
                "changed since. Make another export, or look at that page yourself"
            )
            raise ImportRefused(msg)
        if hits:
            yield Row(url, day, hits)


def _all_of(source: Source) -> Iterator[Row]:
    """Read an export; one that cannot be read as a whole is refused."""
    # What it names are keys of the store, whatever a key is under the present settings.
    opened = open_file(source, Choices(OURS, Shape(), key_of=str))
    yield from opened.rows()
    for reason in opened.left_out.reasons:
        msg = f"{source.name} is no whole export of ours: {reason}"
        raise ImportRefused(msg)
