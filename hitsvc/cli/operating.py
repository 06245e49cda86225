"""What the commands that look at counts and change them share: a store, tables, questions."""

import csv
import json
import os
import shutil
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from hitsvc.admin import (
    Removal,
    Save,
    SaveFile,
    SaveStream,
    calendar_of,
    explained,
    open_client,
)
from hitsvc.cli.stores import open_store
from hitsvc.counting import Calendar, Keys
from hitsvc.request import Identity
from hitsvc.settings import Settings

# How many pages are named before a question; the rest are counted.
_NAMED = 20

as_json = click.option("--json", "as_json", is_flag=True, help="Print JSON.")
yes = click.option("--yes", "-y", is_flag=True, help="Do not ask.")
save_file = click.option(
    "--save",
    metavar="FILE",
    help="Where what is removed is written first, as an export: a new file, packed if "
    "its name ends in .gz, or - for standard output. "
    "Default: hitsvc-removed-DATE-TIME.csv in this directory.",
)

# How the place of what was saved is told, if it is no file.
STANDARD_OUTPUT = "standard output"


@contextmanager
def operator(
    redis_url: str | None, data_dir: Path | None
) -> Iterator[tuple[Any, Keys]]:
    """Open the store as the operator, and say in a line what goes wrong.

    Args:
        redis_url: The option; it wins over both variables.
        data_dir: The option.
    """
    settings = Settings.load(
        os.environ,
        redis_url=redis_url,
        data_dir=data_dir,
        admin_redis_url=None if redis_url is None else "",
    )
    with open_store(settings) as url, explained(), open_client(url) as client:
        yield client, Keys(settings.key_prefix)


def calendar(client: Any, keys: Keys) -> Calendar:
    """Return the calendar of the service, whatever this process' settings say.

    Raises:
        SettingsError: The settings are wrong.
        StoreError: This machine does not know its zone.
    """
    return calendar_of(client, keys, Settings.load(os.environ).timezone)


def removal(client: Any, keys: Keys) -> Removal:
    """Return what removes pages, by the calendar of the service."""
    return Removal(client, keys, today=calendar(client, keys).today)


def identity() -> Identity:
    """Return what is one page, as the service has it.

    Raises:
        SettingsError: The settings are wrong.
    """
    return Identity.of(Settings.load(os.environ))


def tell_json(value: object) -> None:
    """Print JSON, one value."""
    click.echo(json.dumps(value, indent=2))


def tell_csv(header: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """Print CSV."""
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)


def tell_table(header: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """Print a table as wide as the terminal at most; the first column is cut to fit.

    Where nobody looks, in a pipe, nothing is cut.
    """
    texts = [
        [str(cell) if isinstance(cell, str) else f"{cell:,}" for cell in row]
        for row in rows
    ]
    lines = [list(header), *texts]
    widths = [max(len(line[column]) for line in lines) for column in range(len(header))]
    if sys.stdout.isatty():
        others = sum(widths[1:]) + 2 * len(widths[1:])
        widths[0] = max(10, min(widths[0], shutil.get_terminal_size().columns - others))
    for line in lines:
        cells = [f"{_cut(line[0], widths[0]):<{widths[0]}}"]
        cells += [
            f"{cell:>{width}}" for cell, width in zip(line[1:], widths[1:], strict=True)
        ]
        click.echo("  ".join(cells).rstrip())


def _cut(text: str, width: int) -> str:
    """Leave out the middle: a page's host and its end tell most."""
    if len(text) <= width:
        return text
    head = (width - 1) // 2
    return f"{text[:head]}…{text[len(text) - (width - 1 - head) :]}"


def name_pages(lines: Sequence[str]) -> None:
    """Name what a question is about, on standard error; at most some lines of it."""
    for line in lines[:_NAMED]:
        click.echo(f"  {line}", err=True)
    if len(lines) > _NAMED:
        click.echo(f"  and {len(lines) - _NAMED:,} more", err=True)


def ask(question: str, *, yes: bool) -> None:
    """Ask before what cannot be undone.

    Raises:
        Abort: The answer is no.
        ClickException: There is nobody to ask.
    """
    if yes:
        return
    if not sys.stdin.isatty():
        msg = "this cannot be undone, and there is no terminal to ask: add --yes"
        raise click.ClickException(msg)
    click.confirm(question, abort=True, err=True)


def saving(name: str | None) -> tuple[Save, str]:
    """Choose where to save, and how that is called."""
    if name == "-":
        return SaveStream(sys.stdout.buffer), STANDARD_OUTPUT
    moment = datetime.now(UTC)
    path = Path(name or f"hitsvc-removed-{moment:%Y%m%d-%H%M%S-%f}.csv")
    return SaveFile(path), str(path)


def refuse_json_in_saved(name: str | None, *, as_json: bool) -> None:
    """Refuse two kinds of output in one.

    Raises:
        UsageError: Both would go to standard output.
    """
    if name == "-" and as_json:
        msg = "--save - and --json both write to standard output"
        raise click.UsageError(msg)


def bar(label: str, items: Sequence[str] | None = None, length: int = 0) -> Any:
    """Make a progress bar on standard error, over items or up to a length."""
    length = length if items is None else len(items)
    return click.progressbar(items, length=length, label=label, file=sys.stderr)
