"""What will be known of commands that were sent at once, over an open connection."""

from collections.abc import Callable
from typing import Any

from hitsvc.counting import Outcome
from hitsvc.errors import CounterUnavailable
from hitsvc.store.replies import Replies


class Asked(Outcome[list[Any]]):
    """The replies, or `CounterUnavailable`."""

    __slots__ = ("_failed", "_replies")

    def __init__(
        self, replies: Replies, failed: Callable[[OSError], CounterUnavailable]
    ) -> None:
        """Wait for them.

        Args:
            replies: The connection.
            failed: Told how it has ended; returns what to tell those who wait.
        """
        super().__init__()
        self._replies = replies
        self._failed = failed

    def cancel(self) -> bool:
        """End the connection: what has been asked cannot be taken back."""
        if not self.is_over:
            self._replies.abort()
        return super().cancel()

    def end(self, asked: Outcome[list[Any]]) -> None:
        """Tell what has come."""
        reason = asked.exception()
        if isinstance(reason, OSError):
            error = self._failed(reason)
            error.__cause__ = reason
            self.set_exception(error)
        else:
            self.settle(asked)
