"""The command line: ``hitsvc serve`` and ``hitsvc show``.

What a command needs is imported inside it: the rest is dear, and `serve` starts the
store before it imports the web server.
"""

import os
import signal
import sys
from collections.abc import Callable
from logging.config import dictConfig
from pathlib import Path
from typing import NoReturn

import click

from hitsvc import __version__
from hitsvc.errors import HitsError, SettingsError
from hitsvc.serve import log_config, say
from hitsvc.settings import Settings, unknown_variables

_STORE_HELP = (
    "embedded, memory, or a redis://, rediss://, unix:// or redis+sentinel:// URL."
)
_DATA_DIR_HELP = "Where the embedded store keeps its data."


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, message="%(prog)s %(version)s", prog_name="hitsvc")
def cli() -> None:
    """A self-hosted web hit counter.

    Every option is also an environment variable, and there are more of those; an
    option wins.
    """


@cli.command()
@click.option("--bind", metavar="HOST:PORT", help="Where to listen, or unix:PATH.")
@click.option("--workers", type=int, metavar="N", help="Processes; 0: one each CPU.")
@click.option("--store", "redis_url", metavar="STORE", help=_STORE_HELP)
@click.option("--data-dir", type=Path, metavar="DIR", help=_DATA_DIR_HELP)
def serve(
    bind: str | None,
    workers: int | None,
    redis_url: str | None,
    data_dir: Path | None,
) -> NoReturn:
    """Serve until Ctrl-C or SIGTERM."""
    settings = Settings.load(
        os.environ, bind=bind, workers=workers, redis_url=redis_url, data_dir=data_dir
    )
    dictConfig(log_config(settings.log_level, settings.log_format))
    for message in unknown_variables(os.environ):
        say(message)
    if settings.redis_url == "embedded":
        _serve_embedded(settings)
    if settings.redis_url == "memory":
        if settings.workers > 1:
            say("the memory store lives in one process: 1 worker is started")
        place = "memory"
    else:
        place = _check_external(settings.redis_url)
    _serve(settings, place)


def _check_external(url: str) -> str:
    """Look whether a Redis is there; return its URL, fit to be shown."""
    from hitsvc.store import RedisAway, check_redis, redact

    try:
        check_redis(url)
    except RedisAway as ex:
        say(str(ex))
    return redact(url)


def _serve(settings: Settings, place: str) -> NoReturn:
    """Serve with a store that needs no keeper: this process is the server's parent."""
    from hitsvc.serve import open_listener

    listener = open_listener(settings.bind)
    from hitsvc.serve.server import Server

    Server(settings, listener, place).run()
    sys.exit()  # not reached: the server ends with an exit of its own


def _serve_embedded(settings: Settings) -> NoReturn:
    """Serve and keep the store; see `hitsvc.serve.keeper`."""
    from hitsvc.serve import DataDir, EmbeddedStore, Keeper, open_listener

    data_dir = DataDir.claim(settings.data_dir)
    try:
        store = EmbeddedStore(data_dir)
        listener = open_listener(settings.bind)
        settings = settings.model_copy(update={"redis_url": store.url})

        def prepare() -> Callable[[], None]:
            from hitsvc.serve.server import Server

            return Server(settings, listener, str(data_dir.path)).run

        code = Keeper(store).run(prepare, listener)
    finally:
        data_dir.release()
    sys.exit(code)


@cli.command()
@click.argument("url")
@click.option("--store", "redis_url", metavar="STORE", help=_STORE_HELP)
@click.option("--data-dir", type=Path, metavar="DIR", help=_DATA_DIR_HELP)
def show(url: str, redis_url: str | None, data_dir: Path | None) -> None:
    """Print the key, the total and today's hits (UTC) of a URL."""
    from hitsvc.cli.show import read_totals
    from hitsvc.request import normalise

    settings = Settings.load(os.environ, redis_url=redis_url, data_dir=data_dir)
    key = normalise(url)
    totals = read_totals(settings, key)
    click.echo(f"{key} {totals.total} {totals.today}")


def main() -> NoReturn:
    """Run a command; whatever is wrong becomes one line and an exit code."""
    dictConfig(log_config())
    try:
        cli(standalone_mode=False)
    except click.ClickException as ex:
        ex.show()
        sys.exit(ex.exit_code)
    except HitsError as ex:
        lines = str(ex).splitlines() if isinstance(ex, SettingsError) else [str(ex)]
        for line in lines:
            say(line)
        sys.exit(1)
    except (KeyboardInterrupt, click.Abort):
        sys.exit(128 + signal.SIGINT)
    sys.exit()


if __name__ == "__main__":
    main()
