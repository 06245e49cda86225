"""Answers that say more than a hit tells: days before today, and visitors.

The hit is counted first, then the rest is read: visitors in the same batch, where they can be,
so that who comes just now is among them.
"""

from typing import NamedTuple

from hitsvc.answer import CountRenderer, VisitedJsonRenderer
from hitsvc.badge import Look
from hitsvc.counter import HitCounter
from hitsvc.counting import Asking, Begun, Hit, Outcome, Reading, Visitors
from hitsvc.errors import VisitorsNotCounted


class Known(NamedTuple):
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
    """Reads what an answer needs beyond its hit, and makes the answer.

    Attributes:
        tells_visitors: Each answer tells visitors, whatever its look.
    """

    def __init__(self, counter: HitCounter, renderer: CountRenderer) -> None:
        """Answer in this form, with what the counter knows."""
        self._counter = counter
        self._renderer = renderer
        self._json = renderer if isinstance(renderer, VisitedJsonRenderer) else None
        self.tells_visitors = self._json is not None

    def asking(self, key: str, look: Look) -> Asking | None:
        """Prepare to ask for the visitors of a page, if they are shown.

        Args:
            key: Of the page.
            look: How its count is to be shown.

        Raises:
            VisitorsNotCounted: They are, and are not counted here.
        """
        if not (look.of_visitors or self.tells_visitors):
            return None
        if not self._counter.tells_visitors:
            raise VisitorsNotCounted
        each = look.of_visitors and look.amount.days > 1
        return self._counter.asking(key, each=each)

    def begin(
        self,
        key: str,
        look: Look,
        begun: Outcome[Hit] | Outcome[Reading],
        asking: Asking | None,
        *,
        counts: bool,
    ) -> Outcome[Known]:
        """Ask for more than what has begun tells; do not wait.

        Args:
            key: Of the page.
            look: How its count is to be shown.
            begun: It.
            asking: Made before that began.
            counts: It may count a hit.
        """
        if asking:
            asking.begun(counts=counts)
        return Begun(self._read(key, look, begun, asking))

    async def _read(
        self,
        key: str,
        look: Look,
        begun: Outcome[Hit] | Outcome[Reading],
        asking: Asking | None,
    ) -> Known:
        found: Hit | Reading = await begun
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
        return Known(total, days[-1] if days else today, sum(days) or today, visitors)

    def render(self, key: str, look: Look, known: Known) -> bytes:
        """Make the answer."""
        total, today, recent, visitors = known
        if self._json:
            return self._json.tell(key, total, today, look, recent, visitors)
        if look.of_visitors and visitors:
            total, recent = visitors.total, visitors.latest(look.amount.days)
        return self._renderer.render(key, total, today, look, recent)
