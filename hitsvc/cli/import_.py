"""``hitsvc import``: count what has been counted elsewhere, or exported here."""

import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import click

from hitsvc.admin import (
    NAMES,
    OURS,
    Choices,
    Import,
    Opened,
    calendar_of,
    open_file,
    open_other_store,
)
from hitsvc.admin.importers import Shape, Source, keys_by, read_map, spooled
from hitsvc.cli import options
from hitsvc.cli.asking import counting_bar, open_store_client
from hitsvc.cli.import_report import Report
from hitsvc.cli.typed import Day, File, Word
from hitsvc.counting import Calendar, Keys
from hitsvc.request import Identity
from hitsvc.settings import Right, Settings, mistake
from hitsvc.store import see_url

_FILE = File("pages.csv")


@click.command("import")
@click.argument("file")
@click.option(
    "--from",
    "importer",
    type=Word(NAMES),
    default=OURS,
    help="What made FILE: hitsvc itself (and whatever writes its format), or another.",
)
@click.option("--dry-run", is_flag=True, help="Say what it would do, and do nothing.")
@click.option(
    "--add", "mode", flag_value="add", default="add", help="Add up (default)."
)
@click.option("--max", "mode", flag_value="max", help="Keep each day's larger number.")
@click.option("--replace", "mode", flag_value="replace", help="Take FILE's numbers.")
@click.option("--site", metavar="HOST", help="Only this host, or whose paths they are.")
@click.option("--map", "urls", type=_FILE, help="New names for pages, as CSV.")
@click.option("--since", type=Day(), metavar="DAY", help="The first day to import.")
@click.option("--until", type=Day(), metavar="DAY", help="The last day to import.")
@click.option(
    "--visits", is_flag=True, help="GoatCounter: first views of a visit only."
)
@click.option("--sitemap", type=_FILE, help="busuanzi: which pages there are.")
@click.option("--again", is_flag=True, help="Import it although it has been imported.")
@options.as_json
@options.store
@options.data_dir
def command(file: str, **chosen: Any) -> None:
    r"""Count what another counter, a log or an export of ours has.

    FILE is a file, packed or not; - is standard input; and where another counter keeps its
    numbers in a Redis, that Redis' URL. The same file with the same options is imported
    once: a second time adds nothing, and an import that was cut off goes on where it was.
    It may run while hits are counted.

    With --max and --replace each day of a page is compared by itself, and hits without a
    day are one day more. docs/importing.md has every source.

    \b
    Examples:
      hitsvc import counts.csv.gz --dry-run
      hitsvc import data.db --from hit-counter
      hitsvc import access.log.gz --from access-log --site example.com
      hitsvc import redis://127.0.0.1:6379/1 --from vercount
    """
    settings = Settings.load(
        os.environ, redis_url=chosen["redis_url"], data_dir=chosen["data_dir"]
    )
    _see_file(file)
    with open_store_client(settings) as client:
        calendar = calendar_of(client, Keys(settings.key_prefix), settings.timezone)
        choices = _choices(settings, chosen, calendar)
        with _opened(file, choices) as opened:
            report = _import(client, settings, opened, chosen, calendar)
    report.name = file if file != "-" else "standard input"
    if chosen["as_json"]:
        click.echo(json.dumps(report.as_object()))
    else:
        click.echo("\n".join(report.lines()))


def _import(
    client: Any,
    settings: Settings,
    opened: Opened,
    chosen: dict[str, Any],
    calendar: Calendar,
) -> Report:
    work = Import(
        client,
        Keys(settings.key_prefix),
        opened.id,
        opened.left_out,
        mode=chosen["mode"],
        until=chosen["until"] or calendar.today().date + timedelta(1),
        dry_run=chosen["dry_run"],
        again=chosen["again"],
        rules=Identity.of(settings).name,
    )
    now = datetime.now(UTC)
    with counting_bar("Rows") as progress:
        outcome = work.run(opened.rows(), f"{now:%Y-%m-%d %H:%M} UTC", progress)
    return Report(outcome, opened.left_out, dry_run=chosen["dry_run"])


def _choices(settings: Settings, chosen: dict[str, Any], calendar: Calendar) -> Choices:
    key_of = keys_by(Identity.of(settings))
    urls, sitemap = chosen["urls"], chosen["sitemap"]
    return Choices(
        chosen["importer"],
        Shape(
            site=chosen["site"],
            urls=read_map(Source(urls), key_of) if urls else None,
            since=chosen["since"],
            until=chosen["until"],
            zone=calendar.tzinfo,
        ),
        mode=chosen["mode"],
        visits=chosen["visits"],
        sitemap=Source(sitemap) if sitemap else None,
        key_of=key_of,
    )


def _see_file(file: str) -> None:
    """Refuse what is no source, before a store is looked for.

    Raises:
        UsageError: It is none.
        SettingsError: It is a malformed URL.
    """
    if "://" in file:
        see_url(file, "FILE")
        return
    path = Path(file)
    if file != "-" and (path.is_dir() or not path.exists()):
        right = Right("a file, - or the URL of a Redis", "counts.csv.gz")
        raise click.UsageError(mistake(f"FILE {file!r}", "not a file", right))


@contextmanager
def _opened(file: str, choices: Choices) -> Iterator[Opened]:
    if "://" in file:
        yield open_other_store(file, choices)
    elif file == "-":
        with spooled(sys.stdin.buffer, "standard input") as source:
            yield open_file(source, choices)
    else:
        yield open_file(Source(Path(file)), choices)
