"""A service that sites name, and servers of sites."""

import threading
from collections.abc import Callable, Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from tests.support.service import PATIENT, Service


@pytest.fixture(name="counter", scope="module")
def _counter(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """The service that the sites name."""
    with Service(tmp_path_factory.mktemp("recipes"), env=PATIENT) as service:
        yield service


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *_args: object) -> None:
        """Say nothing."""


@pytest.fixture(name="serve")
def _serve() -> Iterator[Callable[[Path], str]]:
    """Serve directories; what is returned is their host."""
    servers: list[ThreadingHTTPServer] = []

    def serve(directory: Path) -> str:
        handler = partial(_Quiet, directory=str(directory))
        server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        servers.append(server)
        threading.Thread(target=server.serve_forever, args=(0.05,)).start()
        return f"127.0.0.1:{server.server_address[1]}"

    yield serve
    for server in servers:
        server.shutdown()
        server.server_close()
