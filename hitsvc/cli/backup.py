"""``hitsvc backup``: everything in the store as of one moment, in a file."""

import os
from pathlib import Path

import click

from hitsvc.admin import Export, calendar_of, save_snapshot, whole_file
from hitsvc.admin.importers import write_rows
from hitsvc.cli import options
from hitsvc.cli.asking import open_store_client
from hitsvc.cli.typed import File
from hitsvc.counting import Keys
from hitsvc.settings import Settings


@click.command("backup")
@click.argument("file", type=File("hits.backup"))
@options.store
@options.data_dir
def command(file: Path, redis_url: str | None, data_dir: Path | None) -> None:
    r"""Write a backup of the store, while it runs or not.

    Of the embedded store it is a snapshot: all as of one moment. Of another Redis, whose
    disk is elsewhere, it is an export: each page as of one moment. For a snapshot of that
    one use its own means. The file is there as a whole or not at all, and on the disk.

    \b
    Examples:
      hitsvc backup hits.backup
    """
    settings = Settings.load(os.environ, redis_url=redis_url, data_dir=data_dir)
    keys = Keys(settings.key_prefix)
    with open_store_client(settings) as client:
        if settings.redis_url == "embedded":
            size = save_snapshot(client, keys, settings.data_dir, file)
            what = f"a snapshot of {size:,} bytes"
        else:
            today = calendar_of(client, keys, settings.timezone).today().date
            rows = Export(client, keys).rows(today)
            with whole_file(file) as target:
                number = write_rows(rows, target, packed=True)
            what = f"an export of {number:,} rows"
    click.echo(f"{file} is {what}")
