"""What a Redis refuses, said in a sentence."""

from collections.abc import Iterator
from contextlib import contextmanager

from redis.exceptions import RedisError

from hitsvc.errors import StoreError


@contextmanager
def told() -> Iterator[None]:
    """Say in a sentence what a Redis has refused.

    Raises:
        StoreError: It did.
    """
    try:
        yield
    except RedisError as ex:
        msg = f"the store did not do what it was asked: {ex}"
        raise StoreError(msg) from ex
