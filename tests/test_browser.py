"""The page in a real Chromium, against the real service: the whole walk."""

import http.server
import re
import shutil
import threading
import urllib.error
import urllib.parse
import urllib.request
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

sync_api = pytest.importorskip(
    "playwright.sync_api", reason="the browser tests need the playwright package"
)
expect = sync_api.expect

pytestmark = pytest.mark.browser

BINARIES = ("chromium", "chromium-browser", "google-chrome")
FLAGS = (
    "--no-sandbox",  # containers often forbid it, and only local pages are opened
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--no-proxy-server",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
ADDRESS = "Address of your page"
LOOK_UP = "Look up views"
ODD_URL = "https://example.com/a(b)'\"<i>&amp;*_`[c]!\\ü %2F|d?e=1&f=2#g"


@pytest.fixture(name="browser", scope="module")
def _browser():
    binary = next(filter(None, map(shutil.which, BINARIES)), None)
    if binary is None:
        pytest.skip(f"the browser tests need one of {', '.join(BINARIES)} in PATH")
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=binary, args=list(FLAGS))
        yield browser
        browser.close()


@pytest.fixture(name="context")
def _context(browser):
    context = browser.new_context()
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    yield context
    context.close()


@pytest.fixture(name="page")
def _page(context, service_url):
    page = context.new_page()
    page.goto(service_url)
    return page


@pytest.fixture(name="url")
def _url():
    return f"https://{uuid.uuid4().hex}.example/post"


def ask(service_url: str, path: str, url: str) -> Any:
    """Request ``path`` for ``url`` as a plain client; return the open response."""
    query = urllib.parse.urlencode({"url": url})
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    return opener.open(f"{service_url}{path}?{query}", timeout=10)


def count_of(service_url: str, url: str) -> int:
    """Return the number that the service has for ``url``."""
    with ask(service_url, "/nocount", url) as response:
        return int(response.read())


def url_in(src: str) -> list[str]:
    """Return the ``url`` parameter of a badge's address."""
    return urllib.parse.parse_qs(urllib.parse.urlsplit(src).query)["url"]


@contextmanager
def site(html: str) -> Iterator[str]:
    """Serve one HTML text on a port of its own; give the port's base URL."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.end_headers()
            self.wfile.write(html.encode())

        def log_message(self, *args: object) -> None:
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def press_until_focused(page: Any, locator: Any) -> None:
    """Press Tab until ``locator`` has the focus, as a person without a mouse does."""
    for _ in range(20):
        if locator.evaluate("element => element === document.activeElement"):
            return
        page.keyboard.press("Tab")
    pytest.fail(f"{locator} cannot be reached with the Tab key")


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
        expect(page.get_by_alt_text("Preview of the badge")).to_be_visible()
        page.get_by_role("button", name=LOOK_UP).click()
        expect(page.locator("#result")).to_contain_text("so far")

        assert [text for kind, text in said if kind in {"error", "warning"}] == []

    def test_it_asks_no_other_host(self, context, service_url):
        """Everything comes from the service's own origin."""
        page = context.new_page()
        requested = []
        page.on("request", lambda request: requested.append(request.url))

        page.goto(service_url, wait_until="networkidle")
        page.get_by_label(ADDRESS).fill("https://example.com")
        expect(page.get_by_alt_text("Preview of the badge")).to_be_visible()

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
        page.add_init_script(
            "window.shift = 0; new PerformanceObserver((list) => {"
            "for (const entry of list.getEntries()) window.shift += entry.value;"
            "}).observe({ type: 'layout-shift', buffered: true });"
        )
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

    def test_it_fits_a_narrow_phone(self, page):
        """At 320 px nothing has to be scrolled sideways, even with a long address."""
        page.set_viewport_size({"width": 320, "height": 640})
        page.get_by_label(ADDRESS).fill("https://example.com/" + "long" * 100)
        expect(page.get_by_alt_text("Preview of the badge")).to_be_visible()

        assert page.evaluate("document.documentElement.scrollWidth") == 320

    def test_it_follows_the_dark_scheme(self, page):
        """The page's colours change with the reader's preference."""
        colour = "getComputedStyle(document.body).backgroundColor"
        page.emulate_media(color_scheme="light")
        light = page.evaluate(colour)

        page.emulate_media(color_scheme="dark")

        assert page.evaluate(colour) != light


class TestPreview:
    """The badge that shows while the address is typed."""

    def test_it_appears_and_does_not_count(self, page, service_url, url):
        """The preview is a real badge, and leaves the number alone."""
        preview = page.get_by_alt_text("Preview of the badge")
        expect(preview).to_be_hidden()

        with page.expect_response(re.compile(r"/nocount/tag\.svg\?")) as info:
            page.get_by_label(ADDRESS).fill(url)
        expect(preview).to_be_visible()

        assert url_in(info.value.url) == [url]
        assert preview.evaluate(
            "image => image.decode().then(() => image.naturalWidth)"
        )
        assert count_of(service_url, url) == 0

    def test_it_asks_once_typing_pauses(self, page, url):
        """Quick typing makes one request, not one for each key."""
        requested = []
        page.on("request", lambda request: requested.append(request.url))

        page.get_by_label(ADDRESS).evaluate(
            "(input, url) => { for (const letter of url) {"
            "input.value += letter;"
            "input.dispatchEvent(new Event('input', { bubbles: true })); } }",
            url,
        )
        expect(page.get_by_alt_text("Preview of the badge")).to_be_visible()

        previews = [address for address in requested if "/nocount/" in address]
        assert [url_in(address) for address in previews] == [[url]]

    def test_it_says_what_is_wrong_with_an_address(self, page):
        """In place of the badge stands the reason, tied to the field."""
        page.get_by_label(ADDRESS).fill("ftp://example.com")

        expect(page.locator("#problem")).to_contain_text("http")
        expect(page.get_by_alt_text("Preview of the badge")).to_be_hidden()
        expect(page.get_by_label(ADDRESS)).to_have_attribute("aria-invalid", "true")


class TestCode:
    """The code that people paste into their pages."""

    def test_copied_html_counts_one_view_of_another_page(self, page, service_url):
        """The copied tag, in a page on another port, raises that page's number by one."""
        with site("placeholder") as base:
            page.get_by_label(ADDRESS).fill(f"{base}/post")
        page.get_by_role("button", name="Copy HTML").click()
        expect(page.locator("#html-note")).to_have_text("Copied")
        code = page.evaluate("navigator.clipboard.readText()")
        url = f"{base}/post"
        before = count_of(service_url, url)

        with site(f"<!doctype html><title>A post</title>{code}") as other:
            page.goto(f"{other}/post")
            shown = page.get_by_alt_text("Hits").evaluate("image => image.naturalWidth")

        assert shown > 0
        assert count_of(service_url, url) == before + 1

    def test_copied_nocount_html_counts_nothing(self, page, service_url, url):
        """With "do not count" the tag shows the number only."""
        page.get_by_label(ADDRESS).fill(url)
        page.get_by_label("Do not count").check()
        page.get_by_role("button", name="Copy HTML").click()
        expect(page.locator("#html-note")).to_have_text("Copied")
        code = page.evaluate("navigator.clipboard.readText()")

        with site(f"<!doctype html><title>A post</title>{code}") as other:
            page.goto(other)
            shown = page.get_by_alt_text("Hits").evaluate("image => image.naturalWidth")

        assert shown > 0
        assert count_of(service_url, url) == 0

    def test_html_survives_every_odd_character(self, page, service_url):
        """A browser that parses the tag asks for exactly the address typed."""
        page.get_by_label(ADDRESS).fill(ODD_URL)
        code = page.get_by_role("textbox", name="HTML").input_value()

        elements = page.evaluate(
            "code => [...new DOMParser().parseFromString(code, 'text/html').body.children]"
            ".map(element => [element.tagName, element.getAttribute('src')])",
            code,
        )

        ((tag, src),) = elements
        assert tag == "IMG"
        assert src.startswith(f"{service_url}/count/tag.svg?url=https%3A%2F%2F")
        assert url_in(src) == [ODD_URL]

    def test_markdown_survives_every_odd_character(self, page, service_url):
        """No character of the address ends the image's destination early."""
        page.get_by_label(ADDRESS).fill(ODD_URL)
        code = page.get_by_role("textbox", name="Markdown").input_value()

        found = re.fullmatch(r"!\[Hits\]\(([\w.:/?=%~-]+)\)", code)

        assert found
        assert found[1].startswith(f"{service_url}/count/tag.svg?url=https%3A%2F%2F")
        assert url_in(found[1]) == [ODD_URL]

    def test_copied_is_not_said_of_code_that_changed(self, page, url):
        """Once the address changes, the copy is no longer what the page shows."""
        page.get_by_label(ADDRESS).fill(url)
        page.get_by_role("button", name="Copy HTML").click()
        expect(page.locator("#html-note")).to_have_text("Copied")

        page.get_by_label(ADDRESS).fill(f"{url}/other")

        assert page.locator("#html-note").text_content() == ""

    def test_markdown_is_copied_as_shown(self, page, url):
        """Each copy button copies its own code."""
        page.get_by_label(ADDRESS).fill(url)
        page.get_by_role("button", name="Copy Markdown").click()
        expect(page.locator("#markdown-note")).to_have_text("Copied")

        assert (
            page.evaluate("navigator.clipboard.readText()")
            == page.get_by_role("textbox", name="Markdown").input_value()
        )

    def test_nothing_is_copied_before_there_is_an_address(self, page):
        """The example code cannot be taken for one's own."""
        expect(page.get_by_role("button", name="Copy HTML")).to_be_disabled()

    def test_copying_works_without_the_clipboard_api(self, context, service_url, url):
        """On plain HTTP the API is missing; the older command copies the code."""
        page = context.new_page()
        page.add_init_script(
            "Object.defineProperty(Navigator.prototype, 'clipboard', { value: undefined })"
        )
        page.goto(service_url)
        page.get_by_label(ADDRESS).fill(url)
        code = page.get_by_role("textbox", name="HTML").input_value()

        page.get_by_role("button", name="Copy HTML").click()
        expect(page.locator("#html-note")).to_have_text("Copied")
        page.get_by_label(ADDRESS).fill("")
        page.keyboard.press("ControlOrMeta+V")

        expect(page.get_by_label(ADDRESS)).to_have_value(code)

    def test_the_code_is_selected_where_nothing_can_copy(self, page, url):
        """The last resort: the code is selected, and the page says which keys copy."""
        page.evaluate(
            "Object.defineProperty(navigator, 'clipboard', { value: undefined });"
            "document.execCommand = () => false"
        )
        page.get_by_label(ADDRESS).fill(url)
        code = page.get_by_role("textbox", name="HTML").input_value()

        page.get_by_role("button", name="Copy HTML").click()

        expect(page.locator("#html-note")).to_contain_text("Ctrl+C")
        assert page.evaluate("getSelection().toString()") == code


class TestLookUp:
    """The number of any page, on request."""

    def test_it_shows_the_number(self, page, service_url, url):
        """A page with one counted view has one view."""
        ask(service_url, "/count", url).close()

        page.get_by_label(ADDRESS).fill(url)
        page.get_by_role("button", name=LOOK_UP).click()

        expect(page.get_by_role("status")).to_have_text(["1 view so far.", "", ""])
        assert count_of(service_url, url) == 1

    def test_it_shows_a_page_never_seen_as_zero(self, page, url):
        """An address nobody embedded has no views, which is no error."""
        page.get_by_label(ADDRESS).fill(url)
        page.get_by_role("button", name=LOOK_UP).click()

        expect(page.locator("#result")).to_have_text("0 views so far.")

    def test_it_gives_the_services_reason_for_an_error(self, page, service_url):
        """What the service says is wrong stands on the page in its words."""
        url = "ftp://example.com"
        with pytest.raises(urllib.error.HTTPError) as refused:
            ask(service_url, "/nocount", url)
        reason = (
            refused.value.headers.get("X-Hits-Reason") or refused.value.read().decode()
        )
        refused.value.close()

        page.get_by_label(ADDRESS).fill(url)
        page.get_by_role("button", name=LOOK_UP).click()

        expect(page.locator("#result")).to_contain_text(
            reason.strip(), ignore_case=True
        )

    def test_it_says_when_the_service_is_away(self, page, context, url):
        """A lost network is told in words, not by a frozen page."""
        context.set_offline(True)

        page.get_by_label(ADDRESS).fill(url)
        page.get_by_role("button", name=LOOK_UP).click()

        expect(page.locator("#result")).to_contain_text("does not answer")


class TestKeyboard:
    """The whole way without a mouse."""

    def test_the_keyboard_alone_makes_looks_up_and_copies(self, page, url):
        """Skip link, field, look-up, choice and copy button: all by keys."""
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        press_until_focused(page, page.get_by_label(ADDRESS))
        page.keyboard.type(url)
        page.keyboard.press("Enter")
        expect(page.locator("#result")).to_have_text("0 views so far.")
        press_until_focused(page, page.get_by_label("Count the view"))
        page.keyboard.press("ArrowRight")
        press_until_focused(page, page.get_by_role("button", name="Copy HTML"))
        page.keyboard.press("Enter")
        expect(page.locator("#html-note")).to_have_text("Copied")

        code = page.evaluate("navigator.clipboard.readText()")

        assert "/nocount/tag.svg?" in code
        assert url_in(code.split('"')[1]) == [url]

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

        # Two links, the address, the look-up, the choice, and twice button and code.
        assert stops == [True] * 9


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
