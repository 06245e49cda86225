"""Reading many pages, some at a time: the store reads the next while these are worked on."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Protocol

from hitsvc.admin.client import script
from hitsvc.admin.nodes import is_cluster

_SCRIPT = "read_pages"


class PagesReader(Protocol):
    """Reads pages, each as it is at one moment."""

    def ask(self, totals: Sequence[str], years: Sequence[str]) -> None:
        """Ask for pages; nothing else may be on its way.

        Args:
            totals: The keys of their totals.
            years: The years to look at.

        Raises:
            RedisError: The store cannot be reached.
        """

    def answer(self) -> Sequence[Any]:
        """Return what ``read_pages.lua`` says of each page that was asked for last.

        Raises:
            RedisError: The store does not answer, or a key is of another type.
        """


@contextmanager
def reading(client: Any) -> Iterator[PagesReader]:
    """Read pages of a store.

    Args:
        client: As `open_client` makes it.
    """
    if is_cluster(client):
        yield _Apart(client)
        return
    pool = client.connection_pool
    connection = pool.get_connection()
    reader = _Ahead(connection)
    try:
        yield reader
    finally:
        if reader.waits:
            # Whoever had it next would take the answer for theirs.
            connection.disconnect()
        pool.release(connection)


class _Ahead:
    """Of one server, which begins as soon as it is asked."""

    def __init__(self, connection: Any) -> None:
        self._connection = connection
        self._text = script(_SCRIPT)
        self.waits = False

    def ask(self, totals: Sequence[str], years: Sequence[str]) -> None:
        words = ("EVAL", self._text, len(totals), *totals, *years)
        self.waits = True
        self._connection.send_command(*words)

    def answer(self) -> Sequence[Any]:
        found: Sequence[Any] = self._connection.read_response()
        self.waits = False
        return found


class _Apart:
    """Of a cluster, where pages are in many slots: one script for each, on demand."""

    def __init__(self, client: Any) -> None:
        self._client = client
        self._text = script(_SCRIPT)
        self._asked: tuple[Sequence[str], Sequence[str]] = ((), ())

    def ask(self, totals: Sequence[str], years: Sequence[str]) -> None:
        self._asked = totals, years

    def answer(self) -> Sequence[Any]:
        totals, years = self._asked
        pipeline = self._client.pipeline(transaction=False)
        for total in totals:
            pipeline.eval(self._text, 1, total, *years)
        return [page for (page,) in pipeline.execute()]
