"""How full a store is, asked by an operator's command: of a cluster, its fullest node."""

from collections.abc import Mapping
from typing import Any

from redis.exceptions import ResponseError

from hitsvc.admin.nodes import servers
from hitsvc.counting import Fill


def fill_of(client: Any) -> Fill:
    """Ask a store how full it is; one that does not say has no limit.

    Args:
        client: As `open_client` makes it.
    """
    fills = [_fill_of(server) for server in servers(client)]
    return max(fills, key=lambda fill: (fill.share, fill.used))


def _fill_of(server: Any) -> Fill:
    try:
        info = server.info()
    except ResponseError:
        return Fill()
    return Fill.of({name: _text(value) for name, value in info.items()})


def _text(value: object) -> str:
    """Undo what redis-py makes of ``keys=9,expires=3``."""
    if isinstance(value, Mapping):
        return ",".join(f"{name}={part}" for name, part in value.items())
    return str(value)
