"""How a batch's commands reach Redis: the interface.

`hitsvc.store.wire.Wire` is the fast backend and the one that serves.
"""

from collections.abc import Sequence
from typing import Any, Protocol


class Backend(Protocol):
    """Carries batches of commands to Redis; several may be on their way."""

    async def execute(self, commands: str, expected: int) -> Sequence[Any]:
        """Send commands once and return a reply to each, in order.

        An error reply is returned as an exception, not raised. Where only some commands
        have an outcome that nobody knows, their replies are `CounterUnavailable`.

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
