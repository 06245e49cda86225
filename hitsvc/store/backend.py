"""How a batch's commands reach Redis: the interface.

`hitsvc.store.wire.Wire` is the fast backend and the one that serves.
"""

from collections.abc import Awaitable, Sequence
from typing import Any, Protocol


class Backend(Protocol):
    """Carries batches of commands to Redis; several may be on their way."""

    def execute(self, commands: str, expected: int) -> Awaitable[Sequence[Any]]:
        """Send commands once; a reply to each will come, in order.

        It is a coroutine, or returns an `hitsvc.counting.Outcome`. An error reply is
        an exception among the replies, and not raised. Where only some commands have an
        outcome that nobody knows, their replies are `CounterUnavailable`.

        Args:
            commands: As `hitsvc.counting.commands` spells them.
            expected: How many they are.

        Raises:
            CounterUnavailable: Not all replies came in time; it is unknown which
                commands Redis has executed.
        """

    def doubt(self) -> None:
        """Have it looked, soon and aside, whether this is still the server to ask.

        For whoever was answered as by a primary that has been left behind. It costs
        nothing where nobody could tell.
        """

    async def close(self) -> None:
        """Close the connection."""
