"""Logs trouble with Redis once, not once a request."""

import logging
import time
from collections.abc import Callable

log = logging.getLogger(__name__)

# The same refusal (`OOM`, `READONLY`, ...) is logged once in this many seconds.
REPEAT_S = 60.0


class OutageLog:
    """Remembers whether Redis answers, and says when that changes."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        """Begin in good health.

        Args:
            clock: Returns seconds that never go back.
        """
        self._clock = clock
        self._since: float | None = None
        self._refused: dict[str, float] = {}

    def failed(self, reason: str) -> None:
        """Note that a batch was not acknowledged."""
        if self._since is None:
            self._since = self._clock()
            log.error("No hits can be counted: %s", reason)

    def answered(self) -> None:
        """Note that a batch was acknowledged."""
        if self._since is not None:
            log.warning("Redis answers again after %.1f s", self._clock() - self._since)
            self._since = None

    def refused(self, reason: str) -> None:
        """Note that Redis answered a command with an error."""
        kind = reason.partition(" ")[0]
        now = self._clock()
        if now >= self._refused.get(kind, now):
            # Redis has few kinds of errors, so this stays small.
            self._refused[kind] = now + REPEAT_S
            log.error("Redis refuses a command: %s", reason)
