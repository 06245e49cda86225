"""Marks of imports at pages of a cluster, when the import was cut off.

A page's mark says that an import has counted it, and must be there as long as that import
could count it again: until the mark of the whole has moved past it. Then it expires a week
later (`hitsvc.admin.import_steps`), unless the import was killed in that very moment, or
was begun anew. Those are found here. An import that never goes on keeps its marks, at most
those of one batch: without them it would count these pages twice.
"""

import re
from collections.abc import Iterable
from typing import Any

from hitsvc.admin.batches import BATCH
from hitsvc.admin.import_steps import ID_IN_STEP, KEPT_S, UNDO
from hitsvc.admin.nodes import servers
from hitsvc.counting import Keys

# What follows the name of a page's total; see `hitsvc.admin.import_steps`. A move's
# marks have no dot.
_STEP = re.compile(r":m:(.+)\.(\d+)", re.DOTALL)
_FOREVER = -1


class ImportMarks:
    """Tells the marks that nobody needs from those of imports that may go on.

    Attributes:
        needless: How many nobody needed.
        needed: How many belong to an import that was cut off and has not gone on.
    """

    def __init__(self, client: Any, keys: Keys, *, dry_run: bool) -> None:
        """Prepare.

        Args:
            client: As `open_client` makes it.
            keys: What things are called.
            dry_run: Only look.
        """
        self._client = client
        self._keys = keys
        self._dry_run = dry_run
        self._imports: dict[str, dict[str, str]] | None = None
        self.needless = self.needed = 0

    def look(self, names: Iterable[str]) -> None:
        """Let those expire that nobody needs.

        Args:
            names: Of some keys of pages.
        """
        marks = []
        for name in names:
            page, rest = self._keys.parse(name) or ("", "")
            if step := _STEP.fullmatch(rest):
                marks.append((name, page, step[1], int(step[2])))
        for name, page, start, life in self._lasting(marks):
            if not self._is_past(page, start, life):
                self.needed += 1
                continue
            self.needless += 1
            if not self._dry_run:
                self._client.expire(name, KEPT_S)

    def _lasting(
        self, marks: list[tuple[str, str, str, int]]
    ) -> list[tuple[str, str, str, int]]:
        if not marks:
            return marks
        pipeline = self._client.pipeline(transaction=False)
        for name, *_ in marks:
            pipeline.ttl(name)
        ttls = pipeline.execute()
        return [mark for mark, ttl in zip(marks, ttls, strict=True) if ttl == _FOREVER]

    def _is_past(self, page: str, start: str, life: int) -> bool:
        """Tell whether an import is done with a page, or cannot go on any more.

        Args:
            page: The page.
            start: How the import's id begins.
            life: That which left the mark, of those the import has had.
        """
        if self._imports is None:
            self._imports = self._read_imports()
        found = self._imports.get(start)
        if found is None:
            return False
        if start.startswith(UNDO) and not self._client.exists(
            self._keys.undo(start.removeprefix(UNDO))
        ):
            return True  # nobody knows any more what it was to put back
        now = int(found.get("life", 0))
        if life != now:
            return life < now
        return "done" in found or page <= found.get("page", "")

    def _read_imports(self) -> dict[str, dict[str, str]]:
        """Read the marks of whole imports, by the part of their ids that steps have."""
        every = self._keys.import_mark("")
        found = {}
        for server in servers(self._client):
            for name in server.scan_iter(match=f"{_literal(every)}*", count=BATCH):
                start = name.removeprefix(every)[:ID_IN_STEP]
                found[start] = self._client.hgetall(name)
        return found


def _literal(text: str) -> str:
    """Escape what a pattern of Redis gives a meaning."""
    return re.sub(r"([*?\[\]\\])", r"\\\1", text)
