"""``hitsvc set``: let a page have so many hits."""

from pathlib import Path

import click

from hitsvc.admin import Changes
from hitsvc.cli import operating, options
from hitsvc.cli.typed import Whole


@click.command("set")
@click.argument("url")
@click.argument("total", type=Whole(0, example=20000), metavar="N")
@operating.as_json
@options.store
@options.data_dir
def command(
    url: str, total: int, as_json: bool, redis_url: str | None, data_dir: Path | None
) -> None:
    r"""Set the total of a page, which may be a new one.

    Its days stay as they are: the difference counts as hits without a date. Hits that
    arrive afterwards count on from N.

    \b
    Examples:
      hitsvc set example.com/post 20000
    """
    page = operating.identity().key(url)
    with operating.operator(redis_url, data_dir) as (client, keys):
        before, after = Changes(client, keys).set(page, total)
    if as_json:
        operating.tell_json({"page": page, "before": before, "after": after})
    else:
        click.echo(f"{page}: {before:,} -> {after:,}")
