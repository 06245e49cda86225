"""Answers that say more than a hit tells: days before today, and visitors.

The hit is counted first, then the rest is read: visitors in the same batch, where they can be,
so that who comes just now is among them.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

from hitsvc.answer import CountRenderer, VisitedJsonRenderer
from hitsvc.badge import Look
from hitsvc.counter import HitCounter
from hitsvc.counting import Asking, Begun, Hit, Outcome, Reading, Visitors
from hitsvc.errors import VisitorsNotCounted


class Answer(NamedTuple):
    """What a client gets.

    Attributes:
        body: The count in a form.
        cookie: The value of ``Set-Cookie``, if there is one.
    """

    body: bytes
    cookie: str | None = None


class Pending(NamedTuple):
    """A request that waits for Redis.

    Attributes:
        future: What Redis will say.
        answer: Makes the answer of it, once it is there.
    """

    future: Outcome[Any]
    answer: Callable[[], Answer]


class _Known(NamedTuple):
    """What an answer is made of.

    Attributes:
        total: All hits.
        today: Those of today.
        recent: Those of the days that the look shows.
        visitors: The visitors, if they are shown and to be had.
    """

    total: int
    today: int
    recent: int
    visitors: Visitors | None


class Further:
    """Reads what an answer needs beyond its hit, and makes the answer."""

    def __init__(self, counter: HitCounter, renderer: CountRenderer) -> None:
        """Answer in this form, with what the counter knows."""
        self._counter = counter
        self._renderer = renderer
        self._json = renderer if isinstance(renderer, VisitedJsonRenderer) else None

    def begin(
        self,
        key: str,
        look: Look,
        begin: Callable[[], Pending],
        *,
        counts: bool = True,
    ) -> Pending:
        """Begin what needs no more than usual, and then ask for more; do not wait.

        Args:
            key: Of the page.
            look: How its count is to be shown.
            begin: Begins it.
            counts: It may count a hit.

        Raises:
            CounterBusy: Too many wait already.
            VisitorsNotCounted: The look shows visitors; nothing has begun.
        """
        asking = None
        if look.of_visitors or self._json:
            if not self._counter.tells_visitors:
                raise VisitorsNotCounted
            each = look.of_visitors and look.amount.days > 1
            asking = self._counter.asking(key, each=each)
        pending = begin()
        if asking:
            asking.begun(counts=counts)
        known = Begun(self._read(key, look, pending, asking))

        def answer() -> Answer:
            body = self._render(key, look, known.result())
            return Answer(body, pending.answer().cookie)

        return Pending(known, answer)

    async def _read(
        self, key: str, look: Look, pending: Pending, asking: Asking | None
    ) -> _Known:
        found: Hit | Reading = await pending.future
        days = []
        if look.days > 1:
            days = list((await self._counter.read(key, days=look.days)).days)
        visitors = None
        if asking:
            visitors = await (asking.read() if look.of_visitors else asking.told())
        if isinstance(found, Hit):
            # Others may have been counted since; this one's number is its own.
            total, today = found.number, found.today or 0
        else:
            total, today = found.total, found.days[-1] if found.days else 0
        return _Known(total, days[-1] if days else today, sum(days) or today, visitors)

    def _render(self, key: str, look: Look, known: _Known) -> bytes:
        total, today, recent, visitors = known
        if self._json:
            return self._json.tell(key, total, today, look, recent, visitors)
        if look.of_visitors and visitors:
            total, recent = visitors.total, visitors.latest(look.amount.days)
        return self._renderer.render(key, total, today, look, recent)
