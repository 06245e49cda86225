"""The proxies of the manual do what it says that every proxy must."""

from collections.abc import Iterator

import pytest

from tests.http.test_forwarding import FORGED, GET, ask, told
from tests.support.manual_proxies import MANUAL_PROXIES
from tests.support.proxies import Proxy
from tests.support.service import PATIENT, Service, StartService
from tests.support.upstream import Upstream

pytestmark = [pytest.mark.service, pytest.mark.proxy]


@pytest.fixture(name="kind", params=MANUAL_PROXIES)
def _kind(request: pytest.FixtureRequest) -> type[Proxy]:
    """Each of them that is installed."""
    kind = MANUAL_PROXIES[request.param]
    if missing := kind.missing():
        pytest.skip(missing)
    return kind


@pytest.fixture(name="upstream")
def _upstream() -> Iterator[Upstream]:
    """An app that says what it got."""
    with Upstream() as upstream:
        yield upstream


def test_the_app_learns_who_and_how(kind, upstream, tmp_path):
    """The visitor's address and HTTPS, whatever the visitor says."""
    forged = b"X-Forwarded-For: %b\r\nX-Forwarded-Proto: ftp\r\n\r\n" % FORGED
    with kind(tmp_path / "proxy", upstream.url) as proxy:
        _, seen = ask(proxy.url, GET + forged)

    assert told(seen, b"x-forwarded-for") == [b"127.0.0.1"]
    assert told(seen, b"x-forwarded-proto") == [b"https"]


@pytest.mark.parametrize("end", ["end", "reset", "half"])
def test_nothing_is_asked_twice(kind, upstream, tmp_path, end):
    """Also on a connection that was used before; the visitor gets an error."""
    with kind(tmp_path / "proxy", upstream.url) as proxy:
        ask(proxy.url, GET + b"\r\n")
        response, _ = ask(
            proxy.url, GET.replace(b"/ ", b"/%b " % end.encode()) + b"\r\n"
        )

    assert response.status == 502
    assert len(upstream.of(f"/{end}")) == 1


def test_refreshes_are_recognised(kind, service: StartService, tmp_path):
    """The cookie is for other sites, too, and a page's address comes through whole."""
    running: Service = service(env=PATIENT)
    address = b"/count?url=https%3A%2F%2Fexample.com%2Fa%2520b%2F%3Fx%3D1"
    request = GET.replace(b"/ ", address + b" ")
    with kind(tmp_path / "proxy", running.url) as proxy:
        first, _ = ask(proxy.url, request + b"\r\n")
        cookie = first.headers["Set-Cookie"]
        ours = cookie.partition(";")[0].encode()
        ask(proxy.url, request + b"Cookie: " + ours + b"\r\n\r\n")

    assert "Secure" in cookie
    assert "SameSite=None" in cookie
    assert running.get("/nocount?url=example.com/a%2520b") == "1"
