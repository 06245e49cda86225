"""Hits before which the store is asked whether they are to be counted.

It is for visitors who bring a token, and for pages that may be new where those are limited.

PERF: without a task or a coroutine, whose turns of the event loop each would wait for.
"""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from hitsvc.counting.claims import ClaimNames
from hitsvc.counting.commands import PageCommands
from hitsvc.counting.days import Day
from hitsvc.counting.operations import Hit, Operation, Read, Reading
from hitsvc.counting.outcome import Outcome
from hitsvc.errors import CounterFull, TooManyNewPages


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
    then: Callable[[], Outcome[Hit]]


class Looked(Outcome[Hit]):
    """What becomes of a hit that is counted only if what is found says so."""

    __slots__ = ("_asked", "_hit", "_is_full")

    def __init__(
        self,
        hit: CarefulHit,
        submit: Callable[[Operation], Outcome[Any]],
        is_full: Callable[[PageCommands], bool],
    ) -> None:
        """Ask.

        Args:
            hit: What is known of it.
            submit: Sends an operation once.
            is_full: Tells whether there is no room for a new page.

        Raises:
            CounterBusy: Too many operations wait.
        """
        super().__init__()
        self._hit = hit
        self._is_full = is_full
        self._asked: Outcome[Any] = submit(Read(hit.page, hit.token, hit.days))
        self._asked.add_done_callback(self._found)

    def cancel(self) -> bool:
        """Want to know it no longer: what has not been sent will not be."""
        cancelled = super().cancel()
        self._asked.cancel()
        return cancelled

    def _found(self, asked: Outcome[Reading]) -> None:
        if self.is_over:
            return  # the caller has gone, and nothing is counted
        try:
            shown = judged(self._hit, asked.result(), self._is_full)
            if shown is None:
                self._asked = self._hit.then()
                self._asked.add_done_callback(self.settle)
            else:
                self.set_result(shown)
        except BaseException as ex:  # whoever waits handles it
            self.set_exception(ex)


def judged(
    hit: CarefulHit, seen: Reading, is_full: Callable[[PageCommands], bool]
) -> Hit | None:
    """Return what to show of a page if its hit is not to be counted.

    Args:
        hit: What is known of it.
        seen: What was found.
        is_full: Tells whether there is no room for a new page.

    Returns:
        `None` if it is to be counted.

    Raises:
        CounterFull: The page is new, and there is no room.
        TooManyNewPages: It is one of too many.
    """
    if seen.alive:
        return shown(seen)
    if seen.known:
        hit.page.known = True
    elif is_full(hit.page):
        msg = "the store is nearly full, and this page is new"
        raise CounterFull(msg)
    elif not hit.new_pages:
        msg = "too many new pages in this minute; those that are known are counted"
        raise TooManyNewPages(msg)
    return None


def shown(seen: Reading) -> Hit:
    """Return what is shown of a page without counting."""
    return Hit(seen.total, seen.days[0] if seen.days else None, False, None)
