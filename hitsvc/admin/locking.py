"""One change of the store at a time, and what the one before has left half done."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from redis.exceptions import LockError

from hitsvc.admin.client import LOCK_S
from hitsvc.admin.crossing import Crossing
from hitsvc.admin.nodes import is_cluster
from hitsvc.counting import Keys
from hitsvc.errors import StoreError


@contextmanager
def only_one(client: Any, keys: Keys) -> Iterator[Any]:
    """Hold the lock of the store: one change of an operator's at a time.

    A move between nodes of a cluster that was cut off is ended first.

    Yields:
        The lock; `extend_lock` keeps it during long work.

    Raises:
        StoreError: Somebody else holds it.
        ChangeRefused: What was cut off cannot be ended now.
    """
    lock = client.lock(keys.lock, timeout=LOCK_S, blocking=False)
    if not lock.acquire():
        msg = (
            "another command changes counts in this store now; wait until it has ended "
            f"(if it was killed, {LOCK_S:.0f} seconds)"
        )
        raise StoreError(msg)
    try:
        if is_cluster(client):
            Crossing(client, keys).finish()
        yield lock
    finally:
        with suppress(LockError):  # it has expired
            lock.release()
