"""A fixed answer by Granian, over its own interface, RSGI: no count, no store."""

from typing import Any

from bench.references import contract
from bench.references.floor import COOKIE

_BODY = contract.badge(12_345)
_HEADERS = [
    *((name.lower(), value) for name, value in contract.HEADERS),
    ("set-cookie", COOKIE),
    ("content-type", "image/svg+xml"),
]


async def app(_scope: Any, protocol: Any) -> None:
    """Answer."""
    protocol.response_bytes(200, _HEADERS, _BODY)
