"""What is asked of Redis, and what comes of it."""

from collections.abc import Sequence
from typing import NamedTuple

from hitsvc.counting.commands import PageCommands
from hitsvc.counting.days import Day
from hitsvc.counting.visitors import ReadVisitors, Sighting, Visitors
from hitsvc.errors import CounterUnavailable


class Count:
    """Count a hit and keep its token; the result is a `Hit`.

    Attributes:
        page: Which page.
        token: The token, if it has one.
    """

    # PERF: 500 instructions less than a tuple with names.
    __slots__ = ("page", "token")

    def __init__(self, page: PageCommands, token: str | None) -> None:
        """Count a hit of a page."""
        self.page = page
        self.token = token


class Read(NamedTuple):
    """Read a total, and more if asked; the result is a `Reading`.

    Attributes:
        page: Which page.
        token: Tell whether this one is alive.
        days: Tell the hits of these, in this order.
        undated: Tell those without a date.
        claim: Tell whether this one is there; then the token is alive, too.
        refresh: It is for a visitor who is known to have been counted.
    """

    page: PageCommands
    token: str | None = None
    days: Sequence[Day] = ()
    undated: bool = False
    claim: str | None = None
    refresh: bool = False


class Claim(NamedTuple):
    """Make a claim; the result tells whether nobody had made it."""

    page: PageCommands
    name: str
    ttl_s: int


class Probe(NamedTuple):
    """Find out whether Redis takes writes; the result is true, or a refusal."""

    page: PageCommands


class Hit:
    """The answer to a hit.

    Attributes:
        number: The count to show. No other counted hit of the URL has the same.
        today: The same of today; ``None`` if the hit was not counted and nobody
            asked.
        counted: The hit has raised the total.
        token: What the visitor's cookie is to hold; ``None`` for no cookie.
    """

    __slots__ = ("counted", "number", "today", "token")

    def __init__(
        self, number: int, today: int | None, counted: bool, token: str | None
    ) -> None:
        """Tell; see the attributes."""
        self.number = number
        self.today = today
        self.counted = counted
        self.token = token


class Reading(NamedTuple):
    """What a `Read` found.

    Attributes:
        total: The page's hits; 0 for a page that is not there.
        known: The page is there.
        alive: The token in question is, or the claim is there.
        days: The hits of the days in question.
        undated: Those without a date.
    """

    total: int
    known: bool = True
    alive: bool = False
    days: Sequence[int] = ()
    undated: int = 0


Operation = Count | Read | Claim | Probe | Sighting | ReadVisitors
Result = Hit | Reading | Visitors | bool | CounterUnavailable | None
