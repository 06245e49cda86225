"""Importing rows: each is counted once, whatever is cut off and run again.

Rows come in the order of their pages. Some pages at a time are one script, which adds their
rows and moves a mark past them, both or neither; so an import that is run again goes on
behind the mark, and one that is done adds nothing. The mark stays for good.

The script needs the mark and the pages in one slot. In a cluster, where each page has a slot
of its own, it is taken apart; see `hitsvc.admin.import_steps`.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from itertools import chain
from typing import Any, Literal

from hitsvc.admin.client import extend_lock
from hitsvc.admin.import_batches import PageRows, batches_of
from hitsvc.admin.import_steps import DONE, steps_of
from hitsvc.admin.importers import LeftOut, Row
from hitsvc.admin.locking import only_one
from hitsvc.admin.room import fill_of
from hitsvc.counting import FULL_ABOVE, Keys
from hitsvc.errors import StoreError

Mode = Literal["add", "max", "replace"]

# So often the lock is extended, and the store asked whether it has room.
_LOOK_EVERY = 50
EXAMPLES = 5
# Before there was a web nobody counted its pages; and a page has no more than so many
# days, which one script can write without keeping hits waiting.
FIRST_DAY = date(1970, 1, 1)
TOO_OLD = f"a day before {FIRST_DAY}"
IN_FUTURE = "a day in the future: --until says up to when days are right"


@dataclass(slots=True)
class Outcome:
    """What an import has done, or would do.

    Attributes:
        done_before: When the same import ended; empty if it never did.
        rows_before: Rows that an import that was cut off has counted.
        rows: Rows of pages that were counted now.
        pages: Pages of these rows.
        hits: By how much their totals grow.
        new_pages: Pages that did not exist.
        examples: The first of these.
    """

    done_before: str = ""
    rows_before: int = 0
    rows: int = 0
    pages: int = 0
    hits: int = 0
    new_pages: int = 0
    examples: list[str] = field(default_factory=list)


class Import:
    """One import of one source."""

    def __init__(
        self,
        client: Any,
        keys: Keys,
        import_id: str,
        left_out: LeftOut,
        *,
        mode: Mode = "add",
        until: date,
        dry_run: bool = False,
        again: bool = False,
        batch_rows: int = 0,
        rules: str = "",
    ) -> None:
        """Prepare.

        Args:
            client: As `open_client` makes it.
            keys: What things are called.
            import_id: Tells the source and what shapes its rows from all others.
            left_out: Where to record what cannot be counted.
            mode: Add a row to its day, keep the larger number, or put it in its place.
                Hits without a day are a day of their own.
            until: The last day that can be right.
            dry_run: Only look.
            again: Begin anew, whatever has been counted before.
            batch_rows: How many rows are a batch; 0: what suits the store.
            rules: Tells what made keys of the rows' pages; see `Identity.name`.
        """
        self._client = client
        self._keys = keys
        self._steps = steps_of(client, keys, import_id, mode)
        self._mark = self._steps.mark
        self._left_out = left_out
        self._until = until
        self._dry_run = dry_run
        self._again = again
        self._batch_rows = batch_rows or self._steps.batch_rows
        self._rules = rules
        self._at, self._outcome = "", Outcome()

    def run(
        self,
        rows: Iterable[Row],
        now: str,
        progress: Callable[[int], None] = lambda number: None,
    ) -> Outcome:
        """Do it.

        Args:
            rows: Each page and day once, ordered by page: as `gathered` gives them. Not
                asked for where all of them have been counted.
            now: The time, as people read it.
            progress: Told how many rows more have been dealt with.

        Raises:
            StoreError: Another change is under way, the store is full, or a part was
                imported by other rules.
            ImportRefused: The source cannot be read.
            RedisError: The store does not answer.
        """
        if self._is_done():
            return self._outcome
        batches = batches_of(self._countable(rows), self._batch_rows)
        # What takes long, reading and sorting, comes with the first: before the lock.
        batches = chain([next(batches, [])], batches)
        if self._dry_run:
            self._steps.begin(again=self._again, dry=True)
            self._read_mark()
            self._apply_all(batches, progress, None)
            return self._outcome
        with only_one(self._client, self._keys) as lock:
            self._steps.begin(again=self._again)
            if self._read_mark() != self._rules:
                self._client.hset(self._mark, "rules", self._rules)
            self._apply_all(batches, progress, lock)
            self._client.hset(self._mark, "done", now)
        return self._outcome

    def forget(self) -> None:
        """Let it be imported again, as if it never had been."""
        self._steps.forget()

    def _is_done(self) -> bool:
        if not self._again:
            self._outcome.done_before = self._client.hget(self._mark, "done") or ""
        return bool(self._outcome.done_before)

    def _read_mark(self) -> str:
        """Learn where an import that was cut off stands.

        Returns:
            The rules of those that counted its rows.

        Raises:
            StoreError: By other rules its rows would be in another order.
        """
        if self._again:
            return ""
        page, rows, rules = self._client.hmget(self._mark, "page", "rows", "rules")
        if page and (rules or "") != self._rules:
            msg = (
                "this import was cut off when other settings said what is one page "
                f"({rules or 'none'}); set them as they were and run it again"
            )
            raise StoreError(msg)
        self._at = page or ""
        self._outcome.rows_before = int(rows or 0)
        return rules or ""

    def _countable(self, rows: Iterable[Row]) -> Iterator[Row]:
        """Leave out days that cannot be right: a typing error would stay for ever."""
        for row in rows:
            if row.day is None or FIRST_DAY <= row.day <= self._until:
                yield row
            else:
                why = TOO_OLD if row.day < FIRST_DAY else IN_FUTURE
                text = f"{row.url},{row.day},{row.hits}"
                self._left_out.add(why, text, row.hits, "all rows of a day", 0)

    def _apply_all(
        self,
        batches: Iterable[list[PageRows]],
        progress: Callable[[int], None],
        lock: Any,
    ) -> None:
        at = self._at
        for number, batch in enumerate(batches):
            if number % _LOOK_EVERY == 0 and lock is not None:
                extend_lock(lock)
                self._see_room()
            left = [page for page in batch if page.key > at]
            if left:
                self._apply(left)
            elif batch and batch[-1].key == at and not self._dry_run:
                self._steps.settle(batch)
            progress(sum(len(page.rows) for page in batch))

    def _see_room(self) -> None:
        """Stop before hits have no room left.

        Raises:
            StoreError: The store is nearly full.
        """
        fill = fill_of(self._client)
        if fill.share > FULL_ABOVE:
            msg = (
                f"the store is {fill}; give it more memory and run the import again: it "
                "goes on where it has stopped"
            )
            raise StoreError(msg)

    def _apply(self, pages: list[PageRows]) -> None:
        replies = self._steps.apply(pages, self._at, dry=self._dry_run)
        self._note(pages, replies)
        if not self._dry_run:
            self._at = pages[-1].key

    def _note(self, pages: list[PageRows], replies: list[str]) -> None:
        outcome = self._outcome
        for page, reply in zip(pages, replies, strict=True):
            kind, rest = reply[0], reply[1:]
            if kind == DONE:
                outcome.rows_before += len(page.rows)
                continue
            if kind == "!":
                hits = sum(row.hits for row in page.rows)
                self._left_out.add(rest, page.key, hits, "all rows of a page", 0)
                continue
            outcome.pages += 1
            outcome.rows += len(page.rows)
            outcome.hits += int(rest)
            if kind == "n":
                outcome.new_pages += 1
                if len(outcome.examples) < EXAMPLES:
                    outcome.examples.append(page.key)
