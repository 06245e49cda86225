"""What takes a change back: kept in the store for a week, and used once.

What was removed is kept before it is removed, as an export. Undoing adds: hits that were
counted since stay. The store may let go of it sooner when it is short of memory.
"""

import base64
import gzip
import io
import json
import secrets
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, date, datetime
from typing import Any, Literal, NamedTuple

from hitsvc.admin.changes import Changes
from hitsvc.admin.import_steps import UNDO
from hitsvc.admin.importers import LeftOut, Row, write_rows
from hitsvc.admin.importing import Import
from hitsvc.counting import Keys
from hitsvc.errors import ChangeRefused

KEPT_S = 7 * 86_400
_GONE = "this was undone already, or is older than a week"


class Step(NamedTuple):
    """What takes a change back.

    Attributes:
        kind: ``rows``: add what was removed; ``add``: add `hits` to `page`; ``move``:
            give the hits of `page` to `to`; ``none``: nothing does, it is only kept.
        page: Which page.
        hits: How many; below 0, take some away.
        day: Of which day; empty: of none.
        to: Where to.
        rows: What was removed.
    """

    kind: Literal["rows", "add", "move", "none"]
    page: str = ""
    hits: int = 0
    day: str = ""
    to: str = ""
    rows: Sequence[Row] = ()


class Kept:
    """Rows that are about to be removed, kept in the store. See `Save`.

    Attributes:
        id: Where they are.
        rows: What they are.
    """

    def __init__(
        self, undo: "Undo", kind: Literal["rows", "none"] = "rows", to: str = ""
    ) -> None:
        """Prepare to keep them."""
        self._undo = undo
        self._kind = kind
        self._to = to
        self.id = undo.new_id()
        self.rows: list[Row] = []

    def write(self, rows: Iterable[Row]) -> None:
        """Keep all; they are safe when it returns."""
        self.more(list(rows))

    def more(self, rows: list[Row]) -> None:
        """Keep some more."""
        self.rows += rows
        self._undo.keep(Step(self._kind, to=self._to, rows=self.rows), self.id)


class Undo:
    """Takes changes of one store back."""

    def __init__(
        self,
        client: Any,
        keys: Keys,
        *,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        """Prepare.

        Args:
            client: As `open_client` makes it.
            keys: What things are called.
            now: Tells the time.
        """
        self._client = client
        self._keys = keys
        self._now = now

    @staticmethod
    def new_id() -> str:
        """Name something that will be kept; nobody can guess it."""
        return secrets.token_urlsafe(12)

    def keep(self, step: Step, number: str = "") -> str:
        """Keep what takes a change back; return what it is called."""
        number = number or self.new_id()
        content = step._replace(rows=_packed(step.rows) if step.rows else "")  # type: ignore[arg-type]
        self._client.set(self._keys.undo(number), json.dumps(content), ex=KEPT_S)
        return number

    def look(self, number: str) -> Step | None:
        """Return what would take a change back; `None` if that is gone."""
        text = self._client.get(self._keys.undo(number))
        if text is None:
            return None
        step = Step(*json.loads(text))
        return step._replace(rows=_unpacked(step.rows) if step.rows else ())  # type: ignore[arg-type]

    def run(self, number: str) -> Step:
        """Take a change back, once.

        Returns:
            What was done.

        Raises:
            ChangeRefused: It cannot be; nothing has changed.
            StoreError: Another change is under way.
        """
        step = self.look(number)
        if step is None or step.kind == "none":
            raise ChangeRefused(_GONE)
        if step.kind == "rows":
            self._put_back(step.rows, number)
            self._client.unlink(self._keys.undo(number))
            return step
        # It could not be told whether this has been done; so who takes it does it.
        if not self._client.delete(self._keys.undo(number)):
            raise ChangeRefused(_GONE)
        try:
            self._change(step)
        except ChangeRefused:
            self.keep(step, number)
            raise
        return step

    def _put_back(self, rows: Sequence[Row], number: str) -> None:
        """Add what was removed; again, it adds nothing (`Import`)."""
        mark, now = f"{UNDO}{number}", self._now()
        left_out = LeftOut()
        work = Import(self._client, self._keys, mark, left_out, until=now.date().max)
        outcome = work.run(sorted(rows, key=_order), now.isoformat())
        self._client.expire(self._keys.import_mark(mark), KEPT_S)
        if outcome.done_before:
            raise ChangeRefused(_GONE)
        if not outcome.rows:  # so that it can be tried again
            work.forget()
        for why in left_out.reasons:
            msg = f"not all hits could be put back: {why}"
            raise ChangeRefused(msg)

    def _change(self, step: Step) -> None:
        changes = Changes(self._client, self._keys)
        if step.kind == "move":
            changes.move(step.page, step.to)
        else:
            changes.add(
                step.page, step.hits, date.fromisoformat(step.day) if step.day else None
            )


def export_of(rows: Iterable[Row]) -> bytes:
    """Write rows as an export, which `hitsvc import` reads."""
    stream = io.BytesIO()
    write_rows(rows, stream)
    return stream.getvalue()


def _order(row: Row) -> tuple[str, date]:
    return row.url, row.day or date.min


def _packed(rows: Iterable[Row]) -> str:
    text = json.dumps([(row.url, str(row.day or ""), row.hits) for row in rows])
    return base64.b85encode(gzip.compress(text.encode(), mtime=0)).decode()


def _unpacked(text: str) -> list[Row]:
    rows = json.loads(gzip.decompress(base64.b85decode(text)))
    return [
        Row(url, date.fromisoformat(day) if day else None, hits)
        for url, day, hits in rows
    ]
