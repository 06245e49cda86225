"""What all requests of a connection have in common, as ASGI says it."""

import asyncio
from typing import Any

from hitsvc.http1.exchange import READY_HEADERS, Scope

_ASGI = {"version": "3.0", "spec_version": "2.3"}
_EXTENSIONS: dict[str, dict[str, Any]] = {READY_HEADERS: {}}


def connection_scope(transport: asyncio.BaseTransport) -> Scope:
    """Return that part of the scope."""
    return {
        "type": "http",
        "asgi": _ASGI,
        "server": _address(transport, "sockname"),
        "client": client_of(transport),
        "scheme": "http",
        "root_path": "",
        "extensions": _EXTENSIONS,
    }


def client_of(transport: asyncio.BaseTransport) -> tuple[str, int] | None:
    """Return the peer's host and port; ``None`` for a unix socket."""
    return _address(transport, "peername")


def _address(transport: asyncio.BaseTransport, which: str) -> tuple[str, int] | None:
    """Return an end's host and port; ``None`` for a unix socket."""
    address = transport.get_extra_info(which)
    return (str(address[0]), int(address[1])) if isinstance(address, tuple) else None
