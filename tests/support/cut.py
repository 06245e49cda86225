"""Clients whose commands are numbered: cut off at one, or paused before it."""

from collections.abc import Callable
from itertools import count
from typing import Any

from redis.exceptions import ConnectionError as Lost


class NumberedClient:
    """A client that does something of its own with each command."""

    def __init__(self, client: Any, commands: "count[int] | None" = None) -> None:
        """Wrap a client.

        Args:
            client: Any of redis-py's.
            commands: Numbers the commands.
        """
        self._client = client
        self._commands = commands or count()

    def __getattr__(self, name: str) -> Any:
        """Wrap each method that sends something."""
        method = getattr(self._client, name)
        if not callable(method):
            return method

        def call(*args: Any, **kwargs: Any) -> Any:
            if name == "pipeline":
                return self._around(method(*args, **kwargs))
            return self._send(next(self._commands), lambda: method(*args, **kwargs))

        return call

    def _around(self, pipeline: Any) -> "NumberedClient":
        """Wrap a pipeline likewise."""
        raise NotImplementedError

    def _send(self, number: int, command: Callable[[], Any]) -> Any:
        """Send a command, and return its reply."""
        raise NotImplementedError


class CutClient(NumberedClient):
    """Ends before a command, or after it, as a process that somebody kills."""

    def __init__(
        self, client: Any, cut_at: int, *, after: bool, commands: Any = None
    ) -> None:
        """Wrap a client.

        Args:
            client: Any of redis-py's.
            cut_at: Which command is the last, from 0.
            after: It is executed, and its reply is lost, be it an error.
            commands: Numbers the commands.
        """
        super().__init__(client, commands)
        self._cut_at = cut_at
        self._after = after

    def _around(self, pipeline: Any) -> "CutClient":
        return CutClient(
            pipeline, self._cut_at, after=self._after, commands=self._commands
        )

    def _send(self, number: int, command: Callable[[], Any]) -> Any:
        if number == self._cut_at and not self._after:
            raise Lost
        try:
            return command()
        finally:
            if number == self._cut_at:
                raise Lost


class PausedClient(NumberedClient):
    """Lets something else happen before a command, as a process that goes on much later.

    Attributes:
        paused: Whether it has come so far.
    """

    def __init__(
        self,
        client: Any,
        pause_at: int,
        meanwhile: Callable[[], None],
        *,
        commands: Any = None,
    ) -> None:
        """Wrap a client.

        Args:
            client: Any of redis-py's.
            pause_at: Before which command it pauses, from 0.
            meanwhile: What happens then.
            commands: Numbers the commands.
        """
        super().__init__(client, commands)
        self.paused = False
        self._pause_at = pause_at
        self._meanwhile = meanwhile

    def _around(self, pipeline: Any) -> "PausedClient":
        return PausedClient(
            pipeline, self._pause_at, self._pause, commands=self._commands
        )

    def _send(self, number: int, command: Callable[[], Any]) -> Any:
        if number == self._pause_at:
            self._pause()
        return command()

    def _pause(self) -> None:
        self.paused = True
        self._meanwhile()
