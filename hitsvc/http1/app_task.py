"""The task that calls the app for a connection's requests, one after the other.

It begins with the first request that the express lane does not take, and ends with the
connection, or with the app.
"""

import asyncio
from collections.abc import Callable
from typing import Any

from hitsvc.http1.exchange import ASGIApp, Exchange

_ASTERISK = b"*"


class AppTask:
    """One connection's calls of the app.

    Attributes:
        task: The task, from the first `give` on.
    """

    __slots__ = ("_answered", "_app", "_arrival", "_loop", "task")

    task: asyncio.Task[None]

    def __init__(
        self,
        app: ASGIApp,
        loop: asyncio.AbstractEventLoop,
        answered: Callable[[], None],
    ) -> None:
        """Prepare.

        Args:
            app: What to call.
            loop: Where it runs.
            answered: Called when the app has answered; it may `give` the next request.
        """
        self._app = app
        self._loop = loop
        self._answered = answered
        self._arrival: asyncio.Future[Exchange | None] | None = None

    def give(self, exchange: Exchange) -> None:
        """Let the app answer a request; the one before it has been answered."""
        if self._arrival is None:
            self.task = self._loop.create_task(self._run(exchange))
        else:
            self._arrive(exchange)

    @property
    def calling(self) -> bool:
        """Tell whether the app has a request."""
        return self._arrival is None

    def end(self) -> None:
        """There will be no other request; the one before has been answered."""
        self._arrive(None)

    def _arrive(self, exchange: Exchange | None) -> None:
        assert self._arrival is not None  # noqa: S101
        self._arrival.set_result(exchange)
        self._arrival = None

    async def _run(self, first: Exchange) -> None:
        following: Exchange | None = first
        del first  # what was answered is not held
        while following is not None:
            try:
                await self._call(following)
            finally:  # also if it was cancelled
                following = None
                arrival = self._arrival = self._loop.create_future()
                self._answered()
            following = await arrival

    async def _call(self, exchange: Exchange) -> None:
        about_all = exchange.scope["raw_path"] == _ASTERISK
        await exchange.run(_answer_for_all if about_all else self._app)


async def _answer_for_all(_scope: Any, _receive: Any, send: Any) -> None:
    """Answer ``OPTIONS *``, which asks of no page: the server is there."""
    await send({"type": "http.response.start", "status": 204, "headers": []})
    await send({"type": "http.response.body"})
