"""The service as a part of a site: below a path, behind nginx and Caddy."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import pytest

from tests.support.embedding import Site, listening
from tests.support.form import (
    ADDRESS,
    LOOKS,
    code_of,
    count_of,
    expect,
)
from tests.support.proxies import NAME, Caddy, Nginx, Proxy
from tests.support.service import PATIENT, Service

pytestmark = [pytest.mark.browser, pytest.mark.service, pytest.mark.proxy]

# What docs/operations.md says is to be changed.
CHANGES: dict[type[Proxy], dict[str, str]] = {
    Nginx: {
        "location / {": "location /stats/ {",
        "proxy_pass http://hitsvc;": "proxy_pass http://hitsvc/;",
    },
    Caddy: {
        "\timport tls_{$HITSVC_TLS:auto}\n": (
            "\timport tls_{$HITSVC_TLS:auto}\n"
            "\tredir /stats /stats/\n"
            "\thandle_path /stats/* {\n"
        ),
        "response_header_timeout 10s\n\t\t}\n\t}\n": (
            "response_header_timeout 10s\n\t\t}\n\t}\n\t}\n"
        ),
    },
}


@pytest.fixture(name="own", scope="module")
def _own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """What is behind them."""
    with Service(tmp_path_factory.mktemp("below"), env=PATIENT) as service:
        yield service


@pytest.fixture(name="root", scope="module", params=CHANGES, ids=["nginx", "caddy"])
def _root(
    request: pytest.FixtureRequest,
    own: Service,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[str]:
    """The site that each of them makes."""
    kind = request.param
    if missing := kind.missing():
        pytest.skip(missing)
    directory = tmp_path_factory.mktemp(kind.__name__)
    with kind(directory, own.url, CHANGES[kind]) as proxy:
        yield proxy.url.replace("127.0.0.1", NAME)


@pytest.fixture(name="page")
def _page(browser: Any) -> Iterator[Any]:
    context = browser.new_context(ignore_https_errors=True)
    yield context.new_page()
    context.close()


@pytest.fixture(name="asked")
def _asked(page: Any) -> list[str]:
    """What the browser asks for, but its own affairs."""
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    return asked


def test_the_page_works(page, asked, root):
    """It finds its files, its badge and its numbers, and asks for nothing else."""
    failed: list[str] = []
    page.on("response", lambda r: failed.append(r.url) if r.status >= 400 else None)
    page.goto(f"{root}/stats")
    page.get_by_label(ADDRESS).fill("https://looked-up.example/post")

    expect(page.locator("#says")).to_contain_text("0 views, 0 today")
    expect(page.locator("#preview")).to_be_visible()
    page.get_by_text(LOOKS).click()
    page.locator("#logo").fill("git")
    expect(page.locator("[data-logo]").first).to_be_visible()
    assert page.locator("#own").evaluate("image => image.naturalWidth") > 0
    assert page.url.startswith(f"{root}/stats/")
    assert failed == []
    below = (f"{root}/stats", "data:")
    assert [url for url in asked if not url.startswith(below)] == []


def test_the_page_counts_itself(page, own, root):
    """By where it is."""
    page.goto(f"{root}/stats/")
    page.wait_for_load_state("load")

    assert count_of(own.url, f"{root}/stats") >= 1


@pytest.mark.parametrize("path", ["none", "none/", "a/b/none", "static/none"])
def test_an_error_page_looks_like_the_page_and_leads_to_it(page, root, path):
    """From however deep."""
    page.goto(f"{root}/stats/{path}")

    styles = "[...document.styleSheets].map((sheet) => sheet.cssRules.length > 0)"
    assert page.evaluate(styles) == [True]
    page.get_by_role("link", name="Make a badge").click()
    expect(page.get_by_label(ADDRESS)).to_be_visible()
    assert page.url == f"{root}/stats/"


@pytest.mark.parametrize("name", ["html", "script", "json"])
def test_the_code_that_it_makes_counts(page, own, root, name):
    """Embedded by another site: once, and not again on refresh."""
    site = Site()
    with listening(site.handler()) as site.url:
        url = f"{site.url}/{name}"
        page.goto(f"{root}/stats/")
        page.get_by_label(ADDRESS).fill(url)
        code = code_of(page, name)
        assert f"{root}/stats/" in code
        if name == "json":
            code = f"<script>fetch('{code}', {{ credentials: 'include' }})</script>"
        site.html = code

        for _ in range(2):
            with page.expect_response(lambda answer: "/stats/count" in answer.url):
                page.goto(url)

    assert count_of(own.url, url) == 1


def test_the_script_shows_numbers(page, own, root):
    """Of its own page and of others."""
    site = Site()
    with listening(site.handler()) as site.url:
        own.get(f"/count?url={site.url}/other")
        site.html = (
            '<b id="own" data-hits></b><b id="other" data-hits-url="/other"></b>'
            f'<script type="module" src="{root}/stats/hits.js"></script>'
        )
        page.goto(f"{site.url}/shown")

        expect(page.locator("#own")).to_have_text("1")
        expect(page.locator("#other")).to_have_text("1")


def test_the_cookie_is_for_the_whole_host(page, own, root):
    """As ``__Host-`` wants it: no other path of the site can set one in its place."""
    page.goto(f"{root}/stats/count.json?url=https://cookie.example/{root[-5:]}")

    cookies = [
        c for c in page.context.cookies() if c["name"].startswith("__Host-hits-")
    ]
    assert [(cookie["path"], cookie["secure"]) for cookie in cookies] == [("/", True)]


@pytest.mark.parametrize("path", ["plain", "a%2Fb", "a//b", "%C3%BC", "a%252Fb"])
def test_statistics_survive_a_proxy_that_rewrites_paths(page, own, root, path):
    """It decodes escapes and merges slashes; the page is the right one all the same."""
    url = f"https://{root[-5:]}.statistics.example/{path}"
    own.get(f"/count?url={quote(url, safe='')}")
    page.goto(f"{root}/stats/p?url={quote(url, safe='')}")

    page.get_by_role("link", name="7 days").click()
    expect(page.get_by_role("heading", name="1 view", exact=True)).to_be_visible()
    page.get_by_role("link", name="A badge for this page").click()

    expect(page.get_by_label(ADDRESS)).to_have_value(url.removeprefix("https://"))
