"""``hitsvc restore``: what `hitsvc backup` has written becomes the store's data."""

import os
from datetime import UTC, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import click

from hitsvc.admin import (
    BEFORE,
    OURS,
    Choices,
    Export,
    Import,
    calendar_of,
    is_snapshot,
    open_file,
    put_snapshot,
)
from hitsvc.admin.importers import Shape, Source
from hitsvc.cli import options
from hitsvc.cli.asking import open_store_client
from hitsvc.cli.typed import File
from hitsvc.counting import Keys
from hitsvc.errors import StoreError
from hitsvc.serve import DataDir
from hitsvc.settings import Settings


@click.command("restore")
@click.argument("file", type=File("hits.backup", exists=True))
@click.option("--yes", is_flag=True, help="Take the place of the data that are there.")
@options.store
@options.data_dir
def command(
    file: Path, yes: bool, redis_url: str | None, data_dir: Path | None
) -> None:
    r"""Make a backup the data of the store.

    A snapshot goes into an embedded store that does not run; the data that were there
    stay beside it, in the directory before-restore. An export goes into a store without
    pages; cut off, it goes on when it is run again.

    \b
    Examples:
      hitsvc restore hits.backup
    """
    settings = Settings.load(os.environ, redis_url=redis_url, data_dir=data_dir)
    if not is_snapshot(file):
        _import(file, settings)
    elif settings.redis_url == "embedded":
        _put(file, settings, yes=yes)
    else:
        msg = (
            f"{file} is a snapshot of an embedded store, and goes into one only: leave "
            "out --store; to take its counts elsewhere, restore it there and export them"
        )
        raise StoreError(msg)


def _put(file: Path, settings: Settings, *, yes: bool) -> None:
    there = (
        settings.data_dir.is_dir() and (settings.data_dir / "appendonlydir").exists()
    )
    number = _size(settings) if there and not yes else 0
    if number:
        msg = (
            f"{settings.data_dir} has {number:,} keys already; with --yes the backup takes "
            f"their place, and they stay in its directory {BEFORE}"
        )
        raise StoreError(msg)
    claimed = DataDir.claim(settings.data_dir)
    try:
        restored = _look(file, settings)
        put_snapshot(file, claimed.path)
    finally:
        claimed.release()
    click.echo(f"{settings.data_dir} has the {restored:,} keys of {file} now")
    if there:
        click.echo(f"What was there before is in {settings.data_dir / BEFORE}")


def _size(settings: Settings) -> int:
    with open_store_client(settings) as client:
        return int(client.dbsize())


def _look(file: Path, settings: Settings) -> int:
    """Have a store load the backup before anything is changed."""
    with TemporaryDirectory(prefix="restore-", dir=settings.data_dir) as directory:
        put_snapshot(file, Path(directory))
        try:
            return _size(settings.model_copy(update={"data_dir": Path(directory)}))
        except StoreError as ex:
            msg = f"{file} cannot be loaded by a store, and nothing was changed: {ex}"
            raise StoreError(msg) from ex


def _import(file: Path, settings: Settings) -> None:
    opened = open_file(Source(file), Choices(OURS, Shape()))
    keys = Keys(settings.key_prefix)
    with open_store_client(settings) as client:
        now = calendar_of(client, keys, settings.timezone).now()
        begun = client.exists(keys.import_mark(opened.id))
        if not begun and next(Export(client, keys).rows(now.date()), None):
            msg = (
                "this store has pages already, and an export is restored into an empty "
                "one; hitsvc import adds it to what is there"
            )
            raise StoreError(msg)
        until = now.date() + timedelta(1)
        work = Import(client, keys, opened.id, opened.left_out, until=until)
        outcome = work.run(opened.rows(), f"{now.astimezone(UTC):%Y-%m-%d %H:%M} UTC")
    if outcome.done_before:
        click.echo(f"{file} was restored on {outcome.done_before}: nothing was changed")
        return
    click.echo(
        f"{outcome.rows_before + outcome.rows:,} rows of {file} are in the store"
    )
