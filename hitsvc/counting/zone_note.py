"""The zone of the days, written where the counts are.

Commands go by it, whatever their own settings say: days are what the service counts them
as. And a change of it is told, because the day of the change has hits by both.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from hitsvc.counting.commands import spell
from hitsvc.counting.days import UTC
from hitsvc.counting.keys import Keys
from hitsvc.counting.reply_types import failure, is_ok, is_text
from hitsvc.errors import CounterUnavailable

log = logging.getLogger(__name__)

RETRY_S = 5.0


async def zone_kept(
    keys: Keys, send: Callable[[str, int], Awaitable[Sequence[Any]]]
) -> str:
    """Read what zone is written down; empty if none is.

    Raises:
        CounterUnavailable: Redis did not say.
    """
    (kept,) = await send(spell("GET", keys.zone), 1)
    if error := failure(is_text, kept):
        raise error
    return kept.decode() if isinstance(kept, bytes) else kept or ""


class ZoneNote:
    """Writes it down at the start, as soon as the store answers. Nobody waits for it."""

    def __init__(
        self,
        keys: Keys,
        zone: str,
        send: Callable[[str, int], Awaitable[Sequence[Any]]],
        is_first: Callable[[], bool] = lambda: True,
        retry_s: float = RETRY_S,
    ) -> None:
        """Prepare.

        Args:
            keys: Names where it is written.
            zone: Its name.
            send: Sends commands once and returns a reply to each, or raises
                `CounterUnavailable`.
            is_first: Tells whether no other process has told of a change.
            retry_s: Seconds until a store that did not answer is asked again.
        """
        self._keys = keys
        self._zone = zone
        self._send = send
        self._is_first = is_first
        self._retry_s = retry_s
        self._task: asyncio.Task[None] | None = None

    def begin(self) -> None:
        """Have it written."""
        self._task = asyncio.create_task(self._write())

    async def close(self) -> None:
        """Leave it, if the store has not answered yet."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait([self._task])

    async def _write(self) -> None:
        while True:
            try:
                return await self._compare()
            except CounterUnavailable:
                await asyncio.sleep(self._retry_s)

    async def _compare(self) -> None:
        # Where none is written, hits were counted in UTC; and such a store stays as it is.
        before = await zone_kept(self._keys, self._send) or UTC
        if before == self._zone:
            return
        (done,) = await self._send(spell("SET", self._keys.zone, self._zone), 1)
        if error := failure(is_ok, done):
            raise error
        if self._is_first():
            log.warning(
                "HITSVC_TIMEZONE: days are those of %s from now on, until now of %s; no "
                "total changes, days that are over stay as they were counted, and the day "
                "of the change has hits by both",
                self._zone,
                before,
            )
