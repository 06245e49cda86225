"""Repair: what a kill, a race, an older version or other settings left behind in a store.

Every step can be taken twice: moving empties what it has moved, an index takes a page that
it has, and what does not add up is measured anew. So it can be cut off anywhere, and run
again. It may run while hits are counted, with one care: a hit's total is written a moment
before its day, so a difference counts only if it stays.
"""

import re
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from redis.exceptions import ResponseError

from hitsvc.admin.adding_up import AddingUp
from hitsvc.admin.batches import BATCH, batches
from hitsvc.admin.client import extend_lock, script
from hitsvc.admin.import_marks import ImportMarks
from hitsvc.admin.locking import only_one
from hitsvc.admin.merging import Merging, Renamed
from hitsvc.admin.nodes import servers, unmoved
from hitsvc.admin.page_lists import PageLists
from hitsvc.admin.scripting import Scripts
from hitsvc.admin.settling import Settling
from hitsvc.counting import Keys
from hitsvc.request import PLAIN, Identity

EXAMPLES = 20

_YEAR = re.compile(r":d:([1-9]\d{0,3})")
_VERSION_1_DAYS = ":days"


@dataclass(slots=True)
class Findings:
    """What was found, and mended unless it was a dry run.

    Attributes:
        pages: How many pages there are.
        moved: Pages whose days were kept as version 1.0 did.
        merged: Pages that are another one by the present settings.
        renamed: The first of these.
        no_pages: What is none by the present rules, and why; it is left as it is.
        unlisted: Pages that were not in the index.
        stale: Entries of the index without a page.
        differences: By how much the total of a page was above its days.
        unreadable: What could not be moved, and why.
        needless_marks: Marks of imports that were cut off, of pages that cannot be
            counted again.
        needed_marks: Those of pages that can, when the import is run again.
    """

    pages: int = 0
    moved: int = 0
    merged: int = 0
    renamed: list[Renamed] = field(default_factory=list)
    no_pages: list[str] = field(default_factory=list)
    unlisted: int = 0
    stale: int = 0
    differences: dict[str, int] = field(default_factory=dict)
    unreadable: list[str] = field(default_factory=list)
    needless_marks: int = 0
    needed_marks: int = 0


class Repair:
    """Looks through a whole store, and mends it."""

    def __init__(
        self,
        client: Any,
        keys: Keys,
        identity: Identity = PLAIN,
        *,
        dry_run: bool = False,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        """Prepare.

        Args:
            client: As `open_client` makes it.
            keys: What things are called.
            identity: What makes keys of pages now.
            dry_run: Only look.
            sleep: Waits for so many seconds.
        """
        self._client = client
        self._keys = keys
        self._dry_run = dry_run
        self._settling = Settling(client, keys, Scripts(client, keys), sleep)
        self._merging = Merging(client, keys, identity, self._settling)
        self._found = Findings()
        self._lists = PageLists(client, keys, dry_run=dry_run)
        self._sums = AddingUp(client, keys, self._found.unreadable, sleep)
        self._marks = ImportMarks(client, keys, dry_run=dry_run)
        self._lock: Any = None

    def run(self, progress: Callable[[int], None] = lambda number: None) -> Findings:
        """Do it.

        Args:
            progress: Told how many keys more have been looked at; in the end that is
                three times as many as the store has.

        Raises:
            StoreError: Another change is under way, or slots move in a cluster.
            RedisError: The store does not answer.
        """
        with only_one(self._client, self._keys) as self._lock:
            for names in self._scan(progress):
                self._sort(names)
            for renamed in batches(self._renamed(progress)):
                self._merge(renamed)
            self._found.stale = self._lists.prune(
                lambda: extend_lock(self._lock), self._settling.forget_if_empty
            )
            apart: dict[str, int] = {}
            for names in self._scan(progress):
                apart |= self._sums.differences(self._totals(names))
            self._found.differences = self._sums.lasting(apart, self._lock)
            if not self._dry_run:
                self._sums.mend(self._found.differences)
        self._found.needless_marks = self._marks.needless
        self._found.needed_marks = self._marks.needed
        return self._found

    def _scan(self, progress: Callable[[int], None]) -> Iterator[list[str]]:
        with unmoved(self._client):
            for server in servers(self._client):
                cursor = -1
                while cursor:
                    cursor, names = server.scan(
                        max(cursor, 0), match=self._keys.all_pages, count=BATCH
                    )
                    extend_lock(self._lock)
                    yield names
                    progress(BATCH)

    def _renamed(self, progress: Callable[[int], None]) -> Iterator[Renamed]:
        for names in self._scan(progress):
            yield from self._merging.find(self._totals(names), self._found.no_pages)

    def _merge(self, renamed: list[Renamed]) -> None:
        """Add pages to those that they are by the present settings."""
        self._found.merged += len(renamed)
        self._found.renamed += renamed[: EXAMPLES - len(self._found.renamed)]
        if not self._dry_run:
            self._found.unreadable += self._merging.merge(renamed, self._lock)

    def _totals(self, names: Iterable[str]) -> list[str]:
        parsed = filter(None, map(self._keys.parse, names))
        return [page for page, rest in parsed if not rest]

    def _sort(self, names: list[str]) -> None:
        """Move old days, list the pages, and learn which years and marks there are."""
        totals = self._totals(names)
        self._found.pages += len(totals)
        self._found.unlisted += self._lists.add(totals)
        self._marks.look(names)
        for name in names:
            page, rest = self._keys.parse(name) or ("", "")
            if rest == _VERSION_1_DAYS:
                self._move_days(page)
            elif match := _YEAR.fullmatch(rest):
                self._sums.years.add(match[1])

    def _move_days(self, page: str) -> None:
        names = self._keys.page(page)
        try:
            if self._dry_run:
                self._client.hlen(names.version_1_days)
            else:
                text = script("move_days")
                moved = self._client.eval(text, 2, names.total, names.version_1_days)
                self._sums.years.update(map(str, moved))
        except ResponseError as ex:
            self._found.unreadable.append(f"{page}: {ex}")
        else:
            self._found.moved += 1
