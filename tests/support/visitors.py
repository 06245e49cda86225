"""What visitors see: one request, one answer, and not for ever."""

from collections.abc import Iterable, Mapping
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


class RefusedError(Exception):
    """An answer is an error.

    Attributes:
        status: Its status.
    """

    def __init__(self, answer: Answer) -> None:
        """Tell what was answered."""
        super().__init__(f"{answer.status}: {answer.body}")
        self.status = answer.status


def visit(
    base_url: str,
    path: str,
    *,
    method: str = "GET",
    headers: Mapping[str, str] = {},
    body: str | None = None,
    patience_s: float = PATIENCE_S,
) -> Answer:
    """Request a path; one who waits for too long fails with `TimeoutError`.

    An error is an answer like any other, so nobody has to close it: `urllib.request`
    raises it with its connection, and asks the tester's proxy.
    """
    client = HTTPConnection(urlsplit(base_url).netloc, timeout=patience_s)
    try:
        client.request(method, path, body, dict(headers))
        with client.getresponse() as response:
            fields = {name.lower(): value for name, value in response.getheaders()}
            return Answer(response.status, fields, response.read().decode())
    finally:
        client.close()


def visit_at_once(base_url: str, paths: Iterable[str]) -> list[Answer]:
    """Let as many visitors come at the same time."""
    paths = list(paths)
    with ThreadPoolExecutor(len(paths)) as pool:
        return list(pool.map(lambda path: visit(base_url, path), paths))
