"""``hitsvc delete``: remove pages."""

from pathlib import Path

import click

from hitsvc.admin import Reader
from hitsvc.cli import operating, options, removing
from hitsvc.cli.typed import Host


@click.command("delete")
@click.argument("urls", nargs=-1, metavar="[URL]...")
@click.option(
    "--site", "host", type=Host(), metavar="HOST", help="All pages of this site."
)
@click.option(
    "--match", "pattern", metavar="PATTERN", help="All pages like example.com/tag/*."
)
@operating.yes
@operating.save_file
@operating.as_json
@options.store
@options.data_dir
def command(
    urls: tuple[str, ...],
    host: str | None,
    pattern: str | None,
    yes: bool,
    save: str | None,
    as_json: bool,
    redis_url: str | None,
    data_dir: Path | None,
) -> None:
    r"""Remove pages and all that is counted of them. It asks, and saves what they had.

    In a pattern * stands for any text, slashes too. A page that is visited again is
    counted again, from 1: what is not to be counted is named by HITSVC_DENY.

    \b
    Examples:
      hitsvc delete example.com/post
      hitsvc delete --match 'example.com/tag/*' --save tags.csv.gz
      hitsvc delete --site old.example.com --yes
    To undo it:
      hitsvc import tags.csv.gz
    """
    identity = operating.identity()
    operating.refuse_json_in_saved(save, as_json=as_json)
    if sum(map(bool, (urls, host, pattern))) != 1:
        msg = "name pages, or a site with --site, or a pattern with --match"
        raise click.UsageError(msg)
    pages = list(dict.fromkeys(map(identity.key, urls)))
    with operating.operator(redis_url, data_dir) as (client, keys):
        reader = Reader(client, keys)
        if host:
            pages = sorted(set(reader.pages(host)))
        elif pattern:
            pages = reader.matching(pattern, identity)
        delete = operating.removal(client, keys).delete
        job = removing.Job("Delete", "Deleted", delete)
        removing.run(client, keys, pages, job, yes=yes, save=save, as_json=as_json)
