"""Where the operator's work on the store is done: in threads, by connections of its own.

A connection lives for as long as one piece of work, so a store that has moved on is found
again by the next, and nothing is left of one that has failed. Hits never wait for it.
"""

import asyncio
import logging
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any, TypeVar

import falcon
from redis.exceptions import NoPermissionError, RedisError, ResponseError

from hitsvc.counting import Day, Keys, utc_day
from hitsvc.dashboard.book import Book
from hitsvc.dashboard.done import Done, NoSuchPage
from hitsvc.errors import ChangeRefused, CounterUnavailable, SettingsError

log = logging.getLogger("hitsvc.operator")

T = TypeVar("T")

# The operator is one person, with a program or two.
_THREADS = 4
# How long it is believed that the store lets us write, or that it does not.
_BELIEVED_S = 30.0
_RETRY_AFTER_S = 1


class Desk:
    """Does work on one store."""

    def __init__(
        self,
        open_client: Callable[[], Any],
        keys: Keys,
        today: Callable[[], Day] = utc_day,
        *,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        """Prepare; nothing is connected yet.

        Args:
            open_client: Opens a connection as the operator.
            keys: What things are called.
            today: Tells the day.
            clock: Returns seconds that never go back.
            sleep: Waits for so many seconds.
        """
        self._open_client = open_client
        self._keys = keys
        self._today = today
        self._clock = clock
        self._sleep = sleep
        self._threads = ThreadPoolExecutor(_THREADS, "operator")
        self._read_only: tuple[float, str] = (float("-inf"), "")

    async def read(self, work: Callable[[Book], T]) -> T:
        """Do something that changes nothing.

        Raises:
            HTTPError: It cannot be done; the answer says why.
        """
        return await self._run(lambda: self._open(work))

    async def change(self, who: str, work: Callable[[Book], Done]) -> Done:
        """Change counts, and write that into the log.

        Args:
            who: Who does it.
            work: Does it.

        Raises:
            HTTPError: It cannot be done; the answer says why.
        """
        return await self._run(lambda: self._changed(who, work))

    async def why_read_only(self) -> str:
        """Tell why the store lets us change nothing; empty if it does not refuse."""
        until, why = self._read_only
        if self._clock() > until:
            why = await self.read(Book.why_read_only)
            self._read_only = self._clock() + _BELIEVED_S, why
        return why

    async def close(self) -> None:
        """Let what has begun end."""
        self._threads.shutdown(wait=False, cancel_futures=True)

    async def _run(self, work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._threads, work)

    def _open(self, work: Callable[[Book], T]) -> T:
        with _answered(), self._open_client() as client:
            return work(Book(client, self._keys, self._sleep, self._today))

    def _changed(self, who: str, work: Callable[[Book], Done]) -> Done:
        # Here and not where it is waited for: whoever asked may have gone.
        try:
            done = self._open(work)
        except falcon.HTTPServiceUnavailable:
            log.warning("operator (%s): a change may have been made, or not", who)
            raise
        log.info("operator (%s): %s", who, done.text)
        return done


@contextmanager
def _answered() -> Iterator[None]:
    """Make of what the store, or a rule of ours, says the answer that a person gets."""
    try:
        yield
    except NoSuchPage as ex:
        raise falcon.HTTPNotFound(title="404 no such page", description=str(ex)) from ex
    except (ChangeRefused, SettingsError) as ex:
        raise falcon.HTTPConflict(title="409 refused", description=str(ex)) from ex
    except NoPermissionError as ex:
        raise falcon.HTTPForbidden(
            title="403 the store forbids it",
            description=f"the store does not let its user do this ({ex}): name one that "
            "may with HITSVC_ADMIN_REDIS_URL",
        ) from ex
    except ResponseError as ex:
        raise falcon.HTTPConflict(
            title="409 the store refuses",
            description=f"the store did not do what it was asked: {ex}",
        ) from ex
    except (RedisError, CounterUnavailable, OSError) as ex:
        raise falcon.HTTPServiceUnavailable(
            title="503 unavailable",
            description="the store did not answer; if something was to be changed, look "
            "whether it was before you try again",
            retry_after=_RETRY_AFTER_S,
        ) from ex
