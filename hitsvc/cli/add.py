"""``hitsvc add``: add hits to a page."""

from datetime import date
from pathlib import Path

import click

from hitsvc.admin import Changes
from hitsvc.cli import operating, options
from hitsvc.cli.typed import Day, Whole


@click.command("add", context_settings={"ignore_unknown_options": True})
@click.argument("url")
@click.argument("hits", type=Whole(), metavar="N")
@click.option(
    "--day", type=Day(), metavar="DAY", help="To this day, such as 2026-03-01."
)
@operating.as_json
@options.store
@options.data_dir
def command(
    url: str,
    hits: int,
    day: date | None,
    as_json: bool,
    redis_url: str | None,
    data_dir: Path | None,
) -> None:
    r"""Add hits to a page, which may be a new one, or take some away.

    Without --day they have no date. A page, and a day, never has fewer hits than none.
    Each run adds: if one was cut off, look with hitsvc show before you run it again.

    \b
    Examples:
      hitsvc add example.com/post 250
      hitsvc add example.com/post 12 --day 2026-03-01
      hitsvc add example.com/post -5
    """
    page = operating.identity().key(url)
    with operating.operator(redis_url, data_dir) as (client, keys):
        today = operating.calendar(client, keys).today().date
        before, after = Changes(client, keys).add(page, hits, day, today)
    if as_json:
        when = day.isoformat() if day else None
        told = {"page": page, "before": before, "after": after, "day": when}
        operating.tell_json(told)
    else:
        click.echo(f"{page}: {before:,} -> {after:,}")
