"""The page and the error page, looked at by axe-core in a real Chromium."""

from pathlib import Path
from typing import Any

import pytest

sync_api = pytest.importorskip(
    "playwright.sync_api", reason="the browser tests need the playwright package"
)
expect = sync_api.expect

pytestmark = pytest.mark.browser

FOUND = """() => axe.run({ resultTypes: ["violations"] }).then(({ violations }) =>
  violations.flatMap(({ id, impact, nodes }) =>
    nodes.map(({ target, any }) =>
      `${impact}: ${id} at ${target}: ${any.map(({ message }) => message)}`)))"""
SEVERE = ("critical", "serious")


@pytest.fixture(name="page", params=["light", "dark"])
def _page(browser, request):
    # The page's own policy keeps axe out, as it should.
    context = browser.new_context(color_scheme=request.param, bypass_csp=True)
    yield context.new_page()
    context.close()


def severe(page: Any, node_modules: Path) -> list[str]:
    """Return what axe finds serious or critical."""
    page.add_script_tag(path=node_modules / "axe-core" / "axe.min.js")
    return [line for line in page.evaluate(FOUND) if line.startswith(SEVERE)]


def test_the_empty_page(page, service_url, node_modules):
    """Nothing severe stands on the page as it opens."""
    page.goto(service_url)

    assert severe(page, node_modules) == []


def test_the_page_in_use(page, service_url, node_modules):
    """Nor with a preview, a number, looks, logos and a note that code was copied."""
    page.goto(f"{service_url}/#url=example.com&style=social&color=red")
    expect(page.locator("#preview")).to_be_visible()
    page.locator("#logo").fill("git")
    expect(page.locator("[data-logo]").first).to_be_visible()
    page.get_by_role("button", name="Copy", exact=True).click()
    expect(page.locator("#code-note")).not_to_be_empty()

    assert severe(page, node_modules) == []


def test_the_page_with_an_error(page, service_url, node_modules):
    """Nor where the page says what is wrong with an address or a colour."""
    page.goto(f"{service_url}/#url=example.com&color=reddish")
    expect(page.locator("#color-hint")).to_have_class("bad")
    page.get_by_label("Address of your page").fill("ftp://example.com")
    expect(page.locator("#says")).to_have_class("says bad")

    assert severe(page, node_modules) == []


def test_the_error_page(page, service_url, node_modules):
    """Nor on the page that says there is no such page."""
    page.goto(f"{service_url}/nowhere")
    expect(page.get_by_role("heading", level=1)).to_be_visible()

    assert severe(page, node_modules) == []


def test_axe_sees_what_is_wrong(page, service_url, node_modules):
    """The check itself: a field without a name, and grey on grey, are found."""
    page.goto(service_url)
    page.evaluate(
        "document.querySelector('h1').insertAdjacentHTML('afterend',"
        "'<input><p style=\"color: #777; background: #888\">hard to read</p>')"
    )

    found = severe(page, node_modules)

    assert [line.split(" ")[1] for line in found] == ["color-contrast", "label"]
