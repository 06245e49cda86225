"""Removing much: pages, their numbers, or their old days. What goes is saved first.

Each page is removed by one script. While that goes on,

- a page that nobody chose is not touched;
- a hit of a chosen page is in what was saved if it came before the script, and begins the
  page anew if it came after; one that is half written in that moment may lose its day
  (`settling`);
- whatever ends the command, it can be run again: what is left is removed then.
"""

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal

from redis.exceptions import ResponseError

from hitsvc.admin.batches import batches
from hitsvc.admin.client import extend_lock
from hitsvc.admin.contents import Contents, rows_of
from hitsvc.admin.importers import Row
from hitsvc.admin.locking import only_one
from hitsvc.admin.reading import Reader
from hitsvc.admin.saving import Save, counted_rows
from hitsvc.admin.scripting import FIRST_YEAR, YEARS, Scripts, reason
from hitsvc.admin.settling import Settling
from hitsvc.counting import Day, Keys, site_of, utc_day

Progress = Callable[[int], None]


@dataclass(slots=True)
class Removed:
    """What was removed.

    Attributes:
        pages: How many pages had something to remove.
        hits: How many hits they had, or how many lost their day.
        refused: What could not be, and why.
    """

    pages: int = 0
    hits: int = 0
    refused: list[str] = field(default_factory=list)


class Removal:
    """Removes from one store."""

    def __init__(
        self,
        client: Any,
        keys: Keys,
        *,
        sleep: Callable[[float], None] = time.sleep,
        today: Callable[[], Day] = utc_day,
    ) -> None:
        """Prepare.

        Args:
            client: As `open_client` makes it.
            keys: What things are called.
            sleep: Waits for so many seconds.
            today: Tells the day.
        """
        self._client = client
        self._keys = keys
        self._today = today
        self._scripts = Scripts(client, keys)
        self._reader = Reader(client, keys)
        self._settling = Settling(client, keys, self._scripts, sleep)

    def delete(
        self, pages: Sequence[str], save: Save, progress: Progress = lambda number: None
    ) -> Removed:
        """Remove pages wholly. A visitor's next hit begins one anew, at 1.

        Args:
            pages: Which.
            save: Where they are written first.
            progress: Told how many pages more are done; twice each in all.

        Raises:
            ChangeRefused: They cannot be saved; nothing was removed.
            StoreError: Another change is under way.
        """
        return self._remove("delete", pages, save, progress)

    def reset(
        self, pages: Sequence[str], save: Save, progress: Progress = lambda number: None
    ) -> Removed:
        """Let pages begin again at 0, without a history; see `delete`."""
        return self._remove("reset", pages, save, progress)

    def old_days(self, pages: Iterable[str], before: date) -> Iterator[Row]:
        """Read what `prune` would take the day from."""
        for page, contents in self._reader.contents(pages):
            for day in sorted(contents.days):
                if day < before:
                    yield Row(page, day, contents.days[day])

    def prune(
        self,
        pages: Sequence[str],
        before: date,
        save: Save,
        progress: Progress = lambda number: None,
    ) -> Removed:
        """Make hits without a date of those of old days. No total changes.

        Args:
            pages: Of which pages.
            before: The first day that stays; not after today, since a hit on its way is
                written to today.
            save: Where the old days are written first.
            progress: Told how many pages more are done; twice each in all.

        Raises:
            ChangeRefused: They cannot be saved; nothing was removed.
            StoreError: Another change is under way.
        """
        day = Day.of(min(before, self._today().date))
        args = (FIRST_YEAR, day.year, int(day.field))
        removed = Removed()
        with only_one(self._client, self._keys) as lock:
            held = _holding(lock, pages, progress)
            save.write(self.old_days(held, day.date))
            for batch in batches(pages):
                extend_lock(lock)
                replies = self._scripts.run_each("prune", batch, *args)
                for page, reply in zip(batch, replies, strict=True):
                    if isinstance(reply, ResponseError):
                        removed.refused.append(f"{page}: {reason(reply)}")
                    elif reply != "0":
                        removed.pages += 1
                        removed.hits += int(reply)
                progress(len(batch))
        return removed

    def _remove(
        self,
        name: Literal["delete", "reset"],
        pages: Sequence[str],
        save: Save,
        progress: Progress,
    ) -> Removed:
        removed = Removed()
        late: list[Row] = []
        saved: dict[str, int] = {}
        with only_one(self._client, self._keys) as lock:
            contents = self._reader.contents(_holding(lock, pages, progress))
            save.write(counted_rows(rows_of(contents), saved))
            for batch in batches(pages):
                extend_lock(lock)
                if name == "delete":
                    self._unlist(batch)
                replies = self._scripts.run_each(name, batch, *YEARS)
                for page, reply in zip(batch, replies, strict=True):
                    late += self._note(removed, page, reply, saved.get(page, 0))
                progress(len(batch))
            if late:
                save.more(late)
            self._settling.settle(pages, lock)
            self._settling.relist(pages)
        return removed

    def _note(self, removed: Removed, page: str, reply: Any, saved: int) -> list[Row]:
        """Add up what was removed; return the hits that came after it was saved."""
        if isinstance(reply, ResponseError):
            removed.refused.append(f"{page}: {reason(reply)}")
            return []
        if reply is None or reply[0] is None:
            return []
        total = Contents.of(reply).total
        removed.pages += 1
        removed.hits += total
        more = total - saved
        return [Row(page, self._today().date, more)] if more else []

    def _unlist(self, pages: list[str]) -> None:
        pipeline = self._client.pipeline(transaction=False)
        for page in pages:
            pipeline.srem(self._keys.pages(site_of(page)), page)
        pipeline.execute()


def _holding(lock: Any, pages: Iterable[str], progress: Progress) -> Iterator[str]:
    """Hand pages on, hold the lock meanwhile, and tell how far it is."""
    for batch in batches(pages):
        extend_lock(lock)
        yield from batch
        progress(len(batch))
