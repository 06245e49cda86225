"""Has the sums of all sites computed, by a process of its own: workers count hits."""

import asyncio
import contextlib
import subprocess
import time
from collections.abc import Callable

from hitsvc.admin.summing import command

# What a program waits for sums that nobody has asked for in the last minutes.
PATIENCE_S = 10.0
# It rests so many times as long as it took, within limits, whatever came of it: starting a
# process costs a third of a second of a CPU, also where another one holds the lock.
RESTS = 9.0
MIN_REST_S = 1.0
MAX_REST_S = 60.0


class SummingProcess:
    """Starts the process, and waits for its end; one at a time."""

    def __init__(self, order: str) -> None:
        """Prepare.

        Args:
            order: What it is told by its standard input.
        """
        self._order = order
        self._process: subprocess.Popen[str] | None = None

    def __call__(self) -> None:
        """Run it; it decides itself whether there is something to do."""
        self._process = subprocess.Popen(  # noqa: S603 - our own program
            command(),
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        with self._process as process:
            process.communicate(self._order)

    def end(self) -> None:
        """End it."""
        if self._process is not None:
            self._process.terminate()


class Summing:
    """Sees that there are sums, whoever asks for them."""

    def __init__(
        self,
        run: Callable[[], None],
        end: Callable[[], None] = lambda: None,
        patience_s: float = PATIENCE_S,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Prepare.

        Args:
            run: Computes them; called in a thread.
            end: Makes it stop before it is done.
            patience_s: Seconds that somebody may wait for it.
            clock: Returns seconds that never go back.
        """
        self._run = run
        self._end = end
        self._patience_s = patience_s
        self._clock = clock
        self._rests_until = float("-inf")
        self._task: asyncio.Task[None] | None = None

    def begin(self) -> asyncio.Task[None]:
        """Have them computed, unless that is being done, or was a moment ago.

        Whoever asks again and again gets the task that has ended.
        """
        rests = self._clock() < self._rests_until
        if self._task is None or (self._task.done() and not rests):
            self._task = asyncio.create_task(asyncio.to_thread(self._timed))
        return self._task

    def _timed(self) -> None:
        began = self._clock()
        try:
            self._run()
        finally:
            now = self._clock()
            rest_s = min(max(RESTS * (now - began), MIN_REST_S), MAX_REST_S)
            self._rests_until = now + rest_s

    async def wait(self) -> None:
        """Have them computed, and wait for that a while."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(self._patience_s):
                await asyncio.shield(self.begin())

    async def close(self) -> None:
        """End what goes on."""
        if self._task is not None:
            self._end()
            await asyncio.wait([self._task])
