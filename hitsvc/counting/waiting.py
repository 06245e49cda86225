"""Coroutines for what is none: modules that have coroutines are not compiled."""

import asyncio
from collections.abc import Callable
from typing import Protocol, TypeVar

T_co = TypeVar("T_co", covariant=True)


class Known(Protocol[T_co]):
    """What a task can wait for; see `hitsvc.counting.outcome.Outcome`."""

    def waiter(self) -> asyncio.Future[None] | None:
        """Return what to wait for."""

    def result(self) -> T_co:
        """Return what has come of it."""


async def wait(known: Known[T_co]) -> T_co:
    """Wait until it is known, and return or raise it."""
    if (waiter := known.waiter()) is not None:
        await waiter
    return known.result()


async def until(ended: Callable[[], asyncio.Future[None] | None]) -> None:
    """Wait until there is nothing to wait for; a wait that is cancelled changes nothing.

    Args:
        ended: Returns what is done when all that goes on has ended, if anything does.
    """
    while (future := ended()) is not None:
        await asyncio.wait([future])
