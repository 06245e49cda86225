"""Which store a command speaks to, and for how long it waits for one."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from hitsvc.cli.stores import answering_store
from hitsvc.serve import DataDir, EmbeddedStore
from hitsvc.settings import Settings
from hitsvc.store import RedisAway
from tests.support.processes import eventually


@pytest.fixture(name="starting")
def _starting(tmp_path: Path) -> Iterator[EmbeddedStore]:
    """A store whose service has just been started, so that it does not answer yet."""
    data_dir = DataDir.claim(tmp_path / "data")
    store = EmbeddedStore(data_dir, 16)
    yield store
    store.stop()
    data_dir.release()


def test_one_that_is_starting_is_waited_for(starting: EmbeddedStore) -> None:
    """A command may be typed right behind the start of the service."""
    settings = Settings(data_dir=starting.data_dir.path)
    with ThreadPoolExecutor(1) as pool:
        url = pool.submit(answering_store, settings, 60)
        eventually(url.running)
        starting.start()

        assert url.result() == starting.url


def test_not_for_ever(starting: EmbeddedStore) -> None:
    """It may not come."""
    settings = Settings(data_dir=starting.data_dir.path)

    with pytest.raises(RedisAway, match="is it running"):
        answering_store(settings, 0)


def test_another_redis_is_not_waited_for(tmp_path: Path) -> None:
    """It is said at once that it is away."""
    settings = Settings(redis_url=f"unix://{tmp_path / 'none.sock'}")

    with pytest.raises(RedisAway):
        answering_store(settings, float("inf"))
