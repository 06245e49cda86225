"""What one batch says to Redis, and what the replies mean for each operation.

Pure: operations in, commands out; replies in, results out. Within a batch,

- hits of one URL raise it once, by their number, and get distinct numbers in order
  of arrival;
- a URL's total is raised before its day and before its tokens are set, so that a
  failure half-way can lose a token but never leave one without its hit;
- reads come after the hits;
- a command that Redis refuses fails the operations it was for and no others.

No command names more than one key, so none ever needs two slots of a cluster.
"""

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from hitsvc.counting.commands import PageCommands
from hitsvc.errors import CounterUnavailable


class Count(NamedTuple):
    """Count a hit and keep its token; the result is a `Hit`."""

    page: PageCommands
    token: str | None


class Read(NamedTuple):
    """Read a total, some days, and whether a token is alive; the result is a `Reading`."""

    page: PageCommands
    token: str | None = None
    days: Sequence[str] = ()


class Probe(NamedTuple):
    """Find out whether Redis takes writes; the result is true, or a refusal."""

    page: PageCommands


class Hit(NamedTuple):
    """The answer to a hit.

    Attributes:
        number: The count to show. No other counted hit of the URL has the same.
        today: The same of today (UTC); ``None`` if the hit was not counted and nobody
            asked.
        counted: The hit has raised the total.
        token: What the visitor's cookie is to hold; ``None`` for no cookie.
    """

    number: int
    today: int | None
    counted: bool
    token: str | None


class Reading(NamedTuple):
    """A total, whether the token that came with the question is alive, and the days."""

    total: int
    alive: bool
    days: Sequence[int]


Operation = Count | Read | Probe
Result = Hit | Reading | bool | CounterUnavailable


class Batch:
    """Some operations as Redis commands.

    Attributes:
        commands: What to send.
        expected: How many replies Redis gives.
    """

    __slots__ = ("_hits", "_reads", "_size", "commands", "expected")

    def __init__(self, operations: Sequence[Operation], day: str) -> None:
        """Turn operations into commands.

        Args:
            operations: In order of arrival.
            day: Today in UTC, as ``YYYYMMDD``.
        """
        self._size = len(operations)
        self._hits: dict[PageCommands, list[tuple[int, str | None]]] = {}
        self._reads: list[tuple[int, Read | Probe]] = []
        spelled: list[str] = []
        for place, operation in enumerate(operations):
            if isinstance(operation, Count):
                place_and_token = place, operation.token
                self._hits.setdefault(operation.page, []).append(place_and_token)
            else:
                self._reads.append((place, operation))
        for page, hits in self._hits.items():
            spelled.append(page.count(len(hits), day))
            spelled += [page.keep(token) for _, token in hits if token]
        # So far one string was two commands for each URL.
        self.expected = len(spelled) + len(self._hits)
        for _, read in self._reads:
            said = _questions(read)
            spelled += said
            self.expected += len(said)
        self.commands = "".join(spelled)

    def results(self, replies: Sequence[Any]) -> list[Result]:
        """Give each operation its result.

        Args:
            replies: Redis' reply to each command; an error reply as an exception.

        Returns:
            One result an operation, in their order.
        """
        results: list[Any] = [None] * self._size
        reply = iter(replies)
        for hits in self._hits.values():
            total, today = next(reply), next(reply)
            failed = _refusal(total, today)
            for after, (place, token) in enumerate(hits, start=1 - len(hits)):
                kept = next(reply) if token else None
                if failed or isinstance(kept, Exception):
                    results[place] = failed or _refusal(kept)
                else:
                    results[place] = Hit(total + after, today + after, True, token)
        for place, read in self._reads:
            results[place] = _seen(read, reply)
        return results


def _questions(read: Read | Probe) -> list[str]:
    if isinstance(read, Probe):
        return [read.page.probe()]
    said = [read.page.total()]
    if read.token:
        said.append(read.page.find(read.token))
    if read.days:
        said.append(read.page.days(read.days))
    return said


def _seen(read: Read | Probe, reply: Iterator[Any]) -> Result:
    if isinstance(read, Probe):
        return _refusal(next(reply)) or True
    total = next(reply)
    alive = next(reply) if read.token else 0
    days = next(reply) if read.days else ()
    if error := _refusal(total, alive, days):
        return error
    try:
        return Reading(int(total or 0), bool(alive), [int(hits or 0) for hits in days])
    except ValueError:
        return CounterUnavailable("Redis holds something else than a number there")


def _refusal(*replies: Any) -> CounterUnavailable | None:
    for reply in replies:
        if isinstance(reply, Exception):
            error = CounterUnavailable(f"Redis refused: {reply}")
            error.__cause__ = reply
            return error
    return None
