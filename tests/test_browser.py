"""The page in a real Chromium, against the real service: the whole walk."""

import html
import http.server
import json
import re
import threading
import urllib.parse
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from redis import Redis

from hitsvc.datadir import running_socket
from tests.service import PATIENT, Service
from tests.visitors import Answer, visit

sync_api = pytest.importorskip(
    "playwright.sync_api", reason="the browser tests need the playwright package"
)
expect = sync_api.expect

pytestmark = pytest.mark.browser

ADDRESS = "Address of your page"
LOOK_UP = "Look up views"
PREVIEW = "Preview of the badge"
ONE = "1 view so far, 1 of them today."
NONE_SO_FAR = "0 views so far, 0 of them today."
WIDE = 960
WATCH_SHIFTS = (
    "window.shift = 0; new PerformanceObserver((list) => {"
    "for (const entry of list.getEntries()) window.shift += entry.value;"
    "}).observe({ type: 'layout-shift', buffered: true });"
)
# The preview once it shows `LOOK`.
LOOK_DRAWN = re.compile("views%20%26amp%3B%20visits")
COPY_BUTTONS = {
    "html": "Copy HTML",
    "markdown": "Copy Markdown",
    "rst": "Copy reStructuredText",
    "asciidoc": "Copy AsciiDoc",
    "image": "Copy image address",
    "json": "Copy JSON address",
    "script": "Copy script",
    "link": "Copy link to these settings",
}
# What can be set, and the only value here that is not the default.
LOOK = {
    "style": "flat-square",
    "label": "views & visits",
    "labelColor": "f60",
    "color": "brightgreen",
    "logo": "github",
    "logoColor": "white",
    "format": "grouped",
    "show": "both",
    "base": "1000",
}
ODD_LABEL = "<b>&amp;\"' [x](y) {z} `_*|\\ü%41"
ODD_URL = "https://example.com/a(b)'\"<i>&amp;*_`[c]!\\ü %2F|d?e=1&f=2#g"


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


@pytest.fixture(name="own", scope="module")
def _own(tmp_path_factory):
    """A service whose store these tests may change."""
    with Service(tmp_path_factory.mktemp("own-service"), env=PATIENT) as service:
        yield service


@pytest.fixture(name="url")
def _url():
    return f"https://{uuid.uuid4().hex}.example/post"


def ask(service_url: str, path: str, url: str) -> Answer:
    """Request ``path`` for ``url`` as a plain client."""
    query = urllib.parse.urlencode({"url": url})
    return visit(service_url, f"{path}?{query}", patience_s=10)


def count_of(service_url: str, url: str) -> int:
    """Return the number that the service has for ``url``."""
    return int(ask(service_url, "/nocount", url).body)


def parameters(src: str) -> dict[str, str]:
    """Return the parameters of an address, each of which must be there once."""
    query = urllib.parse.urlsplit(src).query
    pairs = urllib.parse.parse_qsl(query, keep_blank_values=True, strict_parsing=True)
    assert len(dict(pairs)) == len(pairs)
    return dict(pairs)


def forget_tokens(service: Service) -> None:
    """Let all anti-refresh tokens end now."""
    with Redis(unix_socket_path=str(running_socket(service.data_dir))) as redis:
        tokens = list(redis.scan_iter("hits:*:t:*"))
        assert tokens
        redis.delete(*tokens)


def rendered(pattern: str) -> Callable[[str], str]:
    """Make what stands for a renderer: it shows the image that the code names."""

    def render(code: str) -> str:
        found = re.fullmatch(pattern, code)
        assert found
        return f'<img src="{html.escape(found[1])}">'

    return render


# Each code as it ends up in a web page.
EMBEDDED: dict[str, Callable[[str], str]] = {
    "html": str,
    "markdown": rendered(r"!\[Hits\]\((\S+)\)"),
    "rst": rendered(r"\.\. image:: (\S+)\n   :alt: Hits"),
    "asciidoc": rendered(r"image::(\S+)\[Hits\]"),
    "image": rendered(r"(\S+)"),
    "json": lambda code: (
        f"<script>fetch({json.dumps(code)}, {{credentials: 'include'}})"
        ".then((answer) => answer.text())</script>"
    ),
    "script": str,
}
FIELDS = "form => Object.fromEntries(new FormData(form))"


def url_in(src: str) -> list[str]:
    """Return the ``url`` parameter of a badge's address."""
    return urllib.parse.parse_qs(urllib.parse.urlsplit(src).query)["url"]


def copied(page: Any, name: str) -> str:
    """Press a copy button; return what the clipboard holds then."""
    page.get_by_role("button", name=COPY_BUTTONS[name]).click()
    expect(page.locator(f"#{name}-note")).to_have_text("Copied")
    code: str = page.evaluate("navigator.clipboard.readText()")
    return code


def fill_look(page: Any) -> None:
    """Set every field and choice to what `LOOK` says."""
    for name, value in LOOK.items():
        field = page.locator(f"[name={name}]")
        if field.count() == 1:
            field.fill(value)
        else:
            page.locator(f"[name={name}][value={value}]").check()


@contextmanager
def site(text: Callable[[], str]) -> Iterator[str]:
    """Serve one HTML text on a port of its own; give the port's base URL."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.end_headers()
            self.wfile.write(text().encode())

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
    for _ in range(60):
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
        expect(page.get_by_alt_text(PREVIEW)).to_be_visible()
        page.get_by_role("button", name=LOOK_UP).click()
        expect(page.locator("#graph")).to_be_visible()
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
        page.get_by_role("button", name=LOOK_UP).click()
        expect(page.locator("#graph")).to_be_visible()
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
        """Preview, number and picture have their places before they are there."""
        page = context.new_page()
        page.set_viewport_size({"width": width, "height": 900})
        page.add_init_script(WATCH_SHIFTS)
        page.goto(service_url)
        page.get_by_label(ADDRESS).fill(url)
        expect(page.get_by_alt_text(PREVIEW)).to_be_visible()
        fill_look(page)
        expect(page.get_by_alt_text(PREVIEW)).to_have_attribute("src", LOOK_DRAWN)
        if width >= WIDE:  # on a phone, a look-up makes room for its picture
            page.get_by_role("button", name=LOOK_UP).click()
            expect(page.locator("#graph")).to_be_visible()

        assert page.evaluate("window.shift") == 0

    def test_the_badge_stays_in_sight_on_a_phone(self, page, url):
        """While the options further down are changed, one sees what they do."""
        page.set_viewport_size({"width": 390, "height": 844})
        page.get_by_label(ADDRESS).fill(url)
        expect(page.get_by_alt_text(PREVIEW)).to_be_visible()

        page.get_by_role("button", name="Reset the look").scroll_into_view_if_needed()

        expect(page.get_by_alt_text(PREVIEW)).to_be_in_viewport()

    def test_it_fits_a_narrow_phone(self, page):
        """At 320 px nothing has to be scrolled sideways, even with a long address."""
        page.set_viewport_size({"width": 320, "height": 640})
        page.get_by_label(ADDRESS).fill("https://example.com/" + "long" * 100)
        page.get_by_label("Label", exact=True).fill("m" * 64)
        page.get_by_label("For the badge").check()
        page.get_by_role("button", name=LOOK_UP).click()
        expect(page.locator("#graph")).to_be_visible()
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


class TestPreview:
    """The badge that shows while the address is typed."""

    def test_it_appears_and_does_not_count(self, page, service_url, url):
        """The preview is a real badge, and leaves the number alone."""
        preview = page.get_by_alt_text(PREVIEW)
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
        expect(page.get_by_alt_text(PREVIEW)).to_be_visible()

        previews = [address for address in requested if "/nocount/" in address]
        assert [url_in(address) for address in previews] == [[url]]

    def test_it_says_what_is_wrong_with_an_address(self, page):
        """In place of the badge stands the reason, tied to the field."""
        page.get_by_label(ADDRESS).fill("ftp://example.com")

        expect(page.locator("#problem")).to_contain_text("http")
        expect(page.get_by_alt_text(PREVIEW)).to_be_hidden()
        expect(page.get_by_label(ADDRESS)).to_have_attribute("aria-invalid", "true")


class TestCode:
    """The code that people paste into their pages."""

    @pytest.mark.parametrize("name", [n for n in COPY_BUTTONS if n != "link"])
    def test_copied_code_counts_one_view_of_another_page(self, page, own, name):
        """Copied into a page on another port: one view, none on refresh, one later."""
        text = ""
        with site(lambda: text) as base:
            url = f"{base}/post"
            page.goto(own.url)
            page.get_by_label(ADDRESS).fill(url)
            text = f"<!doctype html><title>A post</title>{EMBEDDED[name](copied(page, name))}"

            seen = []
            for token_is_gone in (False, False, True):
                if token_is_gone:
                    forget_tokens(own)
                page.goto(url)
                # The browser lists a resource when all of it has come. Responses to
                # keep-alive requests are not always told to Playwright.
                page.wait_for_function(
                    "performance.getEntriesByType('resource')"
                    ".some(({ name }) => name.includes('/count'))"
                )
                seen.append(count_of(own.url, url))

        assert seen == [1, 1, 2]

    def test_the_script_writes_the_number(self, page, own):
        """The element beside the script holds the number as text."""
        text = ""
        with site(lambda: text) as base:
            page.goto(own.url)
            page.get_by_label(ADDRESS).fill(f"{base}/post")
            page.get_by_label("Today / total").check()
            text = f"<!doctype html><title>A post</title><p>{copied(page, 'script')}"
            page.goto(f"{base}/post")

            expect(page.locator("p")).to_have_text("1 / 1")

    def test_copied_nocount_html_counts_nothing(self, page, service_url, url):
        """With "do not count" the tag shows the number only."""
        page.get_by_label(ADDRESS).fill(url)
        page.get_by_label("Do not count").check()
        code = copied(page, "html")

        with site(lambda: f"<!doctype html><title>A post</title>{code}") as other:
            page.goto(other)
            shown = page.get_by_alt_text("Hits").evaluate("image => image.naturalWidth")

        assert shown > 0
        assert count_of(service_url, url) == 0

    def test_the_script_is_not_offered_where_nothing_shall_count(self, page):
        """It always counts, so "do not count" puts it away."""
        expect(page.get_by_role("textbox", name="Script")).to_be_visible()

        page.get_by_label("Do not count").check()

        expect(page.get_by_role("textbox", name="Script")).to_be_hidden()

    def test_the_address_names_what_differs_and_nothing_else(self, page, url):
        """The URL comes first; what says the default is left out."""
        page.get_by_label(ADDRESS).fill(url)
        image = page.get_by_role("textbox", name="Image address")
        assert list(parameters(image.input_value())) == ["url"]

        fill_look(page)

        assert list(parameters(image.input_value()).items()) == [
            ("url", url),
            *LOOK.items(),
        ]

    @pytest.mark.parametrize(
        ("name", "value"),
        [
            pytest.param("label", "hits", id="label"),
            pytest.param("labelColor", "#555", id="label colour"),
            pytest.param("color", "blue", id="colour"),
            pytest.param("logoColor", "red", id="logo colour without a logo"),
            pytest.param("base", "0", id="base"),
        ],
    )
    def test_a_default_that_is_typed_is_left_out(self, page, url, name, value):
        """It would make the address longer and change nothing."""
        page.get_by_label(ADDRESS).fill(url)
        page.locator(f"#{name}").fill("1")
        page.locator(f"#{name}").fill(value)

        image = page.get_by_role("textbox", name="Image address").input_value()

        assert parameters(image) == {"url": url}

    def test_an_empty_label_is_said(self, page, url):
        """No label is something else than the usual one."""
        page.get_by_label(ADDRESS).fill(url)
        page.locator("#label").fill("")

        image = page.get_by_role("textbox", name="Image address").input_value()

        assert parameters(image) == {"url": url, "label": ""}

    def test_a_picked_colour_is_a_hex_number(self, page, url):
        """The colour well fills the field beside it, and the code follows."""
        page.get_by_label(ADDRESS).fill(url)
        page.get_by_label("Pick the colour").fill("#ff6600")

        image = page.get_by_role("textbox", name="Image address").input_value()

        assert page.locator("#color").input_value() == "#ff6600"
        assert parameters(image) == {"url": url, "color": "ff6600"}

    @pytest.mark.parametrize(
        ("colour", "shown"),
        [
            pytest.param("brightgreen", "#44bb00", id="badge name"),
            pytest.param("rebeccapurple", "#663399", id="CSS name"),
            pytest.param("f60", "#ff6600", id="hex without a hash"),
            pytest.param("no colour", "#007ec6", id="none"),
            pytest.param("", "#007ec6", id="empty"),
        ],
    )
    def test_the_well_shows_the_colour_that_is_typed(self, page, colour, shown):
        """A name means what it means on a badge."""
        page.locator("#color").fill("black")
        page.locator("#color").fill(colour)

        expect(page.get_by_label("Pick the colour")).to_have_value(shown)

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

    @pytest.mark.parametrize(
        ("name", "pattern"),
        [
            pytest.param("Image address", r"(ADDRESS)", id="plain"),
            pytest.param(
                "reStructuredText", r"\.\. image:: (ADDRESS)\n   :alt: Hits", id="rst"
            ),
            pytest.param("AsciiDoc", r"image::(ADDRESS)\[Hits\]", id="asciidoc"),
        ],
    )
    def test_other_languages_survive_every_odd_character(
        self, page, service_url, name, pattern
    ):
        """The address holds nothing that means something to the language."""
        page.get_by_label(ADDRESS).fill(ODD_URL)
        page.locator("#label").fill(ODD_LABEL)
        code = page.get_by_role("textbox", name=name).input_value()

        found = re.fullmatch(pattern.replace("ADDRESS", r"[\w.:/?=&%~-]+"), code, re.A)

        assert found
        assert found[1].startswith(f"{service_url}/count/tag.svg?url=https%3A%2F%2F")
        assert parameters(found[1]) == {"url": ODD_URL, "label": ODD_LABEL}

    def test_html_survives_an_odd_label(self, page):
        """The address stays one attribute, whatever the label holds."""
        page.get_by_label(ADDRESS).fill(ODD_URL)
        page.locator("#label").fill(ODD_LABEL)
        code = page.get_by_role("textbox", name="HTML").input_value()

        src = page.evaluate(
            "code => new DOMParser().parseFromString(code, 'text/html')"
            ".body.firstElementChild.getAttribute('src')",
            code,
        )

        assert "&" not in code.replace("&amp;", "")
        assert parameters(src) == {"url": ODD_URL, "label": ODD_LABEL}

    def test_the_script_is_one_script_and_one_element(self, page, service_url):
        """A browser that parses the code finds the script's address and the mark."""
        page.get_by_label(ADDRESS).fill(ODD_URL)
        code = page.get_by_role("textbox", name="Script").input_value()

        assert code == (
            f'<script async src="{service_url}/hits.js"></script>\n'
            "<span data-hits></span>"
        )

    @pytest.mark.parametrize("name", COPY_BUTTONS)
    def test_each_button_copies_the_code_that_is_shown(self, page, url, name):
        """Eight buttons, eight codes."""
        page.get_by_label(ADDRESS).fill(url)

        assert copied(page, name) == page.locator(f"#{name}").input_value()

    def test_copied_is_not_said_of_code_that_changed(self, page, url):
        """Once the address changes, the copy is no longer what the page shows."""
        page.get_by_label(ADDRESS).fill(url)
        page.get_by_role("button", name="Copy HTML").click()
        expect(page.locator("#html-note")).to_have_text("Copied")

        page.get_by_label(ADDRESS).fill(f"{url}/other")

        assert page.locator("#html-note").text_content() == ""

    def test_nothing_is_copied_before_there_is_an_address(self, page):
        """The example code cannot be taken for one's own."""
        for name in COPY_BUTTONS.values():
            expect(page.get_by_role("button", name=name)).to_be_disabled()

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


class TestState:
    """The form's state in the fragment of the page's address."""

    def test_a_link_restores_the_form(self, page, context, url):
        """Every field, choice and code is as it was where the link was copied."""
        page.get_by_label(ADDRESS).fill(url)
        fill_look(page)
        page.get_by_label("Do not count").check()
        link = copied(page, "link")
        made = page.locator("#html").input_value()

        other = context.new_page()
        other.goto(link)

        expect(other.get_by_alt_text(PREVIEW)).to_be_visible()
        assert other.locator("#html").input_value() == made
        assert other.locator("#form").evaluate(FIELDS) == {"url": url, **LOOK}
        expect(other.get_by_label("Do not count")).to_be_checked()

    def test_the_address_bar_follows_the_form(self, page, service_url):
        """A bookmark is a link; the odd address is in it whole."""
        page.get_by_label(ADDRESS).fill(ODD_URL)
        page.wait_for_url("**/#url=*")

        assert page.url == page.get_by_role("textbox", name="Link").input_value()
        page.reload()
        expect(page.get_by_label(ADDRESS)).to_have_value(ODD_URL)

        page.get_by_label(ADDRESS).fill("")
        page.wait_for_url(f"{service_url}/")

    def test_a_new_fragment_changes_the_form(self, page, url):
        """What the other link does not name goes back to the default."""
        page.get_by_label(ADDRESS).fill(url)
        fill_look(page)

        page.evaluate("location.hash = '#url=example.org&color=red'")

        expect(page.get_by_label(ADDRESS)).to_have_value("example.org")
        image = page.get_by_role("textbox", name="Image address").input_value()
        assert parameters(image) == {"url": "example.org", "color": "red"}

    @pytest.mark.parametrize(
        "fragment",
        [
            pytest.param("style=neon&show=all&format=&mode=x", id="unknown values"),
            pytest.param("constructor=1&length=2&submit=3&=4", id="unknown names"),
            pytest.param("url", id="anchor"),
            pytest.param("%=%&%E0%A4%A=", id="bad escapes"),
        ],
    )
    def test_a_bad_fragment_is_as_none(self, context, service_url, fragment):
        """A link that somebody broke opens the page as it is."""
        page = context.new_page()
        errors = []
        page.on("pageerror", lambda error: errors.append(str(error)))

        page.goto(f"{service_url}/#{fragment}")
        page.get_by_label(ADDRESS).fill("example.org")

        image = page.get_by_role("textbox", name="Image address").input_value()
        assert parameters(image) == {"url": "example.org"}
        assert errors == []

    def test_the_look_can_be_reset_alone(self, page, url):
        """The address stays, and so does the picture of its history."""
        page.get_by_label(ADDRESS).fill(url)
        page.get_by_role("button", name=LOOK_UP).click()
        expect(page.locator("#graph")).to_be_visible()
        fill_look(page)

        page.get_by_role("button", name="Reset the look").click()

        image = page.get_by_role("textbox", name="Image address").input_value()
        assert parameters(image) == {"url": url}
        expect(page.locator("#graph")).to_be_visible()

    def test_the_operators_label_is_the_default(self, page, service, url):
        """Where the service says "visits", so does the field, and the code does not."""
        page.goto(service(env={**PATIENT, "HITSVC_BADGE_LABEL": "visits"}).url)
        page.get_by_label(ADDRESS).fill(url)
        expect(page.locator("#label")).to_have_value("visits")

        image = page.get_by_role("textbox", name="Image address").input_value()
        assert parameters(image) == {"url": url}
        page.locator("#label").fill("hits")
        image = page.get_by_role("textbox", name="Image address").input_value()
        assert parameters(image) == {"url": url, "label": "hits"}


class TestLookUp:
    """The number of any page, on request."""

    def test_it_shows_the_number(self, page, service_url, url):
        """A page with one counted view has one view."""
        assert ask(service_url, "/count", url).status == 200

        page.get_by_label(ADDRESS).fill(url)
        page.get_by_role("button", name=LOOK_UP).click()

        expect(page.get_by_role("status").first).to_have_text(ONE)
        assert count_of(service_url, url) == 1

    def test_it_shows_a_page_never_seen_as_zero(self, page, url):
        """An address nobody embedded has no views, which is no error."""
        page.get_by_label(ADDRESS).fill(url)
        page.get_by_role("button", name=LOOK_UP).click()

        expect(page.locator("#result")).to_have_text(NONE_SO_FAR)

    @pytest.mark.parametrize("days", [7, 30, 90, 365])
    def test_it_draws_the_days_that_are_chosen(self, page, service_url, url, days):
        """The picture is the service's, and its text says the same in words."""
        assert ask(service_url, "/count", url).status == 200
        page.get_by_label(ADDRESS).fill(url)
        page.get_by_label(f"{days} days", exact=True).check()

        with page.expect_response(re.compile(r"/graph\.svg\?")) as info:
            page.get_by_role("button", name=LOOK_UP).click()

        graph = page.get_by_alt_text(f"1 view in the last {days} days, most on 20")
        expect(graph).to_be_visible()
        assert graph.evaluate("image => image.decode().then(() => image.naturalWidth)")
        assert parameters(info.value.url) == {"url": url, "days": str(days)}

    def test_another_period_is_drawn_at_once(self, page, url):
        """With a picture there, a choice of days needs no second look-up."""
        page.get_by_label(ADDRESS).fill(url)
        page.get_by_role("button", name=LOOK_UP).click()
        expect(page.get_by_alt_text("0 views in the last 30 days.")).to_be_visible()

        page.get_by_label("7 days", exact=True).check()

        expect(page.get_by_alt_text("0 views in the last 7 days.")).to_be_visible()

    def test_the_numbers_stay_when_only_the_picture_fails(self, page, url):
        """What could not be drawn is said in the picture's place."""
        page.route("**/graph.svg*", lambda route: route.fulfill(status=503, body=""))
        page.get_by_label(ADDRESS).fill(url)
        page.get_by_role("button", name=LOOK_UP).click()

        expect(page.locator("#history-note")).to_contain_text("503")
        expect(page.locator("#result")).to_have_text(NONE_SO_FAR)

    def test_it_says_when_the_answer_is_no_number(self, page, url):
        """A proxy's page in place of JSON does not become a number."""
        page.route("**/nocount.json*", lambda route: route.fulfill(body="<html>"))
        page.get_by_label(ADDRESS).fill(url)
        page.get_by_role("button", name=LOOK_UP).click()

        expect(page.locator("#result")).to_contain_text("did not answer with a number")

    def test_another_address_puts_the_numbers_away(self, page, url):
        """No number stands beside an address that it does not belong to."""
        page.get_by_label(ADDRESS).fill(url)
        page.get_by_role("button", name=LOOK_UP).click()
        expect(page.locator("#graph")).to_be_visible()

        page.get_by_label(ADDRESS).fill(f"{url}/other")

        assert "so far" not in page.locator("#result").text_content()
        expect(page.locator("#graph")).to_be_hidden()

    def test_it_gives_the_services_reason_for_an_error(self, page, service_url):
        """What the service says is wrong stands on the page in its words."""
        url = "ftp://example.com"
        refused = ask(service_url, "/nocount", url)
        assert refused.status == 400
        reason = refused.headers.get("x-hits-reason") or refused.body

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

        # Two links, address and look-up, days and mode; the look (3 choices, 6 texts,
        # 3 wells) and its reset; 8 buttons with their codes; a link.
        assert stops == [True] * (2 + 2 + 2 + 3 + 6 + 3 + 1 + 2 * 8 + 1)


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
