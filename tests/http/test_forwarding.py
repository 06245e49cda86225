"""What the proxies that we have examples for tell the app, and browsers."""

import http.client
from collections.abc import Iterator
from contextlib import closing

import pytest

from tests.support.proxies import NAME, PROXIES, Proxy, connect
from tests.support.upstream import Upstream

pytestmark = [pytest.mark.service, pytest.mark.proxy]

# The addresses and schemes that visitors make up.
FORGED = b"203.0.113.66"


@pytest.fixture(scope="module", name="upstream")
def _upstream() -> Iterator[Upstream]:
    """An app that says what it got."""
    with Upstream() as upstream:
        yield upstream


@pytest.fixture(scope="module", name="proxy", params=PROXIES)
def _proxy(
    request: pytest.FixtureRequest,
    upstream: Upstream,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Proxy]:
    """Each of the proxies before it."""
    kind = PROXIES[request.param]
    if missing := kind.missing():
        pytest.skip(missing)
    with kind(tmp_path_factory.mktemp(request.param), upstream.url) as proxy:
        yield proxy


def ask(url: str, data: bytes) -> tuple[http.client.HTTPResponse, bytes]:
    """Send bytes; return the answer and its body."""
    with closing(connect(url)) as client:
        client.sendall(data.replace(b"NAME", NAME.encode()))
        response = http.client.HTTPResponse(client)
        response.begin()
        return response, response.read()


def told(seen: bytes, name: bytes) -> list[bytes]:
    """Return the values of a field that reached the app, if it takes the name for it."""
    lines = seen.split(b"\r\n")
    pairs = [line.partition(b":") for line in lines]
    return [value.strip() for key, _, value in pairs if key.lower() == name]


GET = b"GET / HTTP/1.1\r\nHost: NAME\r\n"
POST = b"POST / HTTP/1.1\r\nHost: NAME\r\n"


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(GET + b"\r\n", id="nothing"),
        pytest.param(GET + b"X-Forwarded-For: %b\r\n\r\n" % FORGED, id="one"),
        pytest.param(GET + b"x-forwarded-for: %b\r\n\r\n" % FORGED, id="lower case"),
        pytest.param(
            GET + b"X-Forwarded-For: %b, 127.0.0.1\r\n\r\n" % FORGED, id="a list"
        ),
        pytest.param(
            GET + b"X-Forwarded-For: %b\r\n" % FORGED * 3 + b"\r\n", id="three lines"
        ),
        pytest.param(
            GET + b"X-Forwarded-For:\r\nX-Forwarded-For: %b\r\n\r\n" % FORGED,
            id="one that is empty, and one",
        ),
        pytest.param(
            GET
            + b"X-Forwarded-For: %b\r\nConnection: X-Forwarded-For\r\n\r\n" % FORGED,
            id="one that is to be taken out",
        ),
        pytest.param(
            GET + b"Connection: close, X-Forwarded-For, X-Forwarded-Proto\r\n\r\n",
            id="the proxy's own is to be taken out",
        ),
        pytest.param(
            POST + b"Transfer-Encoding: chunked\r\nTrailer: X-Forwarded-For\r\n\r\n"
            b"0\r\nX-Forwarded-For: %b\r\n\r\n" % FORGED,
            id="a trailer",
        ),
    ],
)
def test_the_app_learns_the_peers_address_alone(proxy, data):
    """Whatever a visitor says, the header has one line, and that is the peer."""
    _, seen = ask(proxy.url, data)
    head, _, _trailers = seen.partition(b"\r\n\r\n")

    assert told(head, b"x-forwarded-for") == [b"127.0.0.1"]


@pytest.mark.parametrize("claim", [b"", b"http", b"ftp", b"http, http"])
def test_the_app_learns_that_it_was_https(proxy, claim):
    """A visitor cannot say another scheme than the proxy sees."""
    field = b"X-Forwarded-Proto: %b\r\n" % claim if claim else b""
    _, seen = ask(proxy.url, GET + field * 2 + b"\r\n")

    assert told(seen, b"x-forwarded-proto") == [b"https"]


def test_browsers_are_to_stay_with_https(proxy):
    """For a year, and for this name alone: others may not be ours."""
    response, _ = ask(proxy.url, GET + b"\r\n")

    assert response.headers.get_all("Strict-Transport-Security") == ["max-age=31536000"]


def test_http_leads_to_https(proxy):
    """It counts nothing; and what was no HTTPS may not speak of it (RFC 6797, 7.2)."""
    response, _ = ask(
        proxy.http_url, b"GET /count?url=a.example HTTP/1.1\r\nHost: NAME\r\n\r\n"
    )

    assert response.status in {301, 308}
    location = str(response.headers["Location"])
    assert location.startswith(f"https://{NAME}")
    assert location.endswith("/count?url=a.example")
    assert "Strict-Transport-Security" not in response.headers


def test_an_error_of_the_proxy_itself_keeps_browsers_with_https(proxy, upstream):
    """It may be the first thing that a visitor sees."""
    response, _ = ask(proxy.url, GET.replace(b"/ ", b"/end ") + b"\r\n")

    assert response.status == 502
    assert response.headers["Strict-Transport-Security"] == "max-age=31536000"
