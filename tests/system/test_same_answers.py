"""Both builds answer alike: the compiled one and this checkout, byte by byte.

They get the seeds of the fuzzers, and what comes of changing them, as requests: in the
URL's place, in a query's, in header fields, and as the bytes of a connection. Each build
has a store of its own. Only what is another each time is left out of the comparison: the
date, and a visitor's token.
"""

import re
import socket
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from random import Random
from urllib.parse import quote, quote_from_bytes

import pytest

import hitsvc
from tests.fuzz.targets import seeds
from tests.support.service import Service

ROOT = Path(__file__).parents[2]
CHANGES = 60  # of each seed
# What looks at more of a visitor than the settings do as they come.
CLAIMS = {"HITSVC_REFRESH": "both", "HITSVC_CLIENT_HEADER": "X-Forwarded-For"}

_TOKEN = re.compile(rb"(hits-[0-9a-z-]*=)[\w-]{8,64}")
_DATE = re.compile(rb"\r\ndate: [^\r]*", re.IGNORECASE)
_ASKS_TO_WAIT = 10.0

pytestmark = [pytest.mark.compiled, pytest.mark.service]


def changed(data: bytes, random: Random) -> bytes:
    """Change some bytes, as a fuzzer does."""
    piece = bytearray(data)
    for _ in range(random.randint(1, 4)):
        at = random.randint(0, len(piece))
        match random.randrange(4):
            case 0:
                piece[at : at + random.randint(1, 8)] = b""
            case 1:
                piece[at:at] = random.choice(
                    [b"%", b"/", b"..", b"\xff", b"&", b"=", b";"]
                )
            case 2:
                piece[at : at + 1] = bytes([random.randrange(256)])
            case _:
                piece[at:at] = piece[: random.randint(0, 16)]
    return bytes(piece)


def inputs(name: str) -> Iterator[bytes]:
    """Yield a fuzzer's seeds, and what comes of changing them: the same each time."""
    random = Random(name)  # noqa: S311 - no secret
    for seed in seeds(name):
        data = seed.read_bytes()
        yield data
        yield from (changed(data, random) for _ in range(CHANGES))


def request(target: str, *fields: bytes, method: str = "GET") -> bytes:
    """Word a request, the last of its connection."""
    head = f"{method} {target} HTTP/1.1\r\nHost: hits.example\r\n".encode("latin-1")
    lines = [b"Connection: close", *fields]
    return head + b"\r\n".join(lines) + b"\r\n\r\n"


def in_urls() -> Iterator[bytes]:
    """Yield requests that count and read a URL."""
    for data in inputs("urls"):
        url = quote_from_bytes(data)
        yield request(f"/count/tag.svg?url={url}")
        yield request(f"/count?url={url}", b"Origin: https://example.com")
        yield request(f"/nocount.json?url={url}&days=3")
        yield request(f"/{quote_from_bytes(data, safe='/%:')}.svg")
    for data in inputs("sites"):
        yield request(f"/count.json?url={quote_from_bytes(data)}")


def in_queries() -> Iterator[bytes]:
    """Yield requests for badges of many looks, and with queries of any bytes."""
    for data in inputs("looks"):
        look = data.partition(b"\n")[2]
        query = quote_from_bytes(look, safe="%&=+;:,/()#'!*")
        yield request(f"/nocount/tag.svg?url=looks.example&{query}")
        yield request(f"/graph.svg?url=looks.example&{query}")
    for data in inputs("queries"):
        yield request(f"/count.json?{quote_from_bytes(data, safe='%&=+;:,/')}")
        yield request(
            f"/count?{quote(data.decode('latin-1'), safe='%&=', encoding='latin-1')}"
        )


def in_fields() -> Iterator[bytes]:
    """Yield requests with header fields as visitors and proxies send them."""
    for data in inputs("cookies"):
        fields = [line.strip(b"\r") for line in data.split(b"\n")]
        yield request("/count/tag.svg?url=example.com/a", *fields)
        yield request("/count.json", *fields, method="POST")
    for data in inputs("client"):
        fields = [b"X-Forwarded-For: " + one for one in data.split(b"\n")]
        yield request("/count?url=clients.example", *fields, b"User-Agent: Mozilla/5.0")


def as_bytes() -> Iterator[bytes]:
    """Yield what is a request, or is none."""
    for data in inputs("reader"):
        yield data[1:].replace(b"example.com", b"example.com/count?url=example.com")
    for data in inputs("reader"):
        yield request("/count?url=example.com", data[1:40])


def answer(service: Service, sent: bytes) -> bytes:
    """Send bytes, say that these are all, and return what comes back."""
    host, _, port = service.url.removeprefix("http://").partition(":")
    with socket.create_connection((host, int(port)), timeout=_ASKS_TO_WAIT) as client:
        got = bytearray()
        with suppress(ConnectionError):
            client.sendall(sent)
            client.shutdown(socket.SHUT_WR)
            while piece := client.recv(65_536):
                got += piece
    text = _DATE.sub(b"\r\ndate: now", bytes(got))
    text = text.replace(service.url.encode(), b"http://ours")
    return _TOKEN.sub(rb"\1token", text)


@pytest.fixture(name="builds", scope="module", params=["plain", "claims"])
def _builds(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Service, Service]]:
    """Both, with settings as they come, and with what looks at more of a visitor."""
    compiled = Path(hitsvc.__file__).parents[1]
    assert compiled != ROOT
    env = CLAIMS if request.param == "claims" else {}
    directory = tmp_path_factory.mktemp("builds")
    plain = {**env, "PYTHONPATH": str(ROOT)}
    with (
        Service(directory / "compiled", env=env) as ours,
        Service(directory / "checkout", env=plain) as others,
    ):
        yield ours, others


@pytest.mark.parametrize("sent", [in_urls, in_queries, in_fields, as_bytes])
def test_what_is_sent_is_answered_alike(builds, sent):
    """By each build, to every byte but those that are another each time."""
    ours, others = builds
    for data in sent():
        assert answer(ours, data) == answer(others, data), data
