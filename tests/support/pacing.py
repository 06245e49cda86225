"""Attempts to connect, as often as a test makes them."""

from itertools import count

from hitsvc.store.pacing import Pacing


def impatient() -> Pacing:
    """Make a pacing for which ten seconds pass whenever it looks at the clock."""
    ticks = count(step=10)
    return Pacing(clock=lambda: float(next(ticks)))
