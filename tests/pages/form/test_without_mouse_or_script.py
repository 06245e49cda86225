"""The page without a mouse, and without JavaScript."""

import html
from typing import Any

import pytest

from tests.support.form import (
    ADDRESS,
    LOOK,
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

    def test_the_keyboard_alone_makes_and_copies(self, page, url):
        """Skip link, field, kind, mode, looks and copy button: all by keys."""
        page.evaluate("document.activeElement.blur()")
        press_until_focused(page, page.get_by_role("link", name="Skip to the form"))
        page.keyboard.press("Enter")
        press_until_focused(page, page.get_by_label(ADDRESS))
        page.keyboard.type(url)
        expect(page.locator("#says")).to_contain_text("0 views, 0 today")
        press_until_focused(page, page.get_by_label("Markdown", exact=True).first)
        page.keyboard.press("ArrowRight")
        press_until_focused(page, page.get_by_label("Count this view"))
        page.keyboard.press("ArrowRight")
        press_until_focused(page, page.locator("summary"))
        page.keyboard.press("Enter")
        press_until_focused(page, page.get_by_label("Flat", exact=True))
        page.keyboard.press("ArrowRight")
        press_until_focused(page, page.get_by_label("Label", exact=True))
        page.keyboard.type("views")
        page.get_by_label(ADDRESS).focus()
        press_until_focused(page, page.get_by_role("button", name="Copy", exact=True))
        page.keyboard.press("Enter")
        expect(page.locator("#code-note")).to_have_text("Copied")

        code = page.evaluate("navigator.clipboard.readText()")

        src = html.unescape(code.split('src="')[1].split('"')[0])
        assert "/nocount/tag.svg?" in src
        assert parameters(src) == {"url": url, "style": "flat-square", "label": "views"}

    def test_the_focus_is_visible_everywhere(self, page, url):
        """Each stop of the Tab key draws an outline."""
        page.get_by_label(ADDRESS).fill(url)
        expect(page.locator("#says")).to_contain_text("Statistics")
        page.locator("summary").press("Enter")
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

        # Four links and the statistics', address, a tab and the list, code and copy,
        # mode; the fold; the look (3 choices, 6 texts, 3 wells) and its reset; two links.
        assert stops == [True] * (5 + 1 + 2 + 2 + 1 + 1 + 3 + 6 + 3 + 1 + 2)


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
        """Another button answers the number as text."""
        page.get_by_label(ADDRESS).fill(url)
        page.get_by_role("button", name="Show the number").click()

        expect(page.locator("body")).to_have_text("0")

    def test_the_form_shows_the_statistics(self, page, service_url, url):
        """A third one leads to the page behind the number."""
        page.get_by_label(ADDRESS).fill(url)
        page.get_by_role("button", name="Show the statistics").click()

        page.wait_for_url(f"{service_url}/p/{url.removeprefix('https://')}")

    def test_its_own_badge_counts(self, page, service_url):
        """The page counts its views by Referer, so it needs no script."""
        before = count_of(service_url, service_url)

        page.context.clear_cookies()
        page.reload()

        assert count_of(service_url, service_url) == before + 1

    def test_what_needs_a_script_is_not_shown(self, page):
        """No control stands there that would do nothing."""
        expect(page.locator("noscript .hint")).to_contain_text("JavaScript is off")
        expect(page.locator("noscript .hint")).to_be_visible()
        for part in ("[data-copy]", "#code", ".swatches", "#found", "#plain-look"):
            expect(page.locator(part)).to_be_hidden()
