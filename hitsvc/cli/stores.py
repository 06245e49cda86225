"""Which store a command speaks to."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import quote

from hitsvc.errors import StoreError
from hitsvc.serve import DataDir, EmbeddedStore, running_socket
from hitsvc.settings import Settings
from hitsvc.store import check_redis

CHECK_TIMEOUT_S = 3.0
# An embedded store of some gigabytes takes this long to load, at most.
_LOAD_WITHIN_S = 600.0


def store_url(settings: Settings) -> str:
    """Return the URL of the store, or of the embedded one that runs.

    Raises:
        StoreError: None can be asked; the message says why and what to do.
    """
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
        url = store_url(settings)
        check_redis(url, CHECK_TIMEOUT_S)
        yield url
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
