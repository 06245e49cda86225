"""The operator's connection to the store: redis-py, since nobody waits for microseconds."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import resources
from typing import Any

from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import (
    LockError,
    NoPermissionError,
    RedisError,
    ResponseError,
)
from redis.retry import Retry

from hitsvc.admin.cluster_client import ClusterClient
from hitsvc.errors import StoreError
from hitsvc.store import ClusterURL, plain_url, slots_of

# Redis takes so long for a large set or a slow disk; what takes longer has failed.
_TIMEOUT_S = 30.0
LOCK_S = 60.0


def open_client(url: str, timeout_s: float = _TIMEOUT_S) -> Any:
    """Connect to the store of a URL, the primary if Sentinels watch over it.

    Nothing is repeated by itself: whether a lost command was executed, nobody knows.

    Args:
        url: Of the store.
        timeout_s: Seconds that it may take to answer.

    Returns:
        A redis-py client whose answers are text. That of a cluster sends each command to
        the node of its key; what has none is asked of `hitsvc.admin.nodes.servers`.

    Raises:
        SettingsError: The URL is malformed.
        CounterUnavailable: No Sentinel, or no node, can be reached.
    """
    nodes = ClusterURL.parse(url)
    if nodes is None:
        return _connect(plain_url(url, timeout_s), timeout_s)
    slots = asyncio.run(slots_of(nodes, timeout_s))
    return ClusterClient(slots, lambda address: _connect(nodes.at(address), timeout_s))


def _connect(url: str, timeout_s: float) -> Redis:
    return Redis.from_url(
        url,
        decode_responses=True,
        retry=Retry(NoBackoff(), 0),
        socket_timeout=timeout_s,
        driver_info=None,  # it would send CLIENT SETINFO, which its user need not
    )


@contextmanager
def explained() -> Iterator[None]:
    """Say in a line what the store has said, or that it was silent.

    Raises:
        StoreError: It refused something, or did not answer.
    """
    try:
        yield
    except NoPermissionError as ex:
        msg = (
            f"the store does not let its user do this ({ex}); name a user that may with "
            "HITSVC_ADMIN_REDIS_URL"
        )
        raise StoreError(msg) from ex
    except ResponseError as ex:
        msg = f"the store did not do what it was asked: {ex}"
        raise StoreError(msg) from ex
    except RedisError as ex:
        msg = (
            f"the store did not answer ({ex}); nobody knows whether it did what it was "
            "asked last: look, and run the command again if it did not"
        )
        raise StoreError(msg) from ex


def extend_lock(lock: Any) -> None:
    """Hold on to the lock for another while.

    Raises:
        StoreError: It was lost: this process did not live for so long.
    """
    try:
        lock.reacquire()
    except LockError as ex:
        msg = "this command has paused for too long, and another may have begun; run it again"
        raise StoreError(msg) from ex


def script(name: str) -> str:
    """Return the text of one of our Lua scripts."""
    path = resources.files("hitsvc.admin") / "scripts" / f"{name}.lua"
    return path.read_text(encoding="utf-8")
