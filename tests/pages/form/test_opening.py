"""The page as it opens: quiet, still, at home on small and on dark screens."""

import re

import pytest

from tests.support.form import (
    ADDRESS,
    LOOK_DRAWN,
    PREVIEW,
    count_of,
    expect,
    fill_look,
    open_looks,
)

pytestmark = pytest.mark.browser

WATCH_SHIFTS = (
    "window.shift = 0; new PerformanceObserver((list) => {"
    "for (const entry of list.getEntries()) window.shift += entry.value;"
    "}).observe({ type: 'layout-shift', buffered: true });"
)


class TestPage:
    """The page as it opens."""

    def test_it_opens_without_a_console_error(self, context, service_url):
        """Neither the page nor a full use of it logs an error: the CSP fits."""
        page = context.new_page()
        said = []
        page.on("pageerror", lambda error: said.append(("error", str(error))))
        page.on("console", lambda message: said.append((message.type, message.text)))

        page.goto(service_url)
        page.get_by_label(ADDRESS).fill("https://example.com")
        expect(page.get_by_alt_text(PREVIEW)).to_be_visible()
        fill_look(page)
        expect(page.get_by_alt_text(PREVIEW)).to_have_attribute("src", LOOK_DRAWN)

        assert [text for kind, text in said if kind in {"error", "warning"}] == []

    def test_it_asks_no_other_host(self, context, service_url):
        """Everything comes from the service's own origin."""
        page = context.new_page()
        requested = []
        page.on("request", lambda request: requested.append(request.url))

        page.goto(service_url, wait_until="networkidle")
        page.get_by_label(ADDRESS).fill("https://example.com")
        fill_look(page)
        expect(page.get_by_alt_text(PREVIEW)).to_have_attribute("src", LOOK_DRAWN)

        assert {
            url
            for url in requested
            if not url.startswith((f"{service_url}/", "data:image/svg+xml,"))
        } == set()

    def test_its_own_badge_counts(self, context, service_url):
        """Opening the page is one view of the page."""
        before = count_of(service_url, service_url)

        context.new_page().goto(service_url)

        assert count_of(service_url, service_url) == before + 1

    def test_nothing_jumps_when_images_arrive(self, context, service_url):
        """Late badges move nothing: the layout-shift score is zero."""
        page = context.new_page()
        page.add_init_script(WATCH_SHIFTS)
        held = []
        page.route("**/*.svg*", lambda route: held.append(route))
        painted = (
            "() => new Promise(done => requestAnimationFrame(() => setTimeout(done)))"
        )
        shown = "image => image.complete && image.naturalWidth > 0"

        page.goto(service_url, wait_until="domcontentloaded")
        page.evaluate(painted)
        for route in held:
            route.continue_()
        page.wait_for_load_state()

        assert held
        assert page.locator("#own").evaluate(shown)
        page.evaluate(painted)
        assert page.evaluate("window.shift") == 0

    @pytest.mark.parametrize("width", [390, 1280])
    def test_nothing_jumps_while_it_is_used(self, context, service_url, url, width):
        """Preview, line and code have their places before they are there."""
        page = context.new_page()
        page.set_viewport_size({"width": width, "height": 900})
        page.add_init_script(WATCH_SHIFTS)
        page.goto(service_url)
        open_looks(page)  # which moves what is below, as it should
        page.evaluate("new Promise((done) => setTimeout(done))")
        opened = page.evaluate("window.shift")
        page.get_by_label(ADDRESS).fill(url)
        expect(page.get_by_alt_text(PREVIEW)).to_be_visible()
        fill_look(page)
        expect(page.get_by_alt_text(PREVIEW)).to_have_attribute("src", LOOK_DRAWN)

        assert page.evaluate("window.shift") == opened

    def test_the_badge_stays_in_sight_on_a_phone(self, page, url):
        """While the options further down are changed, one sees what they do."""
        page.set_viewport_size({"width": 390, "height": 844})
        page.get_by_label(ADDRESS).fill(url)
        expect(page.get_by_alt_text(PREVIEW)).to_be_visible()

        open_looks(page)
        page.get_by_role("button", name="Reset the look").scroll_into_view_if_needed()

        expect(page.get_by_alt_text(PREVIEW)).to_be_in_viewport()

    def test_it_fits_a_narrow_phone(self, page):
        """At 320 px nothing has to be scrolled sideways, even with a long address."""
        page.set_viewport_size({"width": 320, "height": 640})
        page.get_by_label(ADDRESS).fill("https://example.com/" + "long" * 100)
        open_looks(page)
        page.get_by_label("Label", exact=True).fill("m" * 64)
        page.get_by_label("For the badge").check()
        expect(page.get_by_alt_text(PREVIEW)).to_have_attribute(
            "src", re.compile("M" * 64)
        )

        assert page.evaluate("document.documentElement.scrollWidth") == 320

    def test_it_follows_the_dark_scheme(self, page):
        """The page's colours change with the reader's preference."""
        colour = "getComputedStyle(document.body).backgroundColor"
        page.emulate_media(color_scheme="light")
        light = page.evaluate(colour)

        page.emulate_media(color_scheme="dark")

        assert page.evaluate(colour) != light

    @pytest.mark.parametrize(("width", "height"), [(1280, 800), (390, 844)])
    @pytest.mark.parametrize("fragment", ["", "#url=example.com"])
    def test_the_first_screen_has_all_that_is_needed(
        self, context, service_url, width, height, fragment
    ):
        """Address, what counts, preview, kinds of code, and the button that copies."""
        page = context.new_page()
        page.set_viewport_size({"width": width, "height": height})
        page.goto(f"{service_url}/{fragment}")
        if fragment:
            expect(page.get_by_alt_text(PREVIEW)).to_be_visible()

        for part in ("#url", "#says", ".swatches", ".tabs", "[data-copy]"):
            expect(page.locator(part)).to_be_in_viewport(ratio=1)
        assert page.evaluate("scrollY") == 0
        # The button is not behind something else.
        assert page.locator("[data-copy]").evaluate(
            "(button) => { const box = button.getBoundingClientRect(); return button.contains("
            "document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2)) }"
        )

    def test_it_is_short_on_a_phone(self, page):
        """Two screens, as long as the looks are folded, and what it says below them."""
        page.set_viewport_size({"width": 390, "height": 844})

        assert page.evaluate("document.querySelector('.card').offsetHeight") < 850
