"""The counter layer: what the rest of the service calls to count and to read.

`HitCounter` joins three parts that know nothing of each other: `GroupCommit` gathers
operations into batches, `Batch` words a batch for Redis, and a `Backend` carries it.
"""

import asyncio
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from functools import lru_cache, partial
from typing import Any, NamedTuple

from hitsvc.backend import Backend
from hitsvc.batch import Batch, Count, Look, Operation, Result, Seen, Today
from hitsvc.commit import GroupCommit
from hitsvc.errors import CounterUnavailable
from hitsvc.keys import page_keys
from hitsvc.outage import OutageLog
from hitsvc.tokens import TokenSource, is_wellformed

# Key names kept ready; at most some 20 MB, if every URL has the longest key.
_CACHED_PAGES = 4096


def utc_day() -> str:
    """Return today in UTC, as ``YYYYMMDD``."""
    return datetime.now(UTC).strftime("%Y%m%d")


class Hit(NamedTuple):
    """The answer to a hit.

    Attributes:
        number: The count to show. No other counted hit of the URL has the same.
        counted: The hit has raised the total.
        token: What the visitor's cookie is to hold; ``None`` for no cookie.
    """

    number: int
    counted: bool
    token: str | None


class Totals(NamedTuple):
    """What is known of a URL: all its hits, and those of today (UTC)."""

    total: int
    today: int


class HitCounter:
    """Counts hits in Redis.

    Every method answers only after Redis has acknowledged, and raises
    `CounterUnavailable` if it has not: the outcome of a hit is then unknown, and it
    is not repeated. So at any time, acknowledged <= stored <= attempted.
    """

    def __init__(
        self,
        backend: Backend,
        *,
        key_prefix: str,
        token_ttl_s: int,
        token_length: int,
        queue_limit: int,
        today: Callable[[], str] = utc_day,
    ) -> None:
        """Prepare a counter; nothing is sent before the first call.

        Args:
            backend: Carries commands to Redis; closed with the counter.
            key_prefix: What every key starts with.
            token_ttl_s: Seconds for which a visitor is not counted again; 0 counts
                every hit and stores no tokens.
            token_length: Characters in a token.
            queue_limit: Operations that may wait for Redis.
            today: Returns the day that hits are counted under.
        """
        self._backend = backend
        self._token_ttl_s = token_ttl_s
        self._tokens = TokenSource(token_length)
        self._today = today
        self._page = lru_cache(_CACHED_PAGES)(partial(page_keys, key_prefix))
        self._commit = GroupCommit[Operation, Any](self._send, queue_limit)
        self._outage = OutageLog()

    async def hit(
        self, url_key: str, presented: str | None = None, *, remember: bool = True
    ) -> Hit:
        """Count a hit, unless its visitor was counted a moment ago.

        Args:
            url_key: What `hitsvc.urls.normalise` returned.
            presented: The token that the visitor's cookie holds, if any. One that is
                unknown, expired or malformed is as none.
            remember: Give the visitor a token.

        Raises:
            CounterUnavailable: Redis did not acknowledge the hit.
        """
        page = self._page(url_key)
        if presented and self._token_ttl_s and is_wellformed(presented):
            seen: Seen = await self._commit.submit(Look(page, presented))
            if seen.alive:
                return Hit(seen.total, counted=False, token=None)
        token = self._tokens.new() if remember and self._token_ttl_s else None
        number: int = await self._commit.submit(Count(page, token))
        return Hit(number, counted=True, token=token)

    async def read(self, url_key: str) -> int:
        """Return a URL's total without counting.

        Raises:
            CounterUnavailable: Redis did not answer.
        """
        seen: Seen = await self._commit.submit(Look(self._page(url_key), None))
        return seen.total

    async def totals(self, url_key: str) -> Totals:
        """Return a URL's total and its hits of today without counting.

        Raises:
            CounterUnavailable: Redis did not answer.
        """
        page = self._page(url_key)
        seen, today = await asyncio.gather(
            self._commit.submit(Look(page, None)), self._commit.submit(Today(page))
        )
        return Totals(seen.total, today)

    async def check(self) -> None:
        """Make sure that Redis answers, on the way that hits take.

        Raises:
            CounterUnavailable: It does not.
        """
        # No URL's key is empty, so this reads a total that is never there.
        await self.read("")

    async def close(self) -> None:
        """Settle what was accepted, refuse what comes, and close the connection."""
        await self._commit.close()
        await self._backend.close()

    async def _send(self, operations: Sequence[Operation]) -> Sequence[Result]:
        batch = Batch(operations, self._today(), self._token_ttl_s)
        try:
            replies = await self._backend.execute(batch.commands)
        except CounterUnavailable as ex:
            self._outage.failed(str(ex))
            raise
        self._outage.answered()
        for reply in replies:
            if isinstance(reply, Exception):
                await self._refused(str(reply))
        return batch.results(replies)

    async def _refused(self, reason: str) -> None:
        self._outage.refused(reason)
        if reason.startswith(_MOVED_ON):
            await self._backend.close()  # the next batch finds the new primary


# After a failover the old primary is a read-only replica at the same connection.
_MOVED_ON = "READONLY"
