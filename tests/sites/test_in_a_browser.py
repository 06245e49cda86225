"""The page of a site in a real Chromium, with its sums made by their own process."""

import pytest

from tests.pages.test_accessibility import severe
from tests.support.form import expect
from tests.support.service import PATIENT, Service

pytestmark = [pytest.mark.browser, pytest.mark.service]


@pytest.fixture(name="url", scope="module")
def _url(tmp_path_factory):
    with Service(
        tmp_path_factory.mktemp("sites"), env=PATIENT | {"HITSVC_SITE_STATS": "on"}
    ) as service:
        for path in ("post", "post", "a-very-long-address-of-a-page-" * 5):
            service.get(f"/count?url=example.com/{path}")
        yield service.url


@pytest.fixture(name="page", params=["light", "dark"])
def _page(browser, request):
    # The page's own policy keeps axe out, as it should.
    context = browser.new_context(color_scheme=request.param, bypass_csp=True)
    yield context.new_page()
    context.close()


def test_sums_come_by_themselves_and_lead_to_the_pages(page, url, node_modules):
    """From waiting to numbers to one of its pages; nothing severe for axe, no error."""
    asked, said = [], []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))

    page.goto(f"{url}/s/example.com")
    expect(page.get_by_role("link", name="/post")).to_be_visible(timeout=30_000)
    assert severe(page, node_modules) == []
    page.get_by_role("link", name="/post").click()
    expect(page.get_by_role("heading", name="example.com/post")).to_be_visible()

    assert [address for address in asked if not address.startswith(url)] == []
    assert said == []


@pytest.mark.parametrize("width", [320, 390, 1280])
def test_nothing_sticks_out(page, url, width):
    """The table scrolls by itself."""
    page.set_viewport_size({"width": width, "height": 800})
    page.goto(f"{url}/s/example.com")
    expect(page.get_by_role("link", name="/post")).to_be_visible(timeout=30_000)

    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_an_empty_site_leads_to_the_badge(page, url, node_modules):
    """With the site in the form."""
    page.goto(f"{url}/s/nobody.example")
    assert severe(page, node_modules) == []
    page.get_by_role("link", name="Make a badge for it").click()
    expect(page.get_by_label("Address of your page")).to_have_value("nobody.example")
