"""The statistics in a real Chromium: seen, hovered, by keyboard, without JavaScript."""

import re
import uuid

import pytest

from tests.support.form import ask, expect

pytestmark = [pytest.mark.browser, pytest.mark.service]

FOUND = """() => axe.run({ resultTypes: ["violations"] }).then(({ violations }) =>
  violations.flatMap(({ id, impact, nodes }) =>
    nodes.map(({ target }) => `${impact}: ${id} at ${target}`)))"""


@pytest.fixture(name="key", scope="module")
def _key(service_url):
    """A page that has one view."""
    key = f"{uuid.uuid4().hex}.example/post"
    assert ask(service_url, "/count", f"https://{key}").status == 200
    return key


@pytest.fixture(name="page")
def _page(browser):
    context = browser.new_context()
    yield context.new_page()
    context.close()


def test_nothing_is_asked_of_others_and_nothing_fails(page, service_url, key):
    """All is the service's own, and no rule of the page's is broken."""
    asked, said = [], []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))

    page.goto(f"{service_url}/p/{key}")
    page.get_by_role("link", name="12 months").click()
    expect(page.get_by_text("Week from").first).to_be_attached()

    assert [url for url in asked if not url.startswith(service_url)] == []
    assert said == []


@pytest.mark.parametrize("width", [320, 390, 768, 1280, 1920])
def test_letters_have_12_px_and_nothing_sticks_out(page, service_url, key, width):
    """Whatever the screen; measured on it."""
    page.set_viewport_size({"width": width, "height": 800})
    page.goto(f"{service_url}/p/{key}?period=90")

    heights = page.evaluate(
        "[...document.querySelectorAll('.date, .axis text')]"
        ".filter((text) => text.getClientRects().length)"
        ".map((text) => [getComputedStyle(text).fontSize,"
        " text.getScreenCTM().a, text.getScreenCTM().d])"
    )
    overflow = page.evaluate("document.documentElement.scrollWidth - innerWidth")

    assert len(heights) >= 5
    assert {tuple(height) for height in heights} == {("12px", 1, 1)}
    assert overflow <= 0


@pytest.mark.parametrize("width", [320, 1280])
@pytest.mark.parametrize("period", ["7", "30", "90", "year"])
def test_dates_do_not_touch(page, service_url, key, width, period):
    """Each has room of its own."""
    page.set_viewport_size({"width": width, "height": 800})
    page.goto(f"{service_url}/p/{key}?period={period}")

    gaps = page.evaluate(
        "[...document.querySelectorAll('.date')].map((t) => t.getBoundingClientRect())"
        ".filter((box) => box.width).map((box, n, all) => n ? box.left - all[n - 1].right : 9)"
    )

    assert min(gaps) >= 4


def test_a_bar_tells_its_value_under_the_mouse(page, service_url, key):
    """In words; one at a time."""
    page.goto(f"{service_url}/p/{key}")
    tip = page.locator(".tip").last
    expect(tip).to_be_hidden()

    page.locator(".plot .now").hover()

    expect(tip).to_be_visible()
    expect(tip).to_have_text(re.compile(r"\d{4}: 1 so far$"))
    assert page.locator(".tip:visible").count() == 1


def test_the_chart_is_one_stop_and_arrows_lead_through_it(page, service_url, key):
    """From today to the past."""
    page.goto(f"{service_url}/p/{key}?period=7")
    page.get_by_role("link", name="All", exact=True).focus()

    page.keyboard.press("Tab")
    expect(page.locator(".plot g").last).to_be_focused()
    page.keyboard.press("ArrowLeft")
    expect(page.locator(".plot g").nth(5)).to_be_focused()
    page.keyboard.press("Home")
    expect(page.locator(".plot g").first).to_be_focused()
    page.keyboard.press("ArrowLeft")
    expect(page.locator(".plot g").first).to_be_focused()
    page.keyboard.press("End")
    expect(page.locator(".plot g").last).to_be_focused()
    expect(page.locator(".tip").last).to_be_visible()
    page.keyboard.press("Tab")

    expect(page.locator("summary")).to_be_focused()


def test_all_of_it_works_without_javascript(browser, service_url, key):
    """Periods are links, values are in a table, and each bar is a stop."""
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    try:
        page.goto(f"{service_url}/p")
        page.get_by_label("Address of the page").fill(f"https://{key}")
        page.keyboard.press("Enter")
        page.get_by_role("link", name="7 days").click()
        page.get_by_text("The numbers as a table").click()
        expect(page.get_by_role("cell", name="1 so far")).to_be_visible()
        page.locator(".plot g").first.focus()
        expect(page.locator(".tip").first).to_be_visible()
    finally:
        context.close()


def test_it_leads_to_a_badge_for_the_page(page, service_url, key):
    """The form has its address."""
    page.goto(f"{service_url}/p/{key}")

    page.get_by_role("link", name="A badge for this page").click()

    expect(page.get_by_label("Address of your page")).to_have_value(key)


def test_csv_is_saved(page, service_url, key):
    """As a file."""
    page.goto(f"{service_url}/p/{key}")

    with page.expect_download() as download:
        page.get_by_role("link", name="All days as CSV").click()

    assert download.value.path().read_text().startswith("url,day,hits\n")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_serious(browser, service_url, node_modules, key, scheme):
    """On a page with numbers, on an empty one, on the one that asks, with the table."""
    # The page's own policy keeps axe out, as it should.
    context = browser.new_context(color_scheme=scheme, bypass_csp=True)
    page = context.new_page()
    found = []
    try:
        for path in (f"p/{key}", f"p/{key}/none", "p"):
            page.goto(f"{service_url}/{path}")
            for summary in page.locator("summary").all():
                summary.click()
            page.add_script_tag(path=node_modules / "axe-core" / "axe.min.js")
            found += page.evaluate(FOUND)
    finally:
        context.close()

    assert [line for line in found if line.startswith(("critical", "serious"))] == []
