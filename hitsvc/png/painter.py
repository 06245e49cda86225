"""Painting beside everything else: remembered, in turns, and for part of the time only.

A picture takes milliseconds, in which nothing else is answered: the renderer holds the
interpreter's lock, so that a thread of its own would not help.
"""

import asyncio
from collections.abc import Awaitable, Callable
from sys import getsizeof
from time import perf_counter
from typing import Final

from hitsvc.drawing import Memo
from hitsvc.errors import CounterBusy

# Between two pictures everything else has three times as long as the first one took: of
# a worker's time, pictures take a quarter at most.
_REST: Final = 3
# At 3 ms each, the last one waits a second.
MAX_WAITING: Final = 64
# About 1,000 pictures, with what they were painted from.
_MEMO_BYTES: Final = 4 * 1024 * 1024
_ENTRY_BYTES: Final = 300


class Painter:
    """Paints SVGs as PNGs."""

    def __init__(
        self,
        render: Callable[[bytes], bytes],
        clock: Callable[[], float] = perf_counter,
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
    ) -> None:
        """Paint nothing yet.

        Args:
            render: Makes a PNG of an SVG, and takes its time.
            clock: Tells the time, in seconds.
            sleep: Waits.
        """
        self._render = render
        self._clock = clock
        self._sleep = sleep
        self._memo: Memo[bytes] = Memo(_MEMO_BYTES)
        self._turn = asyncio.Lock()
        self._waiting = 0
        self._rested = 0.0

    def admit(self) -> None:
        """Make sure that there is room for one more; asked before anything is counted.

        Raises:
            CounterBusy: Too many wait already.
        """
        if self._waiting >= MAX_WAITING:
            msg = "too many pictures wait to be painted"
            raise CounterBusy(msg)

    async def paint(self, svg: bytes) -> bytes:
        """Paint a picture, when its turn has come.

        Args:
            svg: A badge, and nothing that a visitor may have made as they like; see
                `hitsvc.png.safe`.
        """
        png = self._memo.get(svg)
        if png is not None:
            return png
        self._waiting += 1
        try:
            async with self._turn:
                wait = self._rested - self._clock()
                if wait > 0 and self._memo.get(svg) is None:
                    await self._sleep(wait)
                return self.paint_now(svg)
        finally:
            self._waiting -= 1

    def paint_now(self, svg: bytes) -> bytes:
        """Paint a picture of which there are few, such as that of an error."""
        png = self._memo.get(svg)
        if png is None:
            begun = self._clock()
            png = self._render(svg)
            ended = self._clock()
            self._rested = ended + _REST * (ended - begun)
            self._memo.put(svg, png, _ENTRY_BYTES + getsizeof(svg) + getsizeof(png))
        return png
