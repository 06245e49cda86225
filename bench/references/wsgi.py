"""A fixed answer by fastpysgi, over WSGI: no count, no store.

Its server is written in C, on libuv and llhttp; the application is one call.
"""

import sys
from collections.abc import Callable
from typing import Any

import fastpysgi  # type: ignore[import-not-found]

from bench.references import contract
from bench.references.floor import COOKIE

_BODY = [contract.badge(12_345)]
_HEADERS = [
    *contract.HEADERS,
    ("Set-Cookie", COOKIE),
    ("Content-Type", "image/svg+xml"),
]


def app(_environ: dict[str, Any], start_response: Callable[..., Any]) -> list[bytes]:
    """Answer."""
    start_response("200 OK", _HEADERS)
    return _BODY


if __name__ == "__main__":
    fastpysgi.run(app, host="127.0.0.1", port=int(sys.argv[1]), loglevel=0)
