"""Visits through real proxies: the crumbs of a cookie, and HTTPS that is not believed."""

import itertools
import re
from contextlib import closing

import pytest

from tests.support.http2 import Stream2
from tests.support.proxies import NAME, PROXIES, Nginx, Proxy, connect
from tests.support.service import PATIENT, StartService

pytestmark = [pytest.mark.service, pytest.mark.proxy]

REQUEST = (
    f"GET /count?url=example.com HTTP/1.1\r\nHost: {NAME}\r\nConnection: close\r\n\r\n"
)


@pytest.fixture(name="kind", params=PROXIES)
def _kind(request: pytest.FixtureRequest) -> type[Proxy]:
    """Each kind of proxy that is installed."""
    kind: type[Proxy] = PROXIES[request.param]
    if missing := kind.missing():
        pytest.skip(missing)
    return kind


def first_visit(proxy: Proxy) -> str:
    """Visit over HTTPS; return the cookie, as a browser sends it back, or ``""``."""
    with connect(proxy.url) as client:
        client.sendall(REQUEST.encode())
        answer = b"".join(iter(lambda: client.recv(65_536), b"")).decode()
    found = re.search(r"(?i)^set-cookie: ([^;]+)", answer, re.MULTILINE)
    return found[1] if found else ""


def test_a_refresh_over_http2_is_one(kind, service: StartService, tmp_path):
    """Browsers send each cookie as a field of its own, and the proxy passes them on."""
    running = service(env=PATIENT)
    # Its example has none: then a browser sends one field.
    changes = {" ssl;": " ssl http2;"} if kind is Nginx else {}
    with kind(tmp_path / "proxy", running.url, changes) as proxy:
        ours = first_visit(proxy)
        assert ours.startswith("__Host-hits-")
        with closing(Stream2(proxy.url)) as stream:
            for order in itertools.permutations([ours, "a=1", "b=2"]):
                crumbs = [("cookie", crumb) for crumb in order]
                assert stream.get("/count?url=example.com", *crumbs) == "answered"
        assert running.get("/nocount?url=example.com") == "1"


def test_a_proxy_that_is_not_trusted_is_named_in_the_log(
    kind, service: StartService, tmp_path
):
    """Once, with its address and the setting; its cookies are not for HTTPS."""
    running = service(env=PATIENT | {"HITSVC_FORWARDED_ALLOW_IPS": "192.0.2.1"})
    with kind(tmp_path / "proxy", running.url) as proxy:
        cookies = [first_visit(proxy) for _ in range(3)]

    assert all(cookie.startswith("hits-") for cookie in cookies)
    said = "comes from 127.0.0.1, which is not in HITSVC_FORWARDED_ALLOW_IPS"
    assert running.stderr.count(said) == 1
