"""Two badges of a page that both count, over HTTPS: with claims they are one view."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from tests.support.embedding import Site, listening
from tests.support.form import count_of
from tests.support.proxies import NAME, Caddy
from tests.support.service import PATIENT, Service

pytestmark = [pytest.mark.browser, pytest.mark.service, pytest.mark.proxy]


@pytest.fixture(name="site")
def _site() -> Iterator[Site]:
    site = Site()
    with listening(site.handler()) as site.url:
        yield site


@pytest.fixture(name="page")
def _page(browser: Any) -> Iterator[Any]:
    context = browser.new_context(ignore_https_errors=True)
    yield context.new_page()
    context.close()


@pytest.mark.parametrize(
    ("refresh", "first", "second"),
    [
        pytest.param("cookie", 2, 2, id="cookies come too late for the second badge"),
        pytest.param("claim", 1, 1, id="one claim for both"),
        pytest.param("both", 1, 1, id="a cookie later on"),
    ],
)
def test_a_visitor_of_two_badges(
    page: Any, site: Site, tmp_path: Path, refresh: str, first: int, second: int
) -> None:
    """On a first visit both are asked for at once; the second visit is a refresh."""
    if missing := Caddy.missing():
        pytest.skip(missing)
    env = {"HITSVC_REFRESH": refresh, "HITSVC_CLIENT_HEADER": "X-Forwarded-For"}
    url = f"{site.url}/post"
    with (
        Service(tmp_path, env=PATIENT | env) as service,
        Caddy(tmp_path, service.url, {}) as proxy,
    ):
        root = proxy.url.replace("127.0.0.1", NAME)
        badge = f"{root}/count/tag.svg?url={quote(url, safe='')}"
        site.html = f'<img src="{badge}"><img src="{badge}&amp;color=red">'

        page.goto(url, wait_until="networkidle")
        assert count_of(service.url, url) == first

        page.reload(wait_until="networkidle")
        assert count_of(service.url, url) == second
