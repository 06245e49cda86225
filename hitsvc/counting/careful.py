"""Hits that are not counted at once: something must be looked at, or claimed, before.

A claim is made first, and then the hit is counted, so that of two visits at once one is a
refresh. What becomes of the claim follows what is known of the hit:

- counted: it stays, until its time is over;
- certainly not counted: it is taken back, or the next visit would not count either;
- nobody knows: it stays, so that what may be counted is not counted again.

A hit is counted to the end once its claim is made, whether or not anybody still waits.

PERF: without a task or a coroutine, whose turns of the event loop each would wait for.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from typing import Any

from hitsvc.counting.claims import ClaimNames
from hitsvc.counting.commands import PageCommands
from hitsvc.counting.looking import CarefulHit, Looked, judged, shown
from hitsvc.counting.operations import Claim, Hit, Operation, Read, Reading
from hitsvc.counting.outcome import Outcome, report, when
from hitsvc.counting.waiting import until
from hitsvc.errors import CounterUnavailable


class CarefulHits:
    """Looks first, claims, and counts unless that says otherwise.

    Attributes:
        submit: As `__init__` got it, like all others; each claimed hit uses them.
        send: Sends past what waits.
        is_full: Tells whether there is room.
        claim_ttl_s: How long a claim is there.
        clock: Tells the time.
    """

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
            submit: Sends an operation once; see `GroupCommit.submit`.
            send: Sends commands once, past what waits, and returns a reply to each.
            is_full: Tells whether there is no room for a new page.
            claim_ttl_s: Seconds for which a claim is there.
            clock: Returns seconds that never go back.
        """
        self.submit = submit
        self.send = send
        self.is_full = is_full
        self.claim_ttl_s = claim_ttl_s
        self.clock = clock
        self._begun = 0  # hits that are claimed
        self._idle: asyncio.Future[None] | None = None

    def hit(self, hit: CarefulHit) -> Outcome[Hit]:
        """Count a hit, unless its visitor was counted a moment ago.

        Returns:
            What will hold the hit; or `CounterUnavailable`, `CounterFull` or
            `TooManyNewPages`, as `Counting.hit` says.

        Raises:
            CounterBusy: Too many operations wait; of a hit that is claimed, what is
                returned holds it.
        """
        if hit.claim is None:
            return Looked(hit, self.submit, self.is_full)
        self._begun += 1
        claimed = _Claimed(self, hit, hit.claim)
        claimed.begin()
        return claimed

    def ended(self) -> None:
        """Note that a hit that is claimed has come to its end."""
        self._begun -= 1
        if not self._begun and self._idle is not None:
            self._idle.set_result(None)
            self._idle = None

    def close(self) -> Coroutine[Any, Any, None]:
        """Return what waits until all that has begun has ended."""
        return until(self._ending)

    def _ending(self) -> asyncio.Future[None] | None:
        if self._begun and self._idle is None:
            self._idle = asyncio.get_running_loop().create_future()
        return self._idle


class _Claimed(Outcome[Hit]):
    """What becomes of a hit that is claimed; it goes on if nobody wants to know of it."""

    __slots__ = (
        "_began",
        "_claim",
        "_common",
        "_failure",
        "_hit",
        "_is_claimed",
        "_step",
    )

    def __init__(self, common: CarefulHits, hit: CarefulHit, claim: ClaimNames) -> None:
        super().__init__()
        self._common = common
        self._hit = hit
        self._claim = claim
        self._began = 0.0
        self._is_claimed = False
        self._failure: BaseException | None = None
        self._step: Callable[[Any], object] | None = None

    def begin(self) -> None:
        """Look first, if anything may say that it is no hit; then claim it."""
        hit, claim = self._hit, self._claim
        try:
            sure = hit.page.known or (hit.new_pages and not self._is_full(hit.page))
            if hit.token or claim.before or not sure:
                look = Read(hit.page, hit.token, hit.days, claim=claim.before)
                self._wait_for(self._common.submit(look), self._look)
            else:
                self._make_claim()
        except BaseException as ex:  # whoever waits handles it
            self._fail(ex)

    def _wait_for(self, asked: Outcome[Any], step: Callable[[Any], object]) -> None:
        self._step = step
        asked.add_done_callback(self._go_on)

    def _go_on(self, asked: Outcome[Any]) -> None:
        step, self._step = self._step, None
        assert step is not None  # noqa: S101
        try:
            step(asked.result())
        except BaseException as ex:  # whoever waits handles it
            self._fail(ex)

    def _look(self, seen: Reading) -> None:
        known = judged(self._hit, seen, self._is_full)
        if known is None:
            self._make_claim()
        else:
            self._tell(known)

    def _make_claim(self) -> None:
        self._began = self._common.clock()
        claim = Claim(self._hit.page, self._claim.today, self._common.claim_ttl_s)
        self._wait_for(self._common.submit(claim), self._count)

    def _count(self, is_ours: bool) -> None:
        if is_ours:
            self._is_claimed = True
            self._wait_for(self._hit.then(), self._tell)
        else:
            # In the next batch, which has the hit of whoever made the claim just now.
            read = Read(self._hit.page, days=self._hit.days, refresh=True)
            self._wait_for(self._common.submit(read), self._refresh)

    def _refresh(self, seen: Reading) -> None:
        self._tell(shown(seen))

    def _tell(self, hit: Hit) -> None:
        self._common.ended()
        self.set_result(hit)

    def _fail(self, error: BaseException) -> None:
        common = self._common
        if self._is_claimed and isinstance(error, CounterUnavailable):
            # Later, the claim might be another visit's.
            ours = common.clock() - self._began < common.claim_ttl_s / 2
            if error.is_uncounted and ours:
                self._take_back(error)
                return
        common.ended()
        self.set_exception(error)

    def _take_back(self, failure: CounterUnavailable) -> None:
        self._failure = failure
        release = self._hit.page.release(self._claim.today)
        try:
            when(self._common.send(release, 1), self._released)
        except Exception as ex:  # a defect; nobody is left waiting
            self._end_uncounted(ex)

    def _released(self, asked: Any) -> None:
        self._end_uncounted(None if asked.cancelled() else asked.exception())

    def _end_uncounted(self, error: BaseException | None) -> None:
        """Tell why the hit was not counted, whatever has become of its claim."""
        if error is not None and not isinstance(error, CounterUnavailable):
            report(error)
        failure, self._failure = self._failure, None
        assert failure is not None  # noqa: S101
        self._common.ended()
        self.set_exception(failure)

    def _is_full(self, page: PageCommands) -> bool:
        return self._common.is_full(page)
