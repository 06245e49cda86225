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
from typing import Any

from hitsvc.counting.claims import ClaimNames
from hitsvc.counting.commands import PageCommands
from hitsvc.counting.looking import CarefulHit, Looked, judged, shown
from hitsvc.counting.operations import Claim, Hit, Operation, Read
from hitsvc.counting.outcome import Outcome
from hitsvc.errors import CounterUnavailable


class CarefulHits:
    """Looks first, claims, and counts unless that says otherwise."""

    def __init__(
        self,
        submit: Callable[[Operation], Outcome[Any]],
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

    def hit(self, hit: CarefulHit) -> Outcome[Hit]:
        """Count a hit, unless its visitor was counted a moment ago.

        Returns:
            What will hold the hit; or `CounterUnavailable`, `CounterFull` or
            `TooManyNewPages`, as `HitCounter.hit` says.

        Raises:
            CounterBusy: Too many operations wait.
        """
        if hit.claim is None:
            return Looked(hit, self._submit, self._is_full)
        task = asyncio.ensure_future(self._claim(hit, hit.claim))
        self._claimed.add(task)
        task.add_done_callback(self._claimed.discard)
        # Not of the task: it goes on when nobody wants to know of it.
        outcome: Outcome[Hit] = Outcome()
        task.add_done_callback(outcome.settle)
        return outcome

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
        return judged(hit, seen, self._is_full) or await go_on()

    async def _count_claimed(self, hit: CarefulHit, name: str) -> Hit:
        began = self._clock()
        if not await self._submit(Claim(hit.page, name, self._claim_ttl_s)):
            # In the next batch, which has the hit of whoever made the claim just now.
            seen = await self._submit(Read(hit.page, days=hit.days, refresh=True))
            return shown(seen)
        try:
            return await hit.then()
        except CounterUnavailable as ex:
            # Later, the claim might be another visit's.
            ours = self._clock() - began < self._claim_ttl_s / 2
            if ex.is_uncounted and ours:
                with contextlib.suppress(CounterUnavailable):
                    await self._send(hit.page.release(name), 1)
            raise
