"""``hitsvc export``: all counts, in the format that ``hitsvc import`` reads."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

import click

from hitsvc.admin import Export, calendar_of, difference, whole_file
from hitsvc.admin.importers import Form, Row, Source, write_rows
from hitsvc.cli import options
from hitsvc.cli.asking import counting_bar, open_store_client
from hitsvc.cli.typed import File
from hitsvc.counting import Keys
from hitsvc.settings import Settings

_JSON = (".ndjson", ".jsonl", ".json")


@click.command("export")
@options.site
@click.option(
    "--output",
    type=File("counts.csv.gz"),
    metavar="FILE",
    help="Where to; .gz at its end packs it, .ndjson (or .ndjson.gz) is as --json.",
)
@click.option(
    "--less",
    type=File("counts.csv.gz", exists=True),
    metavar="FILE",
    help="Only what FILE, an earlier export of the same store, does not have.",
)
@click.option("--json", "as_json", is_flag=True, help="NDJSON instead of CSV.")
@options.store
@options.data_dir
def command(
    site: str | None,
    output: Path | None,
    less: Path | None,
    as_json: bool,
    redis_url: str | None,
    data_dir: Path | None,
) -> None:
    r"""Write all counts: the page, the day and the hits of each row.

    It may run while hits are counted. Each page is as it was at one moment, and its rows
    add up to its total; a file is there as a whole or not at all. docs/importing.md has
    the format.

    \b
    Examples:
      hitsvc export --output counts.csv.gz
      hitsvc export --site example.com --json | head
      hitsvc export --less counts.csv.gz --output since.csv.gz
    """
    settings = Settings.load(os.environ, redis_url=redis_url, data_dir=data_dir)
    name = str(output or "")
    packed = name.endswith(".gz")
    is_json = as_json or name.removesuffix(".gz").endswith(_JSON)
    form: Form = "ndjson" if is_json else "csv"
    with (
        open_store_client(settings) as client,
        _target(output) as target,
    ):
        keys = Keys(settings.key_prefix)
        today = calendar_of(client, keys, settings.timezone).today().date
        export = Export(client, keys, site)
        with counting_bar("Pages") as progress:
            rows: Iterator[Row] = export.rows(today, progress)
            if less is not None:
                rows = difference(rows, Source(less))
            number = write_rows(rows, target, form, packed=packed)
    if output is not None:
        click.echo(f"{number:,} rows in {output}", err=True)


@contextmanager
def _target(output: Path | None) -> Iterator[BinaryIO]:
    if output is None:
        try:
            yield sys.stdout.buffer
            sys.stdout.flush()
        except BrokenPipeError:
            # Whoever reads has enough, such as `head`. What is left has nowhere to go.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    else:
        with whole_file(output) as file:
            yield file
