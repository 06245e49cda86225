"""What visitors see: one request, one answer, and not for ever."""

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from http.client import HTTPConnection
from urllib.parse import urlsplit

# Half a second is promised; the rest is for a machine that has other things to do.
PATIENCE_S = 0.5 + 3.0


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer, with its header names in lower case."""

    status: int
    headers: dict[str, str]
    body: str


def visit(base_url: str, path: str) -> Answer:
    """Request a path; one who waits for too long fails with `TimeoutError`."""
    client = HTTPConnection(urlsplit(base_url).netloc, timeout=PATIENCE_S)
    try:
        client.request("GET", path)
        response = client.getresponse()
        headers = {name.lower(): value for name, value in response.getheaders()}
        return Answer(response.status, headers, response.read().decode())
    finally:
        client.close()


def visit_at_once(base_url: str, paths: Iterable[str]) -> list[Answer]:
    """Let as many visitors come at the same time."""
    paths = list(paths)
    with ThreadPoolExecutor(len(paths)) as pool:
        return list(pool.map(lambda path: visit(base_url, path), paths))
