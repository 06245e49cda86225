"""The page without a mouse, and without JavaScript."""

import html
from typing import Any

import pytest

from tests.support.form import (
    ADDRESS,
    LOOK,
    LOOK_UP,
    NONE_SO_FAR,
    ask,
    count_of,
    expect,
    fill_look,
    parameters,
    url_in,
)

pytestmark = pytest.mark.browser


def press_until_focused(page: Any, locator: Any) -> None:
    """Press Tab until ``locator`` has the focus, as a person without a mouse does."""
    for _ in range(60):
        if locator.evaluate("element => element === document.activeElement"):
            return
        page.keyboard.press("Tab")
    pytest.fail(f"{locator} cannot be reached with the Tab key")


class TestKeyboard:
    """The whole way without a mouse."""

    def test_the_keyboard_alone_makes_looks_up_and_copies(self, page, url):
        """Skip link, field, look-up, choice and copy button: all by keys."""
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        press_until_focused(page, page.get_by_label(ADDRESS))
        page.keyboard.type(url)
        page.keyboard.press("Enter")
        expect(page.locator("#result")).to_have_text(NONE_SO_FAR)
        press_until_focused(page, page.get_by_label("30 days", exact=True))
        page.keyboard.press("ArrowRight")
        expect(page.get_by_alt_text("0 views in the last 90 days.")).to_be_visible()
        press_until_focused(page, page.get_by_label("Count the view"))
        page.keyboard.press("ArrowRight")
        press_until_focused(page, page.get_by_label("Flat", exact=True))
        page.keyboard.press("ArrowRight")
        press_until_focused(page, page.get_by_label("Label", exact=True))
        page.keyboard.type("views")
        press_until_focused(page, page.get_by_role("button", name="Copy HTML"))
        page.keyboard.press("Enter")
        expect(page.locator("#html-note")).to_have_text("Copied")

        code = page.evaluate("navigator.clipboard.readText()")

        src = html.unescape(code.split('"')[1])
        assert "/nocount/tag.svg?" in src
        assert parameters(src) == {"url": url, "style": "flat-square", "label": "views"}

    def test_the_focus_is_visible_everywhere(self, page, url):
        """Each stop of the Tab key draws an outline."""
        page.get_by_label(ADDRESS).fill(url)
        page.get_by_role("link", name="Skip to the form").focus()
        outlined = (
            "() => document.activeElement === document.body ? null :"
            "[document.activeElement, document.activeElement.parentElement]"
            ".some(element => getComputedStyle(element).outlineStyle === 'solid')"
        )

        stops = []
        while (stop := page.evaluate(outlined)) is not None:
            stops.append(stop)
            page.keyboard.press("Tab")

        # Three links, address and look-up, days and mode; the look (3 choices, 6 texts,
        # 3 wells) and its reset; 8 buttons with their codes; two links.
        assert stops == [True] * (3 + 2 + 2 + 3 + 6 + 3 + 1 + 2 * 8 + 2)


class TestWithoutJavaScript:
    """What works with JavaScript off."""

    @pytest.fixture(name="page")
    def _page(self, browser, service_url):
        context = browser.new_context(java_script_enabled=False)
        page = context.new_page()
        page.goto(service_url)
        yield page
        context.close()

    def test_the_form_shows_a_badge(self, page, service_url, url):
        """The form is a plain GET of the badge that does not count."""
        page.get_by_label(ADDRESS).fill(url)
        with page.expect_navigation() as info:
            page.get_by_role("button", name="Show the badge").click()

        assert info.value.headers["content-type"].startswith("image/svg+xml")
        assert page.url.startswith(f"{service_url}/nocount/tag.svg?")
        assert url_in(page.url) == [url]

    def test_the_form_shows_a_badge_of_the_chosen_look(self, page, url):
        """All options are plain fields, and nothing else is sent."""
        page.get_by_label(ADDRESS).fill(url)
        fill_look(page)
        with page.expect_navigation():
            page.get_by_role("button", name="Show the badge").click()

        assert parameters(page.url) == {"url": url, **LOOK}
        expect(page.locator("svg")).to_have_attribute(
            "aria-label", f"{LOOK['label']}: 0 / 1,000"
        )

    def test_the_fields_as_they_stand_make_the_usual_badge(
        self, page, service_url, url
    ):
        """What nobody filled in is sent, and changes nothing."""
        usual = ask(service_url, "/nocount/tag.svg", url).body
        page.get_by_label(ADDRESS).fill(url)
        with page.expect_navigation() as info:
            page.get_by_role("button", name="Show the badge").click()

        assert info.value.text() == usual

    def test_the_form_shows_a_number(self, page, url):
        """The other button answers the number as text."""
        page.get_by_label(ADDRESS).fill(url)
        page.get_by_role("button", name=LOOK_UP).click()

        expect(page.locator("body")).to_have_text("0")

    def test_its_own_badge_counts(self, page, service_url):
        """The page counts its views by Referer, so it needs no script."""
        before = count_of(service_url, service_url)

        page.context.clear_cookies()
        page.reload()

        assert count_of(service_url, service_url) == before + 1

    def test_what_needs_a_script_is_not_shown(self, page):
        """No control stands there that would do nothing."""
        expect(page.locator("noscript p")).to_contain_text("JavaScript is off")
        expect(page.locator("noscript p")).to_be_visible()
        expect(page.get_by_role("button", name="Copy HTML")).to_be_hidden()
