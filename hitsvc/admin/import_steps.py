"""The steps of an import: a batch is counted once, whatever is cut off and run again.

In a store that is alone, the rows of a batch and the mark that moves past them are one
script. In a cluster each page has a slot of its own. So there each page is an import by
itself, with a mark of its own beside it, by the same script; and when all of a batch are
done, the mark of the whole moves past them. Whoever goes on does at most one batch again,
and finds the pages' marks. Those then stay for a week more: a process that was stopped in the
middle of a batch may go on, too, when another has long done its work.
"""

from collections.abc import Sequence
from itertools import groupby
from typing import Any

from redis.exceptions import ResponseError

from hitsvc.admin.client import script
from hitsvc.admin.import_batches import PageRows
from hitsvc.admin.nodes import is_cluster
from hitsvc.counting import Keys, site_of

# What stands for a page that the same import has counted.
DONE = "="
KEPT_S = 7 * 86_400
# So much of an import's id is in the marks of pages.
ID_IN_STEP = 32
# How the id of an import begins that takes a change back.
UNDO = "undo:"
_REFUSED_BY_MARK = "IMPORTED"


class Together:
    """Steps in a store that is alone.

    Attributes:
        batch_rows: How many rows go into a batch, but for a page that has more: hits wait
            in the store while a script runs.
    """

    batch_rows = 100

    def __init__(self, client: Any, keys: Keys, import_id: str, mode: str) -> None:
        """Prepare.

        Args:
            client: As `open_client` makes it.
            keys: What things are called.
            import_id: Tells the import from all others.
            mode: What becomes of rows; see `Import`.
        """
        self._client = client
        self._keys = keys
        self._id = import_id
        self._mode = mode
        self.mark = keys.import_mark(import_id)
        self._text = script("import_rows")

    def forget(self) -> None:
        """Forget that anything was imported."""
        self._client.delete(self.mark)

    def begin(self, *, again: bool = False, dry: bool = False) -> None:
        """Prepare for the first batch.

        Args:
            again: Whatever has been imported before.
            dry: Nothing will be changed.
        """
        if again and not dry:
            self.forget()

    def apply(self, pages: Sequence[PageRows], at: str, *, dry: bool) -> list[str]:
        """Count some pages.

        Args:
            pages: Which.
            at: The last page before them.
            dry: Only look.

        Returns:
            For each page what the script says, or `DONE`.

        Raises:
            RedisError: It was not done, or nobody knows.
        """
        pipeline = self._client.pipeline(transaction=False)
        if not dry:
            # First: a page that is listed and not there yet does no harm.
            self._list(pipeline, pages)
        names = [self._keys.page(page.key).total for page in pages]
        to, words = "" if dry else pages[-1].key, [page.words() for page in pages]
        head = [self.mark, *names, at, self._mode, to, _number(pages)]
        pipeline.eval(self._text, len(names) + 1, *head, *words)
        replies: list[str] = pipeline.execute()[-1]
        return replies

    def settle(self, pages: Sequence[PageRows]) -> None:
        """End what was begun for a batch that is counted, and was perhaps not ended.

        Args:
            pages: Those of the batch before the first that is left.
        """

    def _list(self, pipeline: Any, pages: Sequence[PageRows]) -> None:
        """Write pages into the index."""
        for site, group in groupby(pages, lambda page: site_of(page.key)):
            pipeline.sadd(self._keys.sites, site)
            pipeline.sadd(self._keys.pages(site), *(page.key for page in group))


class Apart(Together):
    """Steps in a cluster."""

    batch_rows = 1_000  # each page is a script

    def forget(self) -> None:
        """Begin a new life, in which the pages' marks of before say nothing."""
        self._client.hincrby(self.mark, "life", 1)
        self._client.hdel(self.mark, "page", "rows", "rules", "done")

    def begin(self, *, again: bool = False, dry: bool = False) -> None:
        """Learn which life it is; before the first page, so that who looks sees it."""
        super().begin(again=again, dry=dry)
        if not dry:
            self._client.hsetnx(self.mark, "life", 0)
        life = int(self._client.hget(self.mark, "life") or 0)
        self._step = f"{self._id[:ID_IN_STEP]}.{life + (again and dry)}"

    def apply(self, pages: Sequence[PageRows], at: str, *, dry: bool) -> list[str]:
        """Count each page by itself, and then move the mark past them."""
        marks = [self._keys.page(page.key).step(self._step) for page in pages]
        if dry:
            return self._looked(pages, marks)
        if (self._client.hget(self.mark, "page") or "") != at:
            msg = f"{_REFUSED_BY_MARK} by another command meanwhile"
            raise ResponseError(msg)
        pipeline = self._client.pipeline(transaction=False)
        self._list(pipeline, pages)
        pipeline.execute()
        replies = self._scripts(pages, marks, dry=False)
        head = [self.mark, at, self._mode, pages[-1].key, _number(pages)]
        self._client.eval(self._text, 1, *head)
        self._let_go(marks)
        return replies

    def settle(self, pages: Sequence[PageRows]) -> None:
        """Let the marks of a batch go that the mark of the whole is past."""
        self._let_go([self._keys.page(page.key).step(self._step) for page in pages])

    def _let_go(self, marks: Sequence[str]) -> None:
        pipeline = self._client.pipeline(transaction=False)
        for mark in marks:
            pipeline.expire(mark, KEPT_S)
        pipeline.execute()

    def _looked(self, pages: Sequence[PageRows], marks: Sequence[str]) -> list[str]:
        """Say what would become of pages."""
        pipeline = self._client.pipeline(transaction=False)
        for mark in marks:
            pipeline.exists(mark)
        done = pipeline.execute()
        replies = self._scripts(pages, marks, dry=True)
        return [DONE if d else r for d, r in zip(done, replies, strict=True)]

    def _scripts(
        self, pages: Sequence[PageRows], marks: Sequence[str], *, dry: bool
    ) -> list[str]:
        pipeline = self._client.pipeline(transaction=False)
        for page, mark in zip(pages, marks, strict=True):
            head = [mark, self._keys.page(page.key).total, "", self._mode]
            to = "" if dry else page.key
            pipeline.eval(self._text, 2, *head, to, len(page.rows), page.words())
        return [_said(reply) for reply in pipeline.execute(raise_on_error=False)]


def _said(reply: Any) -> str:
    if isinstance(reply, ResponseError):
        if str(reply).startswith(_REFUSED_BY_MARK):
            return DONE
        raise reply
    (said,) = reply
    return str(said)


def _number(pages: Sequence[PageRows]) -> int:
    return sum(len(page.rows) for page in pages)


def steps_of(client: Any, keys: Keys, import_id: str, mode: str) -> Together:
    """Return the steps of an import into a store; see `Together`."""
    kind = Apart if is_cluster(client) else Together
    return kind(client, keys, import_id, mode)
