"""``hitsvc show``: a page's numbers, read from outside the service."""

import asyncio
import os
import shutil
from pathlib import Path

import click

from hitsvc.cli import operating, options
from hitsvc.cli.stores import CHECK_TIMEOUT_S, answering_store
from hitsvc.cli.typed import Whole
from hitsvc.counter import HitCounter
from hitsvc.counting import Calendar, Keys, Totals, zone_kept
from hitsvc.settings import Settings
from hitsvc.store import open_backend


@click.command("show")
@click.argument("url")
@click.option(
    "--days",
    type=Whole(1, 366, example=30),
    help="Also the hits of so many days, as bars.",
)
@operating.as_json
@options.store
@options.data_dir
def command(
    url: str,
    days: int | None,
    as_json: bool,
    redis_url: str | None,
    data_dir: Path | None,
) -> None:
    r"""Print the key, the total and today's hits of a URL.

    \b
    Examples:
      hitsvc show example.com/post
      hitsvc show example.com/post --days 30
      hitsvc show example.com/post --days 7 --json
    """
    settings = Settings.load(os.environ, redis_url=redis_url, data_dir=data_dir)
    key = operating.identity().key(url)
    totals = read_totals(settings, key, days or 1)
    if as_json:
        operating.tell_json(
            {
                "page": key,
                "total": totals.total,
                "today": totals.today,
                "undated": totals.undated,
                "days": [
                    {"day": day.isoformat(), "hits": hits}
                    for day, hits in totals.days.items()
                ],
            }
        )
        return
    click.echo(f"{key} {totals.total} {totals.today}")
    if days:
        _draw(totals)


def _draw(totals: Totals) -> None:
    """Draw a bar for each day, the longest as long as fits."""
    most = max(totals.days.values())
    digits = len(f"{most:,}")
    room = max(10, min(shutil.get_terminal_size().columns, 100) - digits - 14)
    for day, hits in totals.days.items():
        # What has hits has a bar.
        length = max(1, round(room * hits / most)) if hits > 0 else 0
        click.echo(f"{day}  {hits:>{digits},}  {'#' * length}".rstrip())
    if totals.undated:
        click.echo(f"Without a date: {totals.undated:,}")


def read_totals(settings: Settings, page_key: str, days: int = 1) -> Totals:
    """Ask the store that the settings name, or the running embedded one.

    Raises:
        SettingsError: The store cannot be asked; the message says why.
        CounterUnavailable: It did not answer in time.
    """
    url = answering_store(settings)
    return asyncio.run(_read(settings, url, page_key, days))


async def _read(settings: Settings, url: str, page_key: str, days: int) -> Totals:
    backend = open_backend(url, CHECK_TIMEOUT_S)
    zone = await zone_kept(Keys(settings.key_prefix), backend.execute)
    counter = HitCounter(
        backend,
        key_prefix=settings.key_prefix,
        token_ttl_s=0,
        token_length=settings.random_value_length,
        queue_limit=settings.queue_limit,
        today=Calendar(zone or settings.timezone).today,
    )
    try:
        return await counter.totals(page_key, days)
    finally:
        await counter.close()
