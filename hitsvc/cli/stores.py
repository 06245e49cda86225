"""Which store a command speaks to."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import quote

from hitsvc.errors import StoreError
from hitsvc.serve import DataDir, EmbeddedStore, running_socket
from hitsvc.settings import Settings
from hitsvc.store import RedisAway, check_redis

CHECK_TIMEOUT_S = 3.0
# An embedded store of some gigabytes takes this long to load, at most.
_LOAD_WITHIN_S = 600.0
# One whose service has just been started, for example by the line before.
_START_WITHIN_S = 5.0
_AGAIN_S = 0.05


def answering_store(settings: Settings, start_within_s: float = _START_WITHIN_S) -> str:
    """Return the URL of the store, or of the embedded one that runs.

    Args:
        settings: They name it.
        start_within_s: Seconds for which an embedded one may still start.

    Raises:
        StoreError: None can be asked; the message says why and what to do.
        SettingsError: It does not answer, or does not let us in.
    """
    url = _url(settings)
    wait_s = start_within_s if settings.redis_url == "embedded" else 0.0
    deadline = time.monotonic() + wait_s
    while True:
        try:
            check_redis(url, CHECK_TIMEOUT_S)
        except RedisAway:
            if time.monotonic() >= deadline:
                raise
            time.sleep(_AGAIN_S)
        else:
            return url


def _url(settings: Settings) -> str:
    if settings.redis_url == "memory":
        msg = "the memory store can only be asked over HTTP: GET /nocount?url=..."
        raise StoreError(msg)
    if settings.redis_url != "embedded":
        return settings.redis_url
    socket_path = running_socket(settings.data_dir)
    if socket_path is None:
        msg = (
            f"no embedded store runs on {settings.data_dir.absolute()}; start it with "
            "hitsvc serve, or name another directory with --data-dir or a Redis "
            "with --store"
        )
        raise StoreError(msg)
    return f"unix://{quote(str(socket_path))}"


@contextmanager
def open_store(settings: Settings) -> Iterator[str]:
    """Find the operator's store, or start the embedded one for a while.

    Yields:
        Its URL.

    Raises:
        SettingsError: There is none, or it does not let us in.
    """
    if settings.admin_redis_url:
        check_redis(
            settings.admin_redis_url, CHECK_TIMEOUT_S, set_by="HITSVC_ADMIN_REDIS_URL"
        )
        yield settings.admin_redis_url
        return
    if (
        settings.redis_url != "embedded"
        or running_socket(settings.data_dir) is not None
        or not settings.data_dir.is_dir()
    ):
        yield answering_store(settings)
        return
    data_dir = DataDir.claim(settings.data_dir)
    store = EmbeddedStore(data_dir, settings.embedded_memory)
    try:
        store.start()
        deadline = time.monotonic() + _LOAD_WITHIN_S
        while not store.ready():
            if time.monotonic() > deadline:
                msg = f"the embedded store on {data_dir.path} does not answer"
                raise StoreError(msg)
            time.sleep(0.02)
        yield store.url
    finally:
        store.stop()
        data_dir.release()
