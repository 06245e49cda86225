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

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from hitsvc.errors import CounterUnavailable
from hitsvc.keys import PageKeys

Command = tuple[str | int, ...]


class Count(NamedTuple):
    """Count a hit and keep its token; the result is the hit's number."""

    page: PageKeys
    token: str | None


class Look(NamedTuple):
    """Read a total, and whether a token is alive; the result is a `Seen`."""

    page: PageKeys
    token: str | None


class Today(NamedTuple):
    """Read the hits of this day; the result is their number."""

    page: PageKeys
    token: None = None


class Seen(NamedTuple):
    """A total, and whether the token that came with the question is alive."""

    total: int
    alive: bool


Operation = Count | Look | Today
Result = int | Seen | CounterUnavailable


class Batch:
    """Some operations as Redis commands.

    Attributes:
        commands: What to send, in order; Redis gives one reply to each.
    """

    __slots__ = ("_hits", "_operations", "_reads", "commands")

    def __init__(
        self, operations: Sequence[Operation], day: str, token_ttl_s: int
    ) -> None:
        """Turn operations into commands.

        Args:
            operations: In order of arrival.
            day: Today in UTC, as ``YYYYMMDD``.
            token_ttl_s: Seconds for which a token lives.
        """
        self._operations = operations
        self._hits: defaultdict[str, list[int]] = defaultdict(list)
        self._reads: list[tuple[int, Look | Today]] = []
        for place, operation in enumerate(operations):
            if isinstance(operation, Count):
                self._hits[operation.page.total].append(place)
            else:
                self._reads.append((place, operation))
        self.commands: list[Command] = []
        add = self.commands.append
        for total, places in self._hits.items():
            page = operations[places[0]].page
            add(("INCRBY", total, len(places)))
            add(("HINCRBY", page.days, day, len(places)))
            for place in places:
                if token := operations[place].token:
                    add(("SET", page.token_prefix + token, 1, "EX", token_ttl_s))
        for _, read in self._reads:
            if isinstance(read, Today):
                add(("HGET", read.page.days, day))
                continue
            add(("GET", read.page.total))
            if read.token:
                add(("EXISTS", read.page.token_prefix + read.token))

    def results(self, replies: Sequence[Any]) -> list[Result]:
        """Give each operation its result.

        Args:
            replies: Redis' reply to each command; an error reply as an exception.

        Returns:
            One result an operation, in their order.
        """
        reply = iter(replies)
        results: list[Any] = [None] * len(self._operations)
        for places in self._hits.values():
            total, day = next(reply), next(reply)
            for after, place in enumerate(places, start=1 - len(places)):
                kept = next(reply) if self._operations[place].token else None
                results[place] = _refusal(total, day, kept) or total + after
        for place, read in self._reads:
            results[place] = _read(read, reply)
        return results


def _read(read: Look | Today, reply: Iterator[Any]) -> Result:
    value = next(reply)
    alive = next(reply) if isinstance(read, Look) and read.token else 0
    if error := _refusal(value, alive):
        return error
    try:
        number = int(value or 0)
    except ValueError:
        return CounterUnavailable("Redis holds something else than a number there")
    return number if isinstance(read, Today) else Seen(number, bool(alive))


def _refusal(*replies: Any) -> CounterUnavailable | None:
    for reply in replies:
        if isinstance(reply, Exception):
            error = CounterUnavailable(f"Redis refused: {reply}")
            error.__cause__ = reply
            return error
    return None
