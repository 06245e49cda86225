"""What `hitsvc serve` and `hitsvc demo` have in common."""

import socket
from collections.abc import Callable, Mapping
from typing import Any

import click

from hitsvc.access import Operator
from hitsvc.cli.dashboard import keyring_of, token_file
from hitsvc.serve import EmbeddedStore, Keeper
from hitsvc.settings import Settings, sources, unknown_variables


def at_port(settings: Settings, port: int) -> str:
    """Return where to listen: on another port of the same host.

    Raises:
        UsageError: It is no host.
    """
    host, _, before = settings.bind.rpartition(":")
    if not before.isdecimal():
        msg = f"--port {port}: {settings.bind} has no port"
        raise click.UsageError(msg)
    return f"{host}:{port}"


def operator_of(
    environ: Mapping[str, str], settings: Settings, options_given: dict[str, Any]
) -> Operator:
    """Gather what the operator's side of the service needs.

    Args:
        environ: What the settings were read from.
        settings: All of them.
        options_given: What was typed beside that.
    """
    return Operator(
        keyring_of(settings, token_file(settings)),
        sources(environ, settings, options_given),
        unknown_variables(environ),
        settings.data_dir if settings.redis_url == "embedded" else None,
    )


def keep(
    store: EmbeddedStore,
    settings: Settings,
    listener: socket.socket,
    operator: Operator,
) -> int:
    """Run an embedded store and the web server before it until both end.

    Returns:
        The exit code.
    """
    settings = settings.model_copy(update={"redis_url": store.url})
    place = str(store.data_dir.path)

    def prepare() -> Callable[[], None]:
        from hitsvc.serve.server import Server

        return Server(settings, listener, place, operator).run

    return Keeper(store, settings.drain_seconds).run(prepare, listener)
