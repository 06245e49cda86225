"""``hitsvc show``: a page's numbers, read from outside the service."""

import asyncio
import os
from pathlib import Path

import click

from hitsvc.cli import options
from hitsvc.cli.stores import CHECK_TIMEOUT_S, store_url
from hitsvc.counter import HitCounter, Totals
from hitsvc.request import normalise
from hitsvc.settings import Settings
from hitsvc.store import check_redis, open_backend


@click.command("show")
@click.argument("url")
@options.store
@options.data_dir
def command(url: str, redis_url: str | None, data_dir: Path | None) -> None:
    """Print the key, the total and today's hits (UTC) of a URL."""
    settings = Settings.load(os.environ, redis_url=redis_url, data_dir=data_dir)
    key = normalise(url)
    totals = read_totals(settings, key)
    click.echo(f"{key} {totals.total} {totals.today}")


def read_totals(settings: Settings, page_key: str) -> Totals:
    """Ask the store that the settings name, or the running embedded one.

    Raises:
        SettingsError: The store cannot be asked; the message says why.
        CounterUnavailable: It did not answer in time.
    """
    url = store_url(settings)
    check_redis(url, CHECK_TIMEOUT_S)
    return asyncio.run(_read(settings, url, page_key))


async def _read(settings: Settings, url: str, page_key: str) -> Totals:
    counter = HitCounter(
        open_backend(url, CHECK_TIMEOUT_S),
        key_prefix=settings.key_prefix,
        token_ttl_s=0,
        token_length=settings.random_value_length,
        queue_limit=settings.queue_limit,
    )
    try:
        return await counter.totals(page_key)
    finally:
        await counter.close()
