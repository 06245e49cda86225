"""How full a store is, asked by an operator's command."""

from collections.abc import Mapping
from typing import Any

from redis.exceptions import ResponseError

from hitsvc.counting import Fill


def fill_of(client: Any) -> Fill:
    """Ask a store how full it is; one that does not say has no limit.

    Args:
        client: As `open_client` makes it.
    """
    try:
        info = client.info()
    except ResponseError:
        return Fill()
    return Fill.of({name: _text(value) for name, value in info.items()})


def _text(value: object) -> str:
    """Undo what redis-py makes of ``keys=9,expires=3``."""
    if isinstance(value, Mapping):
        return ",".join(f"{name}={part}" for name, part in value.items())
    return str(value)
