"""The access log: one line for each request that reaches the app.

It says nothing about people: no address, cookie or header, and no query string, which
holds the page that was visited.
"""

import logging
import time
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

log = logging.getLogger("hitsvc.access")

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Any]]
Send = Callable[[Any], Awaitable[None]]

# What a client chose is cut off here.
MAX_PATH_LENGTH = 512


class AccessLog:
    """An ASGI app around another. Where it is not wanted, it is not put around."""

    def __init__(
        self,
        app: Callable[[Any, Receive, Send], Awaitable[None]],
        clock: Callable[[], float] = time.perf_counter,
    ) -> None:
        """Take an app.

        Args:
            app: What answers.
            clock: Returns seconds that never go back.
        """
        self._app = app
        self._clock = clock

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Let the app answer, and write a line about it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        begin = self._clock()
        status = 500  # what a client is answered when the app fails
        size = 0

        async def counted(message: Message) -> None:
            nonlocal status, size
            if message["type"] == "http.response.start":
                status = message["status"]
            else:
                size += len(message.get("body", b""))
            await send(message)

        try:
            await self._app(scope, receive, counted)
        finally:
            log.info(
                "%(method)s %(path)s %(status)d",
                {
                    "method": scope["method"],
                    "path": scope["path"][:MAX_PATH_LENGTH],
                    "status": status,
                    "bytes": size,
                    "ms": round((self._clock() - begin) * 1000, 3),
                },
            )
