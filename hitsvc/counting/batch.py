"""What one batch says to Redis, and what the replies mean for each operation.

Pure: operations in, commands out; replies in, results out. Within a batch,

- hits of one URL raise it once, by their number, and get distinct numbers in order
  of arrival;
- a URL's total is raised before its day and before its tokens are set, so that a
  failure half-way can lose a token but never leave one without its hit;
- reads come after the hits; who wants to know the visitors of one page asks once;
- a command that Redis refuses fails the operations it was for and no others;
- a page whose total passes a power of two has grown: it is time to index it.

No command names more than one key, so none ever needs two slots of a cluster.
"""

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any

from hitsvc.counting import visitors
from hitsvc.counting.commands import PageCommands
from hitsvc.counting.days import Day
from hitsvc.counting.operations import (
    Claim,
    Count,
    Hit,
    Operation,
    Probe,
    Read,
    Reading,
    Result,
)
from hitsvc.counting.reply_types import (
    TOO_LARGE,
    failure,
    is_count,
    is_list,
    is_ok,
    is_ok_or_none,
    is_text,
    number,
    unexpected,
)
from hitsvc.counting.visitors import ReadVisitors, Sighting
from hitsvc.errors import CounterUnavailable

_Other = Read | Claim | Probe | Sighting | ReadVisitors


class Batch:
    """Some operations as Redis commands.

    Attributes:
        commands: What to send.
        expected: How many replies Redis gives.
        grown: Pages whose total has passed a power of two, once `results` knows it.
        new: How many of these had no hits before.
    """

    __slots__ = ("_hits", "_reads", "_size", "commands", "expected", "grown", "new")

    def __init__(self, operations: Sequence[Operation], day: Day) -> None:
        """Turn operations into commands.

        Args:
            operations: In order of arrival.
            day: Today.
        """
        self.grown: list[str] = []
        self.new = 0
        self._size = len(operations)
        self._hits: dict[PageCommands, list[tuple[int, str | None]]] = {}
        self._reads: list[tuple[int, _Other]] = []
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
        if self._reads:
            said = [word for read in _once(self._reads) for word in _questions(read)]
            spelled += said
            self.expected += len(said)
        self.commands = "".join(spelled)

    def results(self, replies: Sequence[Any]) -> list[Result]:
        """Give each operation its result.

        Args:
            replies: Redis' reply to each command; an error reply as an exception.

        Returns:
            One result an operation, in their order.

        Raises:
            UnexpectedReply: A reply is not of its command's type.
        """
        results: list[Any] = [None] * self._size
        at = 0  # PERF: 250 instructions a hit less than an iterator
        for page, hits in self._hits.items():
            total, today = replies[at], replies[at + 1]
            at += 2
            failed = None
            if (
                not type(total) is type(today) is int
                or total >= TOO_LARGE
                or today >= TOO_LARGE
            ):
                failed = _refusal(total, today)
            if not failed and total.bit_length() != (total - len(hits)).bit_length():
                self.grown.append(page.key)
                self.new += total == len(hits)
            for after, (place, token) in enumerate(hits, start=1 - len(hits)):
                lost = None
                if token:
                    if replies[at] != b"OK":
                        lost = failure(is_ok, replies[at])
                    at += 1
                if failed or lost:
                    results[place] = failed or lost
                else:
                    results[place] = Hit(total + after, today + after, True, token)
        if self._reads:
            self._tell(iter(replies[at:]), results)
        return results

    def _tell(self, reply: Iterator[Any], results: list[Any]) -> None:
        told: dict[ReadVisitors, Result] = {}
        for place, read in self._reads:
            if isinstance(read, ReadVisitors):
                if read not in told:
                    told[read] = visitors.found(read, reply)
                results[place] = told[read]
            else:
                results[place] = _seen(read, reply)


def _refusal(total: Any, today: Any) -> CounterUnavailable | None:
    failed = failure(is_count, total, today)
    if failed and failed.__cause__ is total:
        failed.is_uncounted = True
    return failed


def _once(reads: Sequence[tuple[int, _Other]]) -> Iterator[_Other]:
    """Leave out what asks for visitors that another asks for."""
    asked: set[ReadVisitors] = set()
    for _, read in reads:
        if isinstance(read, ReadVisitors):
            if read in asked:
                continue
            asked.add(read)
        yield read


def _questions(read: _Other) -> list[str]:
    if isinstance(read, Sighting):
        return [read.page.see(read.name, read.day)]
    if isinstance(read, ReadVisitors):
        return visitors.questions(read)
    if isinstance(read, Probe):
        return [read.page.probe()]
    if isinstance(read, Claim):
        return [read.page.claim(read.name, read.ttl_s)]
    said = [read.page.total()]
    if read.token:
        said.append(read.page.find(read.token))
    if read.claim:
        said.append(read.page.find_claim(read.claim))
    said += [
        read.page.days(year, [day.field for day in days])
        for year, days in groupby(read.days, _year)
    ]
    if read.undated:
        said.append(read.page.undated())
    return said


def _year(day: Day) -> int:
    return day.year


def _seen(read: Read | Claim | Probe | Sighting, reply: Iterator[Any]) -> Result:
    if isinstance(read, Sighting):
        return failure(is_count, next(reply)) or True
    if isinstance(read, Probe):
        return failure(is_ok, next(reply)) or True
    if isinstance(read, Claim):
        made = next(reply)
        return failure(is_ok_or_none, made) or made is not None
    total = next(reply)
    alive = next(reply) if read.token else 0
    claimed = next(reply) if read.claim else 0
    years = [next(reply) for _ in groupby(read.days, _year)]
    undated = next(reply) if read.undated else None
    plain = type(total) is bytes and type(alive) is int and alive < TOO_LARGE
    if (not plain or read.claim or years or undated is not None) and (
        error := _unreadable(read, [total, undated], [alive, claimed], years)
    ):
        return error
    try:
        return Reading(
            number(total),
            total is not None,
            bool(alive or claimed),
            [number(hits) for year in years for hits in year],
            number(undated),
        )
    except ValueError:
        return CounterUnavailable("Redis holds something else than a number there")


def _unreadable(
    read: Read, texts: Sequence[Any], counts: Sequence[Any], years: Sequence[Any]
) -> CounterUnavailable | None:
    """Look at the replies to a read more closely; see `failure`."""
    error = (
        failure(is_text, *texts)
        or failure(is_count, *counts)
        or failure(is_list, *years)
    )
    if error:
        return error
    days = [hits for year in years for hits in year]
    if len(days) != len(read.days):
        raise unexpected(years)
    return failure(is_text, *days)
