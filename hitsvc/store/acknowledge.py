"""Acknowledged on two machines: a hit is answered when a replica has it, too.

A batch that writes ends with ``WAIT 1 100``: it is answered when a replica has all that
this connection has written, or after a tenth of a second. Falls it short, then the hits are
stored here and nobody knows whether they will stay: they are answered like all hits whose
outcome is not known, and never repeated. What Redis has refused was not written, and what
was read is as true as ever.

``WAIT`` keeps back all that comes after it on its connection, so one batch at a time is in
flight. Redis looks at its time every tenth of a second, so it may take two.
"""

from collections.abc import Sequence
from typing import Any

from hitsvc.counting import spell, words
from hitsvc.errors import CounterUnavailable
from hitsvc.store.backend import Backend

COPIES = 1
WAIT_MS = 100
# By how much a batch may take longer.
WAIT_LONGEST_S = 2 * WAIT_MS / 1000

_WAIT = spell("WAIT", str(COPIES), str(WAIT_MS))
# As words of their own they can be nothing but commands.
_WRITES = ("\r\nINCRBY\r\n", "\r\nSET\r\n")
_READS = frozenset({"EXISTS", "GET", "HMGET"})


class Doubtful(CounterUnavailable):
    """A write that the store has, and perhaps no replica of it."""


class Copied:
    """A backend whose writes are acknowledged by a replica, too."""

    def __init__(self, backend: Backend) -> None:
        """Stand before a backend, and close it when closed."""
        self._backend = backend

    async def execute(self, commands: str, expected: int) -> Sequence[Any]:
        """Send commands; see `Backend.execute`.

        Where no replica has acknowledged, the reply to a write is `Doubtful`.
        """
        if not any(write in commands for write in _WRITES):
            return await self._backend.execute(commands, expected)
        *replies, copies = await self._backend.execute(commands + _WAIT, expected + 1)
        if type(copies) is int and copies >= COPIES:
            return replies
        said = f" ({copies})" if isinstance(copies, Exception) else ""
        doubt = Doubtful(f"no replica has acknowledged within {WAIT_MS} ms{said}")
        return [
            reply if isinstance(reply, Exception) or command[0] in _READS else doubt
            for command, reply in zip(words(commands), replies, strict=True)
        ]

    def doubt(self) -> None:
        """Have it looked whether this is the server; see `Backend.doubt`."""
        self._backend.doubt()

    async def close(self) -> None:
        """Close the connection."""
        await self._backend.close()
