"""``hitsvc reset``: let a page begin again at 0."""

from pathlib import Path

import click

from hitsvc.cli import operating, options, removing


@click.command("reset")
@click.argument("urls", nargs=-1, required=True, metavar="URL...")
@operating.yes
@operating.save_file
@operating.as_json
@options.store
@options.data_dir
def command(
    urls: tuple[str, ...],
    yes: bool,
    save: str | None,
    as_json: bool,
    redis_url: str | None,
    data_dir: Path | None,
) -> None:
    r"""Let pages begin again at 0, without a history. It asks, and saves what they had.

    A page stays in the lists, and the next hit is number 1. To keep the days and change
    the total alone, use hitsvc set.

    \b
    Examples:
      hitsvc reset example.com/post
      hitsvc reset example.com/post --yes --save post.csv
    """
    identity = operating.identity()
    operating.refuse_json_in_saved(save, as_json=as_json)
    pages = list(dict.fromkeys(map(identity.key, urls)))
    with operating.operator(redis_url, data_dir) as (client, keys):
        removal = operating.removal(client, keys)
        job = removing.Job("Reset", "Reset to 0", removal.reset)
        removing.run(client, keys, pages, job, yes=yes, save=save, as_json=as_json)
