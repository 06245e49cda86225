"""Batches of an import: whole pages, spelled as the script reads them."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from itertools import groupby
from operator import itemgetter

from hitsvc.admin.importers import Row
from hitsvc.counting import Day


@dataclass(frozen=True, slots=True)
class PageRows:
    """All rows of a page.

    Attributes:
        key: The page.
        rows: Its days.
    """

    key: str
    rows: list[Row]

    def words(self) -> str:
        """Spell the rows as the script reads them."""
        return " ".join(f"{_spelled(day)} {hits}" for _, day, hits in self.rows)


# The same days come with every page.
@lru_cache(4096)
def _spelled(day: date | None) -> str:
    return f"{day.year} {Day.of(day).field}" if day else "0 0"


def batches_of(rows: Iterable[Row], size: int) -> Iterator[list[PageRows]]:
    """Gather whole pages until they have enough rows."""
    batch: list[PageRows] = []
    number = 0
    for key, group in groupby(rows, itemgetter(0)):
        batch.append(PageRows(key, list(group)))
        number += len(batch[-1].rows)
        if number >= size:
            yield batch
            batch, number = [], 0
    if batch:
        yield batch
