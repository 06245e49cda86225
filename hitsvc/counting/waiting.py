"""Coroutines for what is none: modules that have coroutines are not compiled."""

import asyncio
from typing import Any, Protocol, TypeVar

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


async def until(future: asyncio.Future[Any] | None) -> None:
    """Wait for a future, if there is one; it stays as it is if the wait is cancelled."""
    if future is not None:
        await asyncio.wait([future])
