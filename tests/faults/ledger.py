"""What visitors were told, held against what the store holds.

The promise is acknowledged <= stored <= attempted for every page, and that no number is
given to two visitors. Numbers of one page begin at 1 and each comes once, so an
acknowledged number above the stored total is a hit that was lost.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import NamedTuple


class Stored(NamedTuple):
    """What the store holds of a page: its total, and the sum of its days."""

    total: int
    days: int


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one round, or many, did to some pages.

    Attributes:
        rounds: How many rounds.
        attempted: Hits that were sent, or may have been.
        acknowledged: Hits that were answered with a number.
        refused: Hits that were answered with an error.
        stored: The sum of the totals.
        lost: Acknowledged hits that are not in the totals.
        doubled: Acknowledged numbers that were given out before.
        invented: Stored hits that nobody attempted.
        apart: Pages whose days do not add up to their total.
    """

    rounds: int = 0
    attempted: int = 0
    acknowledged: int = 0
    refused: int = 0
    stored: int = 0
    lost: int = 0
    doubled: int = 0
    invented: int = 0
    apart: int = 0

    def __add__(self, other: "Outcome") -> "Outcome":
        """Add two up."""
        mine, others = asdict(self), asdict(other)
        return Outcome(**{name: mine[name] + others[name] for name in mine})

    @property
    def wrong(self) -> int:
        """Hits that break the promise."""
        return self.lost + self.doubled + self.invented


def judge(
    attempted: int, acknowledged: Sequence[int], refused: int, stored: Stored
) -> Outcome:
    """Judge one page after one round; it was new when the round began."""
    above = sum(number > stored.total for number in acknowledged)
    return Outcome(
        attempted=attempted,
        acknowledged=len(acknowledged),
        refused=refused,
        stored=stored.total,
        lost=max(above, len(acknowledged) - stored.total, 0),
        doubled=sum(times - 1 for times in Counter(acknowledged).values()),
        invented=max(0, stored.total - attempted),
        apart=int(stored.total != stored.days),
    )
