"""The time between being told to stop and stopping, in which nobody is refused.

Whoever sends visitors here (a proxy, a Service of Kubernetes) asks `/healthz`, hears that
this service is going, and sends them elsewhere. Until it has heard, all is answered.
"""

import mmap
import time
from collections.abc import Callable

# From this share of the time on, an answer is the last of its connection, so that those
# who keep connections go too. Not from the beginning: until a proxy has heard, it would
# open another connection to us for each request.
_LETS_GO_AFTER = 0.5


class LameDuck:
    """Whether this service is going, for all of its processes. Make it before the fork.

    The clock is one for all processes of a machine (`time.monotonic`), and when the time
    is over is one word, which the processor writes whole.
    """

    def __init__(
        self, seconds: float, clock: Callable[[], float] = time.monotonic
    ) -> None:
        """Prepare.

        Args:
            seconds: How long it lasts; with 0 it never begins.
            clock: Returns seconds that never go back.
        """
        self.seconds = seconds
        self._clock = clock
        self._ends_at = memoryview(mmap.mmap(-1, 8)).cast("d")  # 0: it has not begun

    def begin(self) -> bool:
        """Begin; only the parent does.

        Returns:
            Whether it has begun now; if not, there is nothing to wait for any more.
        """
        if not self.seconds or self.began():
            return False
        self._ends_at[0] = self._clock() + self.seconds
        return True

    def began(self) -> bool:
        """Tell whether it has begun, and may be over."""
        return self._ends_at[0] > 0

    def lets_go(self) -> bool:
        """Tell whether an answer is to be the last of its connection."""
        return self.began() and self._left() < self.seconds * _LETS_GO_AFTER

    def over(self) -> bool:
        """Tell whether it has begun and is over."""
        return self.began() and self._left() <= 0

    def at_most(self, seconds: float) -> float:
        """Return so many seconds, or fewer if it is over before."""
        return max(0.0, min(seconds, self._left())) if self.began() else seconds

    def _left(self) -> float:
        return self._ends_at[0] - self._clock()
