"""``hitsvc repair``: mend what a kill, a race or an older version left behind."""

import sys
from pathlib import Path

import click

from hitsvc.admin import Findings, Repair, keys_in
from hitsvc.cli import operating, options

_SHOWN = 20


@click.command("repair")
@click.option(
    "--dry-run", is_flag=True, help="Say what there is to do, and do nothing."
)
@options.store
@options.data_dir
def command(dry_run: bool, redis_url: str | None, data_dir: Path | None) -> None:
    r"""Mend the keys in the store, and say what was found.

    Days that version 1.0 has kept are moved to where they are kept now; pages are written
    into the list of pages; and where a page's days do not add up to its total, the
    difference becomes hits without a date. Pages that are one by the settings of now, such
    as HITSVC_FOLD_WWW, are added up. No other total changes.

    It may be stopped at any time and run again, and run while hits are counted. Run it
    once before the first start after an upgrade from 1.0, and after a change of the settings
    that say what is one page.

    \b
    Examples:
      hitsvc repair --dry-run
      hitsvc repair --store redis://127.0.0.1:6379/0
    """
    with operating.operator(redis_url, data_dir) as (client, keys):
        repair = Repair(client, keys, operating.identity(), dry_run=dry_run)
        with click.progressbar(
            length=3 * keys_in(client), label="Keys looked at", file=sys.stderr
        ) as bar:
            found = repair.run(bar.update)
    _tell(found, dry_run=dry_run)


def _tell(found: Findings, *, dry_run: bool) -> None:
    mended = "" if dry_run else ", mended"
    click.echo(f"{found.pages:,} pages")
    click.echo(f"{found.moved:,} with days of version 1.0{mended}")
    click.echo(f"{found.merged:,} that are another page by the settings{mended}")
    _list([f"{old} -> {new}" for old, new in found.renamed], found.merged)
    click.echo(f"{found.unlisted:,} not in the list of pages{mended}")
    click.echo(f"{found.stale:,} listed but gone{mended}")
    click.echo(
        f"{len(found.differences):,} whose days do not add up to the total{mended}"
    )
    _list([f"{page} {by:+,}" for page, by in sorted(found.differences.items())])
    if found.needless_marks:
        click.echo(
            f"{found.needless_marks:,} marks of imports that were cut off{mended}"
        )
    if found.needed_marks:
        click.echo(
            f"{found.needed_marks:,} pages of imports that were cut off and have not gone "
            "on; run them again, or leave them"
        )
    if found.no_pages:
        click.echo(f"{len(found.no_pages):,} that are no pages; left as they are")
        _list(found.no_pages)
    if found.unreadable:
        click.echo(f"{len(found.unreadable):,} that cannot be read; left as they are")
        _list(found.unreadable)
    if dry_run:
        click.echo("Nothing was changed: this was a dry run.")


def _list(lines: list[str], number: int = 0) -> None:
    """List the first of so many; of all of them, if nothing is said."""
    for line in lines[:_SHOWN]:
        click.echo(f"  {line}")
    number = number or len(lines)
    if number > _SHOWN:
        click.echo(f"  and {number - _SHOWN:,} more")
