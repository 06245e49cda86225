"""Hits that are not counted at once: something must be looked at, or claimed, before.

A claim is made first, and then the hit is counted, so that of two visits at once one is a
refresh. What becomes of the claim follows what is known of the hit:

- counted: it stays, until its time is over;
- certainly not counted: it is taken back, or the next visit would not count either;
- nobody knows: it stays, so that what may be counted is not counted again.

A hit is counted to the end once its claim is made, whether or not anybody still waits.
"""

import asyncio
import contextlib
import time
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from typing import Any, NamedTuple

from hitsvc.counting.claims import ClaimNames
from hitsvc.counting.commands import PageCommands
from hitsvc.counting.days import Day
from hitsvc.counting.operations import Claim, Hit, Operation, Read
from hitsvc.errors import CounterFull, CounterUnavailable, TooManyNewPages


class CarefulHit(NamedTuple):
    """What is known of such a hit beforehand.

    Attributes:
        page: Which page.
        token: What the visitor presents.
        claim: What the visitor claims it by.
        days: Tell the hits of these even if it is not counted.
        new_pages: Count it even if the page has never been counted before.
        then: Counts it.
    """

    page: PageCommands
    token: str | None
    claim: ClaimNames | None
    days: Sequence[Day]
    new_pages: bool
    then: Callable[[], "asyncio.Future[Hit]"]


class CarefulHits:
    """Looks first, claims, and counts unless that says otherwise."""

    def __init__(
        self,
        submit: Callable[[Operation], Awaitable[Any]],
        send: Callable[[str, int], Awaitable[Sequence[Any]]],
        is_full: Callable[[PageCommands], bool],
        claim_ttl_s: int,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Prepare.

        Args:
            submit: Sends an operation once and gives its result, or raises
                `CounterUnavailable`.
            send: Sends commands once, past what waits, and returns a reply to each.
            is_full: Tells whether there is no room for a new page.
            claim_ttl_s: Seconds for which a claim is there.
            clock: Returns seconds that never go back.
        """
        self._submit = submit
        self._send = send
        self._is_full = is_full
        self._claim_ttl_s = claim_ttl_s
        self._clock = clock
        self._claimed: set[asyncio.Task[Hit]] = set()

    def hit(self, hit: CarefulHit) -> asyncio.Future[Hit]:
        """Count a hit, unless its visitor was counted a moment ago.

        Returns:
            What will hold the hit; or `CounterUnavailable`, `CounterFull` or
            `TooManyNewPages`, as `HitCounter.hit` says.
        """
        if hit.claim is None:
            return asyncio.ensure_future(self._look(hit, hit.then))
        task = asyncio.ensure_future(self._claim(hit, hit.claim))
        self._claimed.add(task)
        task.add_done_callback(self._claimed.discard)
        return asyncio.shield(task)

    async def close(self) -> None:
        """Let what has begun end."""
        while self._claimed:
            await asyncio.wait(self._claimed)

    async def _claim(self, hit: CarefulHit, claim: ClaimNames) -> Hit:
        def go_on() -> Coroutine[Any, Any, Hit]:
            return self._count_claimed(hit, claim.today)

        sure = hit.page.known or (hit.new_pages and not self._is_full(hit.page))
        if hit.token or claim.before or not sure:
            return await self._look(hit, go_on)
        return await go_on()

    async def _look(self, hit: CarefulHit, go_on: Callable[[], Awaitable[Hit]]) -> Hit:
        before = hit.claim.before if hit.claim else None
        seen = await self._submit(Read(hit.page, hit.token, hit.days, claim=before))
        if seen.alive:
            return _shown(seen)
        if seen.known:
            hit.page.known = True
        elif self._is_full(hit.page):
            msg = "the store is nearly full, and this page is new"
            raise CounterFull(msg)
        elif not hit.new_pages:
            msg = "too many new pages in this minute; those that are known are counted"
            raise TooManyNewPages(msg)
        return await go_on()

    async def _count_claimed(self, hit: CarefulHit, name: str) -> Hit:
        began = self._clock()
        if not await self._submit(Claim(hit.page, name, self._claim_ttl_s)):
            # In the next batch, which has the hit of whoever made the claim just now.
            seen = await self._submit(Read(hit.page, days=hit.days, refresh=True))
            return _shown(seen)
        try:
            return await hit.then()
        except CounterUnavailable as ex:
            # Later, the claim might be another visit's.
            ours = self._clock() - began < self._claim_ttl_s / 2
            if ex.is_uncounted and ours:
                with contextlib.suppress(CounterUnavailable):
                    await self._send(hit.page.release(name), 1)
            raise


def _shown(seen: Any) -> Hit:
    return Hit(seen.total, seen.days[0] if seen.days else None, False, None)
