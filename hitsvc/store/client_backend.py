"""redis-py's client as a backend, such as fakeredis.

Only where there is one: redis-py takes a fifth of the start to import.
"""

import asyncio
from collections.abc import Sequence
from typing import Any

from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.exceptions import TimeoutError as RedisTimeout

from hitsvc.counting import words
from hitsvc.errors import CounterUnavailable


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
        """Send commands in one pipeline; see `hitsvc.store.Backend`."""
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
        """Do nothing: nobody tells of other servers; see `hitsvc.store.Backend`."""

    async def close(self) -> None:
        """Close the client's connections."""
        await self._client.aclose()
