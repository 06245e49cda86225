"""A limit on connections: so many a worker keeps, whatever arrives.

A newcomer takes the place of whoever has been idle for longest. Only if nobody is, it
is answered 503 at once (`hitsvc.http1.turned_away`).
"""

import heapq
import logging
import resource
import time
from collections.abc import Callable

from hitsvc.http1.protocol import HttpProtocol
from hitsvc.http1.turned_away import MOST_LINGERING, TurnedAway

log = logging.getLogger(__name__)

# It is logged once in this many seconds, not once a connection.
REPEAT_S = 60.0
# PERF: a look at all connections takes 0.8 us for each, so it is not taken for each
# newcomer: one in so many is closed at once, and if there were fewer idle ones than
# that, there is a pause, of so long for each connection, before the next look.
BATCH = 32
PAUSE_S = 10e-6
# Descriptors for what is no connection: files, pipes, the store; and for connections
# that the loop has accepted and not shown to us, or that are turned away.
OTHER_FILES = 128 + MOST_LINGERING

_TEXT = "a worker has %d connections, the most it may have: %s"


class Notice:
    """A line of the log that is not said again while there is reason for it."""

    def __init__(self, text: str) -> None:
        """Keep the line.

        Args:
            text: It; two values belong in it.
        """
        self._text = text
        self._silent_until = float("-inf")

    def say(self, now: float, most: int, what: str) -> None:
        """Say it, if it was not called for in the last minute."""
        if now >= self._silent_until:
            log.warning(self._text, most, what)
        self._silent_until = now + REPEAT_S


class ConnectionLimit:
    """How many connections there may be, and who must go when there are more.

    Attributes:
        lingering: Those that were turned away, and are not gone.
    """

    def __init__(
        self,
        most: int,
        clock: Callable[[], float] = time.monotonic,
        notice: Notice | None = None,
    ) -> None:
        """Set the limit.

        Args:
            most: The connections there may be.
            clock: Returns seconds that never go back.
            notice: What is said where the limit is reached.
        """
        self.most = most
        self._clock = clock
        self._look_again_at = float("-inf")
        self._notice = notice or Notice(_TEXT)
        self.lingering: set[TurnedAway] = set()

    def admit(self, connections: set[HttpProtocol]) -> bool:
        """Tell whether there is room for another; if there is none, try to make some.

        Args:
            connections: Those there are. The dropped are taken out.
        """
        if len(connections) < self.most:
            return True
        now = self._clock()
        if now < self._look_again_at:
            return False
        idle = [
            (since, id(connection), connection)
            for connection in connections
            if (since := connection.idle_since) is not None
        ]
        wanted = max(1, self.most // BATCH)
        if len(idle) < wanted:
            self._look_again_at = now + self.most * PAUSE_S
        for _, _, connection in heapq.nsmallest(wanted, idle):
            connections.discard(connection)
            connection.drop()
        what = "idle ones are closed" if idle else "more are answered 503"
        self._notice.say(now, self.most, what)
        return bool(idle)


def fit_open_files(connections: int) -> int:
    """Let this process and its children open files for so many connections.

    Returns:
        How many there may be, which is fewer if the system's hard limit says so.
    """
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    unlimited = resource.RLIM_INFINITY
    wanted = connections + OTHER_FILES
    if soft != unlimited and soft < wanted:
        soft = wanted if hard == unlimited else min(wanted, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    if soft == unlimited or soft >= wanted:
        return connections
    fitting = max(1, soft - OTHER_FILES)
    log.warning(
        "a worker may have %d connections, not %d: the limit on open files is %d "
        "(ulimit -Hn)",
        fitting,
        connections,
        soft,
    )
    return fitting
