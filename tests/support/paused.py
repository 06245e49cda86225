"""A client that pauses, as a process does that is stopped and goes on much later."""

from collections.abc import Callable
from itertools import count
from typing import Any


class PausedClient:
    """Lets something else happen before one of its commands."""

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
        self._client = client
        self._pause_at = pause_at
        self._meanwhile = meanwhile
        self._commands = commands or count()

    def __getattr__(self, name: str) -> Any:
        """Wrap each method that sends something."""
        method = getattr(self._client, name)
        if not callable(method):
            return method

        def call(*args: Any, **kwargs: Any) -> Any:
            if name == "pipeline":
                return PausedClient(
                    method(*args, **kwargs),
                    self._pause_at,
                    self._meanwhile,
                    commands=self._commands,
                )
            if next(self._commands) == self._pause_at:
                self._meanwhile()
            return method(*args, **kwargs)

        return call

    @property
    def paused(self) -> bool:
        """Whether it has come so far."""
        return int(repr(self._commands)[6:-1]) > self._pause_at
