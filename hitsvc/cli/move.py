"""``hitsvc move``: give the hits of a page to another."""

from pathlib import Path

import click

from hitsvc.admin import Changes, Moved, Reader
from hitsvc.cli import operating, options


@click.command("move")
@click.argument("old")
@click.argument("new")
@operating.yes
@operating.save_file
@operating.as_json
@options.store
@options.data_dir
def command(
    old: str,
    new: str,
    yes: bool,
    save: str | None,
    as_json: bool,
    redis_url: str | None,
    data_dir: Path | None,
) -> None:
    r"""Give all hits of a page to another address, with their days.

    If there are hits at the new address, both are added up; that cannot be undone, so it
    asks, and saves what both had. It leads no visitor from the old address to the new
    one: what comes to the old one later counts there, from 1.

    \b
    Examples:
      hitsvc move example.com/old-post example.com/new-post
      hitsvc move blog.example.com/a example.com/blog/a --yes
    """
    operating.refuse_json_in_saved(save, as_json=as_json)
    key_of = operating.identity().key
    source, target = key_of(old), key_of(new)
    saved = None
    with operating.operator(redis_url, data_dir) as (client, keys):
        totals = {
            p.page: p.total for p in Reader(client, keys).totals([source, target])
        }
        keep = None
        if source in totals and target in totals and source != target:
            operating.name_pages([f"{p}: {n:,}" for p, n in totals.items()])
            operating.ask(f"Add the first to the second, {target}?", yes=yes)
            keep, saved = operating.saving(save)
        moved = Changes(client, keys).move(source, target, keep)
    _tell(source, target, moved, saved, as_json=as_json)


def _tell(
    source: str, target: str, moved: Moved, saved: str | None, *, as_json: bool
) -> None:
    if saved:
        click.echo(f"What both had is in {saved}", err=True)
    numbers = _numbers(moved)
    if as_json:
        operating.tell_json({"from": source, "to": target} | numbers | {"saved": saved})
    else:
        line = "{before:,} -> {after:,}".format_map(numbers)
        click.echo(f"{target}: {line}", err=saved == operating.STANDARD_OUTPUT)
        click.echo(f"Later hits of {source} count there, from 1.", err=True)


def _numbers(moved: Moved) -> dict[str, int]:
    return {"moved": moved.old, "before": moved.new, "after": moved.old + moved.new}
