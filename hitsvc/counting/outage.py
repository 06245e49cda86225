"""Logs trouble with Redis once, not once a request."""

import logging
import time
from collections.abc import Callable

log = logging.getLogger(__name__)

# The same refusal (`OOM`, `READONLY`, ...) is logged once in this many seconds.
REPEAT_S = 60.0
# Outages of which begin and end are told, one after the other; then one in `REPEAT_S`,
# for a Redis that answers every second time would else fill the log.
BURST = 10
# One that lasts so long is told in any case.
LASTING_S = 5.0

_CLUSTER = (
    "that is a node of a Redis Cluster, which takes only some of the pages; give the "
    "cluster's nodes as redis+cluster://HOST:PORT,HOST:PORT/"
)
_HINTS = dict.fromkeys(("MOVED", "ASK", "CLUSTERDOWN"), _CLUSTER)


class OutageLog:
    """Remembers whether Redis answers, and says when that changes."""

    def __init__(
        self, clock: Callable[[], float] = time.monotonic, node: str = ""
    ) -> None:
        """Begin in good health.

        Args:
            clock: Returns seconds that never go back.
            node: Which node of a cluster it is about; empty for a store that is alone.
        """
        self._clock = clock
        self._who = f"Redis at {node}" if node else "Redis"
        self._what = f"No hits of the pages at {node}" if node else "No hits"
        self._hints = {} if node else _HINTS
        self._since: float | None = None
        self._told = False
        self._budget = _Budget(BURST, REPEAT_S, clock())
        self._untold = 0
        self._refused: dict[str, float] = {}

    def failed(self, reason: str) -> None:
        """Note that a batch was not acknowledged."""
        now = self._clock()
        begins = self._since is None
        if self._since is None:
            self._since = now
            self._told = self._budget.take(now)
            self._untold += not self._told
        elif not self._told and now - self._since >= LASTING_S:
            begins = self._told = True
            self._untold -= 1
        if begins and self._told:
            log.error("%s can be counted: %s%s", self._what, reason, self._others())

    def answered(self) -> None:
        """Note that a batch was acknowledged."""
        if self._since is not None:
            if self._told:
                seconds = self._clock() - self._since
                log.warning("%s answers again after %.1f s", self._who, seconds)
            self._since = None

    def moved_away(self) -> None:
        """Note that other nodes of the cluster have the pages now."""
        if self._since is not None:
            if self._told:
                seconds = self._clock() - self._since
                log.warning(
                    "The pages at %s are at other nodes after %.1f s",
                    self._who.rpartition(" ")[2],
                    seconds,
                )
            self._since = None

    def refused(self, reason: str) -> None:
        """Note that Redis answered a command with an error."""
        kind = reason.partition(" ")[0]
        now = self._clock()
        if now >= self._refused.get(kind, now):
            # Redis has few kinds of errors, so this stays small.
            self._refused[kind] = now + REPEAT_S
            hint = f" ({self._hints[kind]})" if kind in self._hints else ""
            log.error("%s refuses a command: %s%s", self._who, reason, hint)

    def _others(self) -> str:
        """Tell of the outages that were not told, once."""
        untold, self._untold = self._untold, 0
        if not untold:
            return ""
        return (
            f" (it fails and answers by turns: {untold} short failures were not told)"
        )


class _Budget:
    """Some lines at once, and then one in a while."""

    def __init__(self, size: int, refill_s: float, now: float) -> None:
        self._size = size
        self._refill_s = refill_s
        self._left = float(size)
        self._at = now

    def take(self, now: float) -> bool:
        grown = self._left + max(0.0, now - self._at) / self._refill_s
        self._left, self._at = min(grown, self._size), now
        if self._left < 1:
            return False
        self._left -= 1
        return True
