"""A proxy that nobody told us of: it says that there is HTTPS, and is not believed.

Then cookies are not for HTTPS, browsers drop them where a badge is on another site, and
refreshes count. That shows nowhere but in the numbers, so the operator is told: once in the
log, and by ``hitsvc doctor``, which finds it in the store.
"""

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from hitsvc.counting.commands import spell
from hitsvc.counting.keys import Keys
from hitsvc.errors import CounterUnavailable

log = logging.getLogger(__name__)

KEPT_S = 30 * 86_400


class UnheededProxy:
    """Tells of the first such proxy."""

    def __init__(
        self,
        keys: Keys,
        send: Callable[[str, int], Awaitable[Sequence[Any]]],
        is_first: Callable[[], bool] = lambda: True,
    ) -> None:
        """Begin with none.

        Args:
            keys: Names where it is written.
            send: Sends commands once and returns a reply to each, or raises
                `CounterUnavailable`.
            is_first: Tells whether no other process has told of it.
        """
        self._keys = keys
        self._send = send
        self._is_first = is_first
        self._told = False
        self._writer: asyncio.Task[None] | None = None

    def add(self, address: str) -> None:
        """Note that a proxy is not believed.

        Args:
            address: Its own, a private one: not a visitor's.
        """
        if self._told:
            return
        self._told = True
        if not self._is_first():
            return
        log.warning(
            "X-Forwarded-Proto: https comes from %s, which is not in "
            "HITSVC_FORWARDED_ALLOW_IPS, so it is not believed: cookies are set as over "
            "plain HTTP, and refreshes of badges on other sites count. If that is your "
            "proxy's address, add it there",
            address,
        )
        self._writer = asyncio.create_task(self._write(address))

    async def close(self) -> None:
        """Let what is being written be."""
        if self._writer is not None:
            await asyncio.wait([self._writer])

    async def _write(self, address: str) -> None:
        name = self._keys.unheeded_proxy
        with contextlib.suppress(CounterUnavailable):  # the log has it
            await self._send(spell("SET", name, address, "EX", str(KEPT_S)), 1)
