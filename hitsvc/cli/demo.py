"""``hitsvc demo``: the service with made-up numbers, until it is stopped."""

import os
import signal
import socket
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date, timedelta
from functools import partial
from logging.config import dictConfig
from pathlib import Path
from typing import NamedTuple, NoReturn

import click

from hitsvc.access import Operator
from hitsvc.admin import Import, Overviews, calendar_of
from hitsvc.admin.importers import LeftOut
from hitsvc.cli.asking import open_store_client
from hitsvc.cli.dashboard import CODE_LIFE, address, token_file
from hitsvc.cli.serving import at_port, keep, operator_of
from hitsvc.cli.typed import Whole
from hitsvc.counting import Keys
from hitsvc.demo import (
    PAGES,
    SHOWCASE,
    SITES,
    Companion,
    Visitors,
    rows,
    scratch_directory,
)
from hitsvc.request import Identity
from hitsvc.serve import DataDir, EmbeddedStore, address_of, log_config, open_listener
from hitsvc.settings import Right, Settings, heeded, mistake, variable

# What of the environment a demonstration heeds: where it is.
_HEEDED = ("bind", "base_path", "forwarded_allow_ips")
_MOST_SEED = 2**32


class _Stops:
    """Signals that come before the keeper takes them: each ends the process."""

    def __init__(self) -> None:
        self._signum = 0
        for signum in signal.SIGINT, signal.SIGTERM, signal.SIGHUP:
            if signal.getsignal(signum) is not signal.SIG_IGN:  # as nohup sets it
                signal.signal(signum, self._stop)

    def _stop(self, signum: int, _frame: object) -> None:
        self._signum = signum
        self.heed()

    def heed(self) -> None:
        """End it, if Python has swallowed the exception: in a destructor, it does.

        Raises:
            SystemExit: There was a signal.
        """
        if self._signum:
            sys.exit(128 + self._signum)


class _Past(NamedTuple):
    """What was made up: how many pages and views, and since when."""

    pages: int
    views: int
    since: date


def _refuse(_ctx: click.Context, param: click.Parameter, value: str | None) -> None:
    """Say why there is no such option here.

    Raises:
        UsageError: It is given.
    """
    if value is not None:
        msg = f"{param.opts[-1]}: a demo has a store of its own, which it removes"
        raise click.UsageError(msg)


_not_here = partial(click.option, hidden=True, expose_value=False, callback=_refuse)


@click.command("demo")
@click.option("--bind", metavar="HOST:PORT", help="Where to listen.")
@click.option(
    "--port", type=Whole(0, 65535, 8001), metavar="N", help="Of the same host."
)
@click.option("--workers", metavar="N", help="Processes; 0: one each CPU. Default: 1.")
@click.option(
    "--seed",
    type=Whole(0, _MOST_SEED, 7),
    default=1,
    metavar="N",
    help="Another number, other views.",
)
@click.option("--still", is_flag=True, help="Let no views come while it runs.")
@_not_here("--store")
@_not_here("--data-dir")
def command(
    bind: str | None, port: int | None, workers: str | None, seed: int, still: bool
) -> NoReturn:
    r"""Show what it is like: three made-up sites with more than a year of views.

    It prints the addresses of their pages and of the dashboard, where everything can be
    tried. More views come while it runs. It has a store of its own in a new directory,
    whatever your settings say, and leaves nothing behind when it ends.

    \b
    Examples:
      hitsvc demo
      hitsvc demo --port 8001 --still
    """
    dictConfig(log_config())
    stops = _Stops()
    environ = heeded(os.environ, _HEEDED)
    settings = _settings(environ, bind, port, workers)
    with _scratch(seed) as (directory, companion):
        settings = settings.model_copy(update={"data_dir": directory})
        with open_listener(settings.bind) as listener:
            past = _invent(settings, seed)
            site = address_of(listener).partition(" ")[0]
            stops.heed()
            if not still:
                companion.invite(f"{site}{settings.base_path}")
            code = _serve(settings, environ, listener, _intro(past, still=still))
    click.echo("Stopped. The demo has removed all that it made.")
    sys.exit(code)


def _settings(
    environ: Mapping[str, str], bind: str | None, port: int | None, workers: str | None
) -> Settings:
    """Return the settings of a demonstration, with everything that can be seen on.

    Raises:
        SettingsError: One is wrong.
        UsageError: A browser cannot open what would listen there.
    """
    settings = Settings.load(
        environ,
        bind=bind,
        workers=workers or "1",
        redis_url="embedded",
        site_stats="on",
        log_level="warning",
    )
    if settings.bind.startswith("unix:"):
        typed = f"{'--bind' if bind else variable('bind')} {settings.bind!r}"
        right = Right("HOST:PORT", "127.0.0.1:8000")
        raise click.UsageError(mistake(typed, "a browser cannot open it", right))
    if port is not None:
        settings = settings.model_copy(update={"bind": at_port(settings, port)})
    return settings


@contextmanager
def _scratch(seed: int) -> Iterator[tuple[Path, Companion]]:
    """Make a directory, and a process that removes it when all others are gone."""
    directory = scratch_directory()
    companion = Companion(directory, Visitors(PAGES, seed).view)
    try:
        yield directory, companion
    finally:
        companion.dismiss()


def _invent(settings: Settings, seed: int) -> _Past:
    """Import a past that never was, as an operator would import another counter's."""
    keys = Keys(settings.key_prefix)
    with open_store_client(settings) as client:
        calendar = calendar_of(client, keys, settings.timezone)
        now = calendar.now()
        outcome = Import(
            client,
            keys,
            f"demo {seed}",
            LeftOut(),
            until=now.date(),
            rules=Identity.of(settings).name,
        ).run(rows(PAGES, now, seed), f"{now:%Y-%m-%d %H:%M}")
        # So that whoever opens the dashboard sees it at once.
        Overviews(client, keys, today=calendar.today).refresh()
    since = now.date() - timedelta(max(page.age for page in PAGES))
    return _Past(outcome.pages, outcome.hits, since)


def _serve(
    settings: Settings,
    environ: Mapping[str, str],
    listener: socket.socket,
    intro: str,
) -> int:
    """Say where to look, and serve until told to stop; return the exit code."""
    data_dir = DataDir.claim(settings.data_dir)
    try:
        store = EmbeddedStore(data_dir, settings.embedded_memory)
        if file := token_file(settings):
            file.ensure()
        given = {"bind": settings.bind, "data_dir": settings.data_dir}
        operator = operator_of(environ, settings, given)
        _show(listener, settings.base_path, operator, intro)
        return keep(store, settings, listener, operator)
    finally:
        data_dir.release()


def _intro(past: _Past, *, still: bool) -> str:
    """Say what there is to see, with a gap for where."""
    more = "" if still else " More come every few seconds."
    since = f"{past.since:%-d %B %Y}"
    return f"""\
{len(SITES)} made-up sites, {past.pages} pages, {past.views:,} views since {since}.{more}

%s
They are in a scratch store, and go when this ends: Ctrl-C stops it."""


def _show(
    listener: socket.socket, base_path: str, operator: Operator, intro: str
) -> None:
    """Print all addresses; they answer as soon as the store does."""
    site = address_of(listener).partition(" ")[0]
    base = f"{site}{base_path}"
    addresses = {
        "make a badge": f"{base}/",
        "a page": f"{base}/p/{SHOWCASE}",
        "a site": f"{base}/s/{SITES[0]}",
        "dashboard": address(site, base_path, operator.keyring),
        "": f"({CODE_LIFE})",
    }
    lines = (f"  {name:14}{where}\n" for name, where in addresses.items())
    click.echo(intro % "".join(lines))
