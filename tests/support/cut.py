"""A client that is cut off, as a process is that somebody kills."""

from itertools import count
from typing import Any

from redis.exceptions import ConnectionError as Lost


class CutClient:
    """A client that ends before one of its commands, or after it."""

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
        self._client = client
        self._commands = commands or count()
        self._cut_at = cut_at
        self._after = after

    def __getattr__(self, name: str) -> Any:
        """Wrap each method that sends something."""
        method = getattr(self._client, name)
        if not callable(method):
            return method

        def call(*args: Any, **kwargs: Any) -> Any:
            if name == "pipeline":
                return CutClient(
                    method(*args, **kwargs),
                    self._cut_at,
                    after=self._after,
                    commands=self._commands,
                )
            number = next(self._commands)
            if number == self._cut_at and not self._after:
                raise Lost
            try:
                return method(*args, **kwargs)
            finally:
                if number == self._cut_at:
                    raise Lost

        return call
