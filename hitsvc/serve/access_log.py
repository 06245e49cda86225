"""The access log: one line for each request that is answered.

It says nothing about people: no address, cookie or header, and no query string, which
holds the page that was visited.
"""

import logging
import time
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any, Protocol

from hitsvc.serve.access_lines import AccessLines

log = logging.getLogger("hitsvc.access")

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Any]]
Send = Callable[[Any], Awaitable[None]]

# What a client chose is cut off here.
MAX_PATH_LENGTH = 512
# When a request has come that the express lane has taken and cannot answer.
_BEGAN = "hitsvc.began"
_OK = 200


class Taken(Protocol):
    """What an express lane takes; see `hitsvc.http1`."""

    @property
    def future(self) -> Any:
        """What the answer waits for."""

    def response(self) -> tuple[bytes, bytes]:
        """Render the header fields and the body."""


class AccessLog:
    """An ASGI app around another. Where it is not wanted, it is not put around.

    Attributes:
        express: That app's express lane, with a log around it; `None` if it has none.
    """

    def __init__(
        self,
        app: Callable[[Any, Receive, Send], Awaitable[None]],
        lines: AccessLines,
        clock: Callable[[], float] = time.perf_counter,
    ) -> None:
        """Take an app.

        Args:
            app: What answers.
            lines: Takes the lines of what the express lane answers.
            clock: Returns seconds that never go back.
        """
        self._app = app
        self._clock = clock
        lane = getattr(app, "express", None)
        self.express = None if lane is None else LoggedLane(lane, lines, clock)

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Let the app answer, and write a line about it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        begin = scope.get(_BEGAN) or self._clock()
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


class LoggedLane:
    """An express lane; what it takes gets its line, too.

    Attributes:
        reads: The names of the header fields that it looks at.
    """

    def __init__(
        self,
        lane: Callable[[Message], Taken | None],
        lines: AccessLines,
        clock: Callable[[], float],
    ) -> None:
        """Take a lane; see `AccessLog`."""
        self._lane = lane
        self._lines = lines
        self._clock = clock
        self.reads: frozenset[bytes] = getattr(lane, "reads", frozenset())

    def __call__(self, scope: Message) -> "LoggedTaken | None":
        """Take a request, or leave it to the app."""
        begin = self._clock()
        taken = self._lane(scope)
        if taken is None:
            return None
        return LoggedTaken(taken, scope, self._lines, self._clock, begin)


class LoggedTaken:
    """A request that is answered without the app.

    Attributes:
        future: What the answer waits for.
    """

    __slots__ = ("_begin", "_clock", "_lines", "_scope", "_taken", "future")

    def __init__(
        self,
        taken: Taken,
        scope: Message,
        lines: AccessLines,
        clock: Callable[[], float],
        begin: float,
    ) -> None:
        """Take what a lane has taken; see `LoggedLane`."""
        self.future = taken.future
        self._taken = taken
        self._scope = scope
        self._lines = lines
        self._clock = clock
        self._begin = begin

    def response(self) -> tuple[bytes, bytes]:
        """Render the answer, and write a line about it."""
        scope = self._scope
        try:
            fields, body = self._taken.response()
        except BaseException:
            scope[_BEGAN] = self._begin  # the app answers, and its line tells how long
            raise
        ms = (self._clock() - self._begin) * 1000
        path = scope["path"][:MAX_PATH_LENGTH]
        self._lines.write(scope["method"], path, _OK, len(body), ms)
        return fields, body
