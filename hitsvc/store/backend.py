"""How a batch's commands reach Redis: the interface, and redis-py's client as one.

`hitsvc.store.wire.Wire` is the fast backend and the one that serves. `ClientBackend` puts
any redis-py client behind the same interface, such as fakeredis or a cluster's.
"""

import asyncio
from collections.abc import Sequence
from typing import Any, Protocol

from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.exceptions import TimeoutError as RedisTimeout

from hitsvc.counting import words
from hitsvc.errors import CounterUnavailable


class Backend(Protocol):
    """Carries batches of commands to Redis; several may be on their way."""

    async def execute(self, commands: str, expected: int) -> Sequence[Any]:
        """Send commands once and return a reply to each, in order.

        An error reply is returned as an exception, not raised. Where only some commands
        have an outcome that nobody knows, their replies are `CounterUnavailable`.

        Args:
            commands: As `hitsvc.counting.commands` spells them.
            expected: How many they are.

        Raises:
            CounterUnavailable: Not all replies came in time; it is unknown which
                commands Redis has executed.
        """

    def doubt(self) -> None:
        """Have it looked, soon and aside, whether this is still the server to ask.

        For whoever was answered as by a primary that has been left behind. It costs
        nothing where nobody could tell.
        """

    async def close(self) -> None:
        """Close the connection."""


class ClientBackend:
    """A redis-py client as a backend."""

    def __init__(self, client: Redis, timeout_s: float) -> None:
        """Take a client over; its retries are switched off.

        redis-py repeats a command after a time-out or a lost connection, ten times
        by default. A repeated ``INCRBY`` counts twice, so that must never happen.

        Args:
            client: Closed with this backend.
            timeout_s: Seconds for one batch.
        """
        client.set_retry(Retry(NoBackoff(), 0))
        self._client = client
        self._timeout_s = timeout_s

    async def execute(self, commands: str, expected: int) -> Sequence[Any]:
        """Send commands in one pipeline; see `Backend.execute`."""
        try:
            async with (
                asyncio.timeout(self._timeout_s),
                self._client.pipeline(transaction=False) as pipeline,
            ):
                for command in words(commands):
                    pipeline.execute_command(*command)
                return await pipeline.execute(raise_on_error=False)
        except (TimeoutError, RedisTimeout) as ex:
            msg = f"Redis did not answer within {self._timeout_s:g} s"
            raise CounterUnavailable(msg) from ex
        except (RedisError, OSError) as ex:
            msg = f"Redis cannot be reached: {ex}"
            raise CounterUnavailable(msg) from ex

    def doubt(self) -> None:
        """Do nothing: nobody tells of other servers; see `Backend.doubt`."""

    async def close(self) -> None:
        """Close the client's connections."""
        await self._client.aclose()
