"""``hitsvc serve``: the service.

The store is started before the web server is imported, which takes longest.
"""

import os
import socket
import sys
from logging.config import dictConfig
from pathlib import Path
from typing import NoReturn

import click

from hitsvc.access import Operator
from hitsvc.cli import options
from hitsvc.cli.dashboard import CODE_LIFE, address, token_file
from hitsvc.cli.serving import at_port, keep, operator_of
from hitsvc.cli.typed import Whole
from hitsvc.errors import SettingsError
from hitsvc.serve import (
    DataDir,
    EmbeddedStore,
    address_of,
    goes_with_container,
    log_config,
    open_listener,
    say,
)
from hitsvc.settings import Right, Settings, mistake, unknown_variables

_OWN_STORES = {"embedded", "memory"}


_HELP = """Serve until Ctrl-C or SIGTERM.

\b
Examples:
  hitsvc serve
  hitsvc serve --port 8080 --data-dir /var/lib/hitsvc
  hitsvc serve --bind 0.0.0.0:8000 --store redis://127.0.0.1:6379/0
"""


@click.command("serve", help=_HELP)
@click.option("--bind", metavar="HOST:PORT", help="Where to listen, or unix:PATH.")
@click.option(
    "--port", type=Whole(0, 65535, 8001), metavar="N", help="Of the same host."
)
@click.option("--workers", metavar="N", help="Processes; 0: one each CPU.")
@options.store
@options.data_dir
def command(
    bind: str | None,
    port: int | None,
    workers: str | None,
    redis_url: str | None,
    data_dir: Path | None,
) -> NoReturn:
    """Serve until Ctrl-C or SIGTERM."""
    settings = Settings.load(
        os.environ, bind=bind, workers=workers, redis_url=redis_url, data_dir=data_dir
    )
    _see_copies(settings)
    if port is not None:
        settings = settings.model_copy(update={"bind": at_port(settings, port)})
    dictConfig(log_config(settings.log_level, settings.log_format))
    for message in unknown_variables(os.environ):
        say(message)
    operator = operator_of(
        os.environ,
        settings,
        {
            "bind": bind if port is None else settings.bind,
            "workers": workers,
            "redis_url": redis_url,
            "data_dir": data_dir,
        },
    )
    if settings.redis_url == "embedded":
        _serve_embedded(settings, operator)
    if settings.redis_url == "memory":
        if settings.workers > 1:
            say("the memory store lives in one process: 1 worker is started")
        if operator.keyring.opens:
            say("the memory store has no dashboard: choose another with --store")
        place = "memory"
    else:
        place = _check_external(
            settings.redis_url, operator.settings["HITSVC_REDIS_URL"][1]
        )
    _serve(settings, place, operator)


def _see_copies(settings: Settings) -> None:
    """Refuse to wait for a replica that there cannot be.

    Raises:
        SettingsError: The store is our own.
    """
    if settings.acknowledge == "replica" and settings.redis_url in _OWN_STORES:
        why = f"the {settings.redis_url} store has no replica"
        right = Right("primary, or another store", "--store redis://127.0.0.1:6379/0")
        raise SettingsError(mistake("HITSVC_ACKNOWLEDGE='replica'", why, right))


def _check_external(url: str, source: str) -> str:
    """Look whether a Redis is there; return its URL, fit to be shown.

    Args:
        url: Its URL.
        source: What somebody has written that into, as `sources` says.
    """
    from hitsvc.store import RedisAway, check_redis, redact

    try:
        set_by = "HITSVC_REDIS_URL" if source == "environment" else source
        check_redis(url, set_by=set_by)
    except RedisAway as ex:
        say(str(ex))
    shown = redact(url)
    if source == "--store" and "***" in shown:
        say(
            "every user of this machine can read the password in --store (ps): put the "
            "URL into a file and name that in HITSVC_REDIS_URL_FILE"
        )
    return shown


def _serve(settings: Settings, place: str, operator: Operator) -> NoReturn:
    """Serve with a store that needs no keeper: this process is the server's parent."""
    listener = open_listener(settings.bind, int(settings.socket_mode, 8))
    from hitsvc.serve.server import Server

    if settings.redis_url != "memory":
        _show_dashboard(settings, listener, operator)
    Server(settings, listener, place, operator).run()
    sys.exit()  # not reached: the server ends with an exit of its own


def _serve_embedded(settings: Settings, operator: Operator) -> NoReturn:
    """Serve and keep the store; see `hitsvc.serve.keeper`."""
    data_dir = DataDir.claim(settings.data_dir)
    try:
        if warning := data_dir.warning():
            say(warning)
        if goes_with_container(data_dir.path):
            say(
                f"{data_dir.path} is the container's own: the counts in it are gone when "
                f"it is removed. Mount a volume there: docker run -v hits:{data_dir.path}"
            )
        store = EmbeddedStore(data_dir, settings.embedded_memory)
        if file := token_file(settings):
            file.ensure()
        listener = open_listener(settings.bind, int(settings.socket_mode, 8))
        _show_dashboard(settings, listener, operator)
        code = keep(store, settings, listener, operator)
    finally:
        data_dir.release()
    sys.exit(code)


def _show_dashboard(
    settings: Settings, listener: socket.socket, operator: Operator
) -> None:
    """Print the dashboard's address for whoever sits there; never into a log."""
    if not sys.stderr.isatty() or not operator.keyring.tokens().write:
        return
    site = address_of(listener).partition(" ")[0]
    if site.startswith("http:"):
        found = address(site, settings.base_path, operator.keyring)
        click.echo(f"dashboard: {found} ({CODE_LIFE})", err=True)
