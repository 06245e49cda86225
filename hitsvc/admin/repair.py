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

from hitsvc.admin.batches import BATCH, batches
from hitsvc.admin.client import extend_lock, script
from hitsvc.admin.locking import only_one
from hitsvc.admin.merging import Merging, Renamed
from hitsvc.admin.nodes import servers, unmoved
from hitsvc.admin.scripting import Scripts
from hitsvc.admin.settling import Settling
from hitsvc.counting import Keys, site_of
from hitsvc.request import PLAIN, Identity

# How often, and with what pause in seconds, pages that do not add up are looked at again:
# longer than a batch may be on its way.
LOOKS = 4
PAUSE_S = 0.5
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
        self._sleep = sleep
        self._settling = Settling(client, keys, Scripts(client, keys), sleep)
        self._merging = Merging(client, keys, identity, self._settling)
        self._years: set[str] = set()
        self._lock: Any = None
        self._found = Findings()

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
            self._prune_index()
            apart: dict[str, int] = {}
            for names in self._scan(progress):
                apart |= self._differences(self._totals(names))
            self._mend(self._lasting(apart))
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
        """Move old days, list the pages, and learn which years there are."""
        totals = self._totals(names)
        self._found.pages += len(totals)
        self._list(totals)
        for name in names:
            page, rest = self._keys.parse(name) or ("", "")
            if rest == _VERSION_1_DAYS:
                self._move_days(page)
            elif match := _YEAR.fullmatch(rest):
                self._years.add(match[1])

    def _move_days(self, page: str) -> None:
        names = self._keys.page(page)
        try:
            if self._dry_run:
                self._client.hlen(names.version_1_days)
            else:
                text = script("move_days")
                moved = self._client.eval(text, 2, names.total, names.version_1_days)
                self._years.update(map(str, moved))
        except ResponseError as ex:
            self._found.unreadable.append(f"{page}: {ex}")
        else:
            self._found.moved += 1

    def _list(self, pages: list[str]) -> None:
        """Write pages into the index, and count those that were not there."""
        pipeline = self._client.pipeline(transaction=False)
        for page in pages:
            name = self._keys.pages(site_of(page))
            if self._dry_run:
                pipeline.sismember(name, page)
            else:
                pipeline.sadd(name, page)
        if not self._dry_run:
            for site in {site_of(page) for page in pages}:
                pipeline.sadd(self._keys.sites, site)
        there = 1 if self._dry_run else 0
        replies = pipeline.execute()[: len(pages)]
        self._found.unlisted += sum(reply != there for reply in replies)

    def _prune_index(self) -> None:
        """Take pages that are gone out of the index; they come back with their next hit."""
        for site in list(self._client.sscan_iter(self._keys.sites, count=BATCH)):
            pages = self._client.sscan_iter(self._keys.pages(site), count=BATCH)
            for batch in batches(pages):
                extend_lock(self._lock)
                gone = self._missing(batch)
                self._found.stale += len(gone)
                if gone and not self._dry_run:
                    self._client.srem(self._keys.pages(site), *gone)
                    # One that has just been counted again is listed again.
                    self._relist(set(gone) - set(self._missing(gone)))
            if not self._dry_run:
                self._settling.forget_if_empty(site)

    def _relist(self, pages: set[str]) -> None:
        for page in pages:
            self._client.sadd(self._keys.pages(site_of(page)), page)

    def _missing(self, pages: list[str]) -> list[str]:
        pipeline = self._client.pipeline(transaction=False)
        for page in pages:
            pipeline.exists(self._keys.page(page).total)
        return [
            p for p, there in zip(pages, pipeline.execute(), strict=True) if not there
        ]

    def _differences(self, pages: Iterable[str]) -> dict[str, int]:
        """Return the pages that do not add up now, with their differences."""
        years = sorted(self._years)
        text = script("difference")
        found = {}
        for batch in batches(pages):
            pipeline = self._client.pipeline(transaction=False)
            for page in batch:
                pipeline.eval(text, 1, self._keys.page(page).total, *years)
            replies = pipeline.execute(raise_on_error=False)
            for page, reply in zip(batch, replies, strict=True):
                if isinstance(reply, ResponseError):
                    self._found.unreadable.append(f"{page}: {reply}")
                elif int(reply):
                    found[page] = int(reply)
        return found

    def _lasting(self, apart: dict[str, int]) -> dict[str, int]:
        """Return what of the differences is not that of hits on their way.

        A total is ahead of its day while a hit is being written, and never behind. So
        the smallest difference of several looks is the lasting one.
        """
        for _ in range(LOOKS - 1):
            if not apart:
                break
            self._sleep(PAUSE_S)
            extend_lock(self._lock)
            now = self._differences(apart)
            apart = {page: min(apart[page], now.get(page, 0)) for page in apart}
            apart = {
                page: difference for page, difference in apart.items() if difference
            }
        return apart

    def _mend(self, differences: dict[str, int]) -> None:
        """Count what no day has as hits without a date: totals stay as they are."""
        self._found.differences = differences
        if not self._dry_run:
            for page, difference in differences.items():
                self._client.incrby(self._keys.page(page).undated, difference)
