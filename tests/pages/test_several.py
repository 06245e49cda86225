"""Several badges and numbers on one page are one view, in the ways that the docs give."""

import urllib.parse
from collections.abc import Iterator

import pytest

from tests.support.embedding import Site, listening
from tests.support.form import count_of, expect

pytestmark = [pytest.mark.browser, pytest.mark.service]

COUNT = '<img src="{service}/count/tag.svg?url={url}">'
TODAY = '<img src="{service}/nocount/tag.svg?url={url}&amp;show=today">'
SCRIPT = '<script async src="{service}/hits.js"></script>'
NUMBER = "<b data-hits></b>"


@pytest.fixture(name="site")
def _site() -> Iterator[Site]:
    site = Site()
    with listening(site.handler()) as site.url:
        yield site


@pytest.mark.parametrize(
    "html",
    [
        pytest.param(COUNT + TODAY, id="the total, and today's number"),
        pytest.param(COUNT + COUNT, id="the same badge twice"),
        pytest.param(
            "<picture><source media='(prefers-color-scheme: dark)'"
            " srcset='{service}/count/tag.svg?url={url}&amp;color=black'>"
            f"{COUNT}</picture>",
            id="one for dark and one for light schemes",
        ),
        pytest.param(
            f'{COUNT}<p style="display: none">{TODAY}</p>', id="one that is not seen"
        ),
        pytest.param(
            f"{NUMBER}{SCRIPT}<noscript>{COUNT}</noscript>", id="the code of the script"
        ),
        pytest.param(NUMBER + NUMBER + TODAY + SCRIPT, id="the script, and a badge"),
        pytest.param(
            NUMBER + SCRIPT + SCRIPT.replace("async", "type=module"),
            id="the script twice",
        ),
        pytest.param(
            '<b data-hits-url="/other"></b>' + NUMBER + SCRIPT,
            id="another page's number",
        ),
    ],
)
def test_a_first_visit_is_one_view(page, site, service_url, html):
    """Nobody has a cookie yet, and all is asked for at once."""
    url = f"{site.url}/post"  # of a host, that is a port, of its own
    names = {"service": service_url, "url": urllib.parse.quote(url, safe="")}
    site.html = html.format(**names)

    page.goto(url)
    if "hits.js" in html:
        expect(page.locator("[data-hits]").first).to_have_text("1")

    assert count_of(service_url, url) == 1


@pytest.fixture(name="page")
def _page(browser):
    context = browser.new_context()
    yield context.new_page()
    context.close()
