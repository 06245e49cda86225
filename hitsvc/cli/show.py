"""Reads a URL's numbers from outside the service, for ``hitsvc show``."""

import asyncio
from urllib.parse import quote

from hitsvc.counter import HitCounter, Totals
from hitsvc.errors import StoreError
from hitsvc.serve import running_socket
from hitsvc.settings import Settings
from hitsvc.store import check_redis, open_backend

_TIMEOUT_S = 3.0


def read_totals(settings: Settings, page_key: str) -> Totals:
    """Ask the store that the settings name, or the running embedded one.

    Raises:
        SettingsError: The store cannot be asked; the message says why.
        CounterUnavailable: It did not answer in time.
    """
    url = _store_url(settings)
    check_redis(url, _TIMEOUT_S)
    return asyncio.run(_read(settings, url, page_key))


def _store_url(settings: Settings) -> str:
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


async def _read(settings: Settings, url: str, page_key: str) -> Totals:
    counter = HitCounter(
        open_backend(url, _TIMEOUT_S),
        key_prefix=settings.key_prefix,
        token_ttl_s=0,
        token_length=settings.random_value_length,
        queue_limit=settings.queue_limit,
    )
    try:
        return await counter.totals(page_key)
    finally:
        await counter.close()
