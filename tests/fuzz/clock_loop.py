"""An event loop whose time passes when it is told to."""

import asyncio


class ClockLoop(asyncio.SelectorEventLoop):
    """Nothing in it waits.

    Attributes:
        now: The time, in seconds.
    """

    now = 0.0

    def time(self) -> float:
        """Return the time."""
        return self.now

    async def pass_by(self, seconds: float) -> None:
        """Let time pass, and what was to be done by then."""
        self.now += seconds
        for _ in range(3):
            await asyncio.sleep(0)
