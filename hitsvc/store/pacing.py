"""How often one may try to connect: a server that fails is not hammered.

A hit that comes between two attempts fails at once, so an outage costs Redis a few
connections a second from each worker instead of one a hit. The pauses are of random
length, so that workers that lost Redis together do not come back together.
"""

import random
import time
from collections.abc import Callable

# The pause after a failure, and that after many: each is cut by up to a half.
SHORTEST_S = 0.1
LONGEST_S = 0.4
# A connection that has lasted so long was a good one.
GOOD_S = 1.0


class Pacing:
    """Knows when the next attempt may be made.

    The first attempt after a good connection was lost may be made at once.
    """

    def __init__(
        self,
        clock: Callable[[], float] = time.monotonic,
        chance: Callable[[], float] = random.random,
    ) -> None:
        """Allow the first attempt.

        Args:
            clock: Returns seconds that never go back.
            chance: Returns a number from 0 to 1.
        """
        self._clock = clock
        self._chance = chance
        self._next = float("-inf")
        self._began: float | None = None
        self._pause = SHORTEST_S

    def remaining(self) -> float:
        """Return the seconds until the next attempt may be made."""
        return max(0.0, self._next - self._clock())

    def begin(self) -> None:
        """Note that an attempt begins."""
        self._began = self._clock()
        self._wait(SHORTEST_S)

    def failed(self) -> None:
        """Note that the connection that was begun last failed, or ended unasked.

        Only the first call after each beginning has a meaning.
        """
        if self._began is None:
            return
        lasted = self._clock() - self._began
        self._began = None
        if lasted >= GOOD_S:
            self._pause = SHORTEST_S
        else:
            self._wait(self._pause)
            self._pause = min(2 * self._pause, LONGEST_S)

    def _wait(self, pause_s: float) -> None:
        self._next = self._clock() + pause_s * (1 + self._chance()) / 2
