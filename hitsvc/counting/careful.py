"""Hits that are not counted at once: something must be looked at before."""

from collections.abc import Awaitable, Callable
from typing import Any

from hitsvc.counting.batch import Hit, Operation, Read
from hitsvc.counting.capacity import Capacity
from hitsvc.errors import CounterFull, TooManyNewPages


class CarefulHits:
    """Looks first, and counts unless that says otherwise."""

    def __init__(
        self, submit: Callable[[Operation], Awaitable[Any]], capacity: Capacity
    ) -> None:
        """Prepare.

        Args:
            submit: Sends an operation once and gives its result, or raises
                `CounterUnavailable`.
            capacity: Knows whether there is room for new pages.
        """
        self._submit = submit
        self._capacity = capacity

    async def hit(
        self, read: Read, count: Callable[[], Awaitable[Hit]], *, new_pages: bool
    ) -> Hit:
        """Count a hit, unless its visitor was counted a moment ago.

        Args:
            read: What is to be looked at.
            count: Counts it.
            new_pages: Count it even if the page has never been counted before.

        Raises:
            CounterUnavailable: Redis did not acknowledge.
            CounterFull: The page is new, and there is no room for it.
            TooManyNewPages: The page is new, and new ones are not wanted.
        """
        seen = await self._submit(read)
        if seen.alive:
            return Hit(seen.total, seen.days[0] if seen.days else None, False, None)
        if seen.known:
            read.page.known = True
        elif self._capacity.full:
            msg = "the store is nearly full, and this page is new"
            raise CounterFull(msg)
        elif not new_pages:
            msg = "too many new pages in this minute; those that are known are counted"
            raise TooManyNewPages(msg)
        return await count()
