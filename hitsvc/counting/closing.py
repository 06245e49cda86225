"""Closing days: the sketch of a day that is over becomes a number, and goes.

The number is set and not added, with the sum of its year, then the sketch is removed, then its name is taken off the
list. So each step can be repeated, by whoever comes after one that was killed, or by several
at once: a sketch does not change any more, and one that is gone changes nothing.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from hitsvc.counting.commands import spell
from hitsvc.counting.days import Day
from hitsvc.counting.keys import Keys, PageKeys
from hitsvc.counting.reply_types import failure, is_count, is_list
from hitsvc.counting.visitors import SUM, summed
from hitsvc.errors import CounterUnavailable

log = logging.getLogger(__name__)

# A day is closed so long after it is over, at least: what was on its way has come.
LOOK_EVERY_S = 60.0
# PERF: by estimate, a batch takes a store 3 ms at most, and us 10: a sketch of 12 kB and the
# numbers of a year are 50 us there.
MAX_BATCH = 50
_REST_S = 0.05
_MAX_DAYS = 1_000


class Closing:
    """Closes the days that are over, a while after midnight and after each start."""

    def __init__(
        self,
        keys: Keys,
        send: Callable[[str, int], Awaitable[Sequence[Any]]],
        today: Callable[[], Day],
        every_s: float = LOOK_EVERY_S,
        rest_s: float = _REST_S,
    ) -> None:
        """Prepare.

        Args:
            keys: Names sketches and numbers.
            send: Sends commands once and returns a reply to each, or raises
                `CounterUnavailable`.
            today: Tells the day.
            every_s: Seconds from one look to the next.
            rest_s: Seconds for which the store may do other things, after each batch.
        """
        self._keys = keys
        self._send = send
        self._today = today
        self._every_s = every_s
        self._rest_s = rest_s
        self._task: asyncio.Task[None] | None = None

    def begin(self) -> None:
        """Look every minute whether a day is over."""
        self._task = asyncio.create_task(self._go_on())

    async def close(self) -> None:
        """Stop; what is half done is done again by the next."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait([self._task])

    async def _go_on(self) -> None:
        while True:
            day = self._today()
            await asyncio.sleep(self._every_s)
            try:
                await self.close_before(day)
            except CounterUnavailable as ex:
                log.warning(
                    "Visitors of a day that is over are not summed up yet: %s", ex
                )

    async def close_before(self, today: Day) -> None:
        """Close all days before one.

        Raises:
            CounterUnavailable: The store did not answer, or refuses; the rest is done by
                the next look.
        """
        name = self._keys.open_days
        (days,) = await self._ask(spell("SRANDMEMBER", name, str(_MAX_DAYS)))
        for text in sorted(map(_text, days)):
            if Day.named(text) < today:
                while await self._close_some(text):
                    await asyncio.sleep(self._rest_s)
                await self._ask(spell("SREM", name, text))

    async def _close_some(self, day: str) -> bool:
        """Close some sketches of a day; tell whether there were any."""
        listed = self._keys.open_sketches(day)
        (members,) = await self._ask(spell("SRANDMEMBER", listed, str(MAX_BATCH)))
        stems = list(map(_text, members))
        if not stems:
            return False
        year, _, field = day.partition("-")
        sketches = [PageKeys(stem).sketch(day) for stem in stems]
        years = [PageKeys(stem).visitors(int(year)) for stem in stems]
        counts = await self._ask(
            *(spell("PFCOUNT", name) for name in sketches),
            *(spell("HGETALL", name) for name in years),
        )
        numbers = [
            spell("HSET", name, *_said(field, count, held))
            for name, count, held in zip(
                years, counts[: len(stems)], counts[len(stems) :], strict=True
            )
            if count  # else it was closed by another, and is gone
        ]
        if numbers:
            await self._ask(*numbers)
        await self._ask(*(spell("EXPIRE", name, "0") for name in sketches))
        await self._ask(spell("SREM", listed, *stems))
        return True

    async def _ask(self, *commands: str) -> Sequence[Any]:
        replies = await self._send("".join(commands), len(commands))
        if error := failure(_is_any, *replies):
            raise error
        return replies


def _said(field: str, count: int, held: Any) -> tuple[str, ...]:
    """Say a number, and the sum that the year has with it."""
    try:
        return field, str(count), SUM, summed(held, field, count)
    except ValueError:  # not our numbers; so whoever reads them will say
        return field, str(count)


def _is_any(reply: Any) -> bool:
    return is_count(reply) or is_list(reply) or isinstance(reply, bool | set | dict)


def _text(name: bytes | str) -> str:
    return name.decode() if isinstance(name, bytes) else name
