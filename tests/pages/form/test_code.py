"""The code that the page makes, and that it counts where people paste it."""

import html
import http.server
import json
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from redis import Redis

from hitsvc.serve.datadir import running_socket
from tests.support.form import (
    ADDRESS,
    KINDS,
    LOOK,
    ODD_URL,
    code_of,
    copied,
    count_of,
    expect,
    fill_look,
    image_of,
    open_looks,
    parameters,
    url_in,
)
from tests.support.service import PATIENT, Service

pytestmark = pytest.mark.browser

ODD_LABEL = "<b>&amp;\"' [x](y) {z} `_*|\\ü%41"


def rendered(pattern: str) -> Callable[[str], str]:
    """Make what stands for a renderer: it shows the image that the code names."""

    def render(code: str) -> str:
        found = re.fullmatch(pattern, code)
        assert found
        return f'<img src="{html.escape(found[1])}">'

    return render


# Each code as it ends up in a web page. Hugo makes the address itself.
EMBEDDED: dict[str, Callable[[str], str]] = {
    "html": str,
    "markdown": rendered(r"\[!\[Page views\]\((\S+)\)\]\(\S+\)"),
    "rst": rendered(
        r"\.\. image:: (\S+)\n   :target: \S+\n   :height: 20px\n   :alt: Page views"
    ),
    "asciidoc": rendered(r'image::(\S+)\[Page views,height=20,link="\S+"\]'),
    "bbcode": rendered(r"\[url=\S+\]\[img\](\S+)\[/img\]\[/url\]"),
    "react": lambda code: code.replace("{20}", '"20"'),
    "image": rendered(r"(\S+)"),
    "json": lambda code: (
        f"<script>fetch({json.dumps(code)}, {{credentials: 'include'}})"
        ".then((answer) => answer.text())</script>"
    ),
    "script": str,
}


@pytest.fixture(name="own", scope="module")
def _own(tmp_path_factory):
    """A service whose store these tests may change."""
    with Service(tmp_path_factory.mktemp("own-service"), env=PATIENT) as service:
        yield service


def forget_tokens(service: Service) -> None:
    """Let all anti-refresh tokens end now."""
    with Redis(unix_socket_path=str(running_socket(service.data_dir))) as redis:
        tokens = list(redis.scan_iter("hits:*:t:*"))
        assert tokens
        redis.delete(*tokens)


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


class TestCode:
    """The code that people paste into their pages."""

    @pytest.mark.parametrize("name", EMBEDDED)
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
            open_looks(page)
            page.get_by_label("Today / total").check()
            text = f"<!doctype html><title>A post</title><p>{copied(page, 'script')}"
            page.goto(f"{base}/post")

            expect(page.locator("p")).to_have_text("1 / 1")

    def test_copied_nocount_html_counts_nothing(self, page, service_url, url):
        """With "only show the number" the tag shows the number only."""
        page.get_by_label(ADDRESS).fill(url)
        page.get_by_label("Only show the number").check()
        code = copied(page, "html")

        with site(lambda: f"<!doctype html><title>A post</title>{code}") as other:
            page.goto(other)
            shown = page.get_by_alt_text("Page views").evaluate(
                "image => image.naturalWidth"
            )

        assert shown > 0
        assert count_of(service_url, url) == 0

    def test_the_address_names_what_differs_and_nothing_else(self, page, url):
        """The URL comes first; what says the default is left out."""
        page.get_by_label(ADDRESS).fill(url)
        assert list(image_of(page)) == ["url"]

        fill_look(page)

        assert list(image_of(page).items()) == [
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
        open_looks(page)
        page.locator(f"#{name}").fill("1")
        page.locator(f"#{name}").fill(value)

        assert image_of(page) == {"url": url}

    def test_an_empty_label_is_said(self, page, url):
        """No label is something else than the usual one."""
        page.get_by_label(ADDRESS).fill(url)
        open_looks(page)
        page.locator("#label").fill("")

        assert image_of(page) == {"url": url, "label": ""}

    def test_a_picked_colour_is_a_hex_number(self, page, url):
        """The colour well fills the field beside it, and the code follows."""
        page.get_by_label(ADDRESS).fill(url)
        open_looks(page)
        page.get_by_label("Pick the colour").fill("#ff6600")

        assert page.locator("#color").input_value() == "#ff6600"
        assert image_of(page) == {"url": url, "color": "ff6600"}

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
        open_looks(page)
        page.locator("#color").fill("black")
        page.locator("#color").fill(colour)

        expect(page.get_by_label("Pick the colour")).to_have_value(shown)

    def test_html_survives_every_odd_character(self, page, service_url):
        """A browser that parses the tag asks for exactly the address typed."""
        page.get_by_label(ADDRESS).fill(ODD_URL)
        code = code_of(page, "html")

        elements = page.evaluate(
            "code => [...new DOMParser().parseFromString(code, 'text/html')"
            ".body.querySelectorAll('*')].map(element => [element.tagName,"
            " element.getAttribute('src') ?? element.getAttribute('href')])",
            code,
        )

        ((outer, href), (tag, src)) = elements
        assert (outer, tag) == ("A", "IMG")
        assert url_in(href) == [ODD_URL]
        assert src.startswith(f"{service_url}/count/tag.svg?url=https%3A%2F%2F")
        assert url_in(src) == [ODD_URL]

    def test_markdown_survives_every_odd_character(self, page, service_url):
        """No character of the address ends the image's destination early."""
        page.get_by_label(ADDRESS).fill(ODD_URL)
        code = code_of(page, "markdown")

        found = re.fullmatch(
            r"\[!\[Page views\]\(([\w.:/?=%~-]+)\)\]\(([\w.:/?=%~-]+)\)", code
        )

        assert found
        assert found[1].startswith(f"{service_url}/count/tag.svg?url=https%3A%2F%2F")
        assert url_in(found[1]) == url_in(found[2]) == [ODD_URL]

    @pytest.mark.parametrize(
        ("name", "pattern"),
        [
            ("image", r"(ADDRESS)"),
            (
                "rst",
                r"\.\. image:: (ADDRESS)\n   :target: ADDRESS\n   :height: 20px\n"
                r"   :alt: Page views",
            ),
            ("asciidoc", r'image::(ADDRESS)\[Page views,height=20,link="ADDRESS"\]'),
            ("bbcode", r"\[url=ADDRESS\]\[img\](ADDRESS)\[/img\]\[/url\]"),
        ],
    )
    def test_other_languages_survive_every_odd_character(
        self, page, service_url, name, pattern
    ):
        """The address holds nothing that means something to the language."""
        page.get_by_label(ADDRESS).fill(ODD_URL)
        open_looks(page)
        page.locator("#label").fill(ODD_LABEL)
        code = code_of(page, name)

        found = re.fullmatch(pattern.replace("ADDRESS", r"[\w.:/?=&%~-]+"), code, re.A)

        assert found
        assert found[1].startswith(f"{service_url}/count/tag.svg?url=https%3A%2F%2F")
        assert parameters(found[1]) == {"url": ODD_URL, "label": ODD_LABEL}

    def test_html_survives_an_odd_label(self, page):
        """The address stays one attribute, whatever the label holds."""
        page.get_by_label(ADDRESS).fill(ODD_URL)
        open_looks(page)
        page.locator("#label").fill(ODD_LABEL)
        code = code_of(page, "html")

        src = page.evaluate(
            "code => new DOMParser().parseFromString(code, 'text/html')"
            ".body.querySelector('img').getAttribute('src')",
            code,
        )

        assert "&" not in code.replace("&amp;", "")
        assert parameters(src) == {"url": ODD_URL, "label": ODD_LABEL}

    def test_the_script_is_one_script_one_element_and_one_image(
        self, page, service_url
    ):
        """The script's address, the mark, and what counts where scripts do not run."""
        page.get_by_label(ADDRESS).fill(ODD_URL)
        tag = code_of(page, "html")
        link = tag.partition("<img")[0]

        assert code_of(page, "script") == (
            f'<script async src="{service_url}/hits.js"></script>\n'
            f"{link}<span data-hits></span></a>\n"
            f"<noscript>{tag}</noscript>"
        )

    def test_the_script_counts_where_scripts_do_not_run(
        self, browser, page, service_url, url
    ):
        """By the image in it, and with scripts by itself: one view each."""
        page.get_by_label(ADDRESS).fill(url)
        code = code_of(page, "script")
        without = browser.new_context(java_script_enabled=False)

        with site(lambda: f"<!doctype html><title>A post</title>{code}") as other:
            quiet = without.new_page()
            quiet.goto(other)
            shown = quiet.get_by_alt_text("Page views").bounding_box()
        without.close()

        assert shown["width"] > 40
        assert count_of(service_url, url) == 1

    def test_the_script_writes_numbers_in_the_chosen_format(self, page, url):
        """Each element says the format."""
        page.get_by_label(ADDRESS).fill(url)
        open_looks(page)
        page.get_by_label("Today / total").check()
        page.get_by_label("1,234").check()
        code = code_of(page, "script")

        assert (
            '<span data-hits-format="grouped" data-hits="today"></span> /'
            ' <span data-hits-format="grouped" data-hits></span>'
        ) in code

    @pytest.mark.parametrize("kind", KINDS)
    def test_the_button_copies_the_code_that_is_shown(self, page, url, kind):
        """Whatever its kind."""
        page.get_by_label(ADDRESS).fill(url)

        assert copied(page, kind) == page.locator("#code").input_value()

    @pytest.mark.parametrize("change", ["address", "kind"])
    def test_copied_is_not_said_of_code_that_changed(self, page, url, change):
        """The copy is then no longer what the page shows."""
        page.get_by_label(ADDRESS).fill(url)
        copied(page, "html")

        if change == "kind":
            code_of(page, "markdown")
        else:
            page.get_by_label(ADDRESS).fill(f"{url}/other")

        assert page.locator("#code-note").text_content() == ""

    def test_nothing_is_copied_before_there_is_an_address(self, page):
        """The example code cannot be taken for one's own."""
        expect(page.get_by_role("button", name="Copy", exact=True)).to_be_disabled()

    def test_copying_works_without_the_clipboard_api(self, context, service_url, url):
        """On plain HTTP the API is missing; the older command copies the code."""
        page = context.new_page()
        page.add_init_script(
            "Object.defineProperty(Navigator.prototype, 'clipboard', { value: undefined })"
        )
        page.goto(service_url)
        page.get_by_label(ADDRESS).fill(url)
        code = code_of(page, "html")

        page.get_by_role("button", name="Copy", exact=True).click()
        expect(page.locator("#code-note")).to_have_text("Copied")
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
        code = code_of(page, "html")

        page.get_by_role("button", name="Copy", exact=True).click()

        expect(page.locator("#code-note")).to_contain_text("Ctrl+C")
        assert page.evaluate("getSelection().toString()") == code

    @pytest.mark.parametrize(
        ("address", "path"),
        [
            ("example.com", "p/example.com"),
            ("https://example.com/a/b_c~d.html/", "p/example.com/a/b_c~d.html"),
            ("http://example.com:8080/a", "p/example.com:8080/a"),
            pytest.param("https://example.com/?p=3", None, id="query"),
            pytest.param("https://example.com/a%2Fb", None, id="escape"),
            pytest.param("https://example.com/a//b", None, id="two slashes"),
            pytest.param("https://example.com/a/../../b", None, id="steps up"),
            pytest.param("https://example.com/a(b)", None, id="brackets"),
            pytest.param("https://münchen.example/", None, id="not ASCII"),
            pytest.param("ftp://example.com", None, id="no page"),
        ],
    )
    def test_code_leads_to_the_statistics(self, page, service_url, address, path):
        """By a path that proxies leave alone, else by a query."""
        page.get_by_label(ADDRESS).fill(address)

        link = re.fullmatch(r".*\]\((\S+)\)", code_of(page, "markdown"))

        assert link
        if path:
            assert link[1] == f"{service_url}/{path}"
        else:
            assert link[1].startswith(f"{service_url}/p?url=")
            assert url_in(link[1]) == [address]

    def test_code_does_not_lead_to_statistics_that_are_closed(self, page, service, url):
        """Nor does the page."""
        page.goto(service(env={**PATIENT, "HITSVC_STATS": "off"}).url)
        page.get_by_label(ADDRESS).fill(url)

        for kind in KINDS:
            assert "/p" not in code_of(page, kind).replace("/post", "")
        assert page.locator('a[href^="p"]').count() == 0

    @pytest.mark.parametrize(
        ("style", "height"), [("flat", 20), ("plastic", 18), ("for-the-badge", 28)]
    )
    def test_an_image_has_the_height_of_its_style(self, page, url, style, height):
        """So that nothing jumps when it comes, in every kind of code that has one."""
        page.get_by_label(ADDRESS).fill(url)
        open_looks(page)
        page.locator(f"[name=style][value={style}]").check()

        for kind in ("html", "script", "rst", "asciidoc", "hugo", "react"):
            found = re.search(r"height[=:]\W*(\d+)", code_of(page, kind))
            assert found
            assert int(found[1]) == height

    def test_hugo_names_the_page_itself(self, page, service_url, url):
        """In a template, where pages have their own addresses; not while one writes."""
        page.get_by_label(ADDRESS).fill(url)
        open_looks(page)
        page.locator("#color").fill("red")

        assert code_of(page, "hugo") == (
            "{{ if hugo.IsProduction }}"
            f'<a href="{service_url}/p?url={{{{ .Permalink | urlquery }}}}">'
            f'<img src="{service_url}/count/tag.svg?url={{{{ .Permalink | urlquery }}}}'
            '&amp;color=red" height="20" alt="Page views"></a>{{ end }}'
        )

    def test_the_kind_of_code_is_remembered(self, page, service_url, url):
        """For the next time."""
        page.get_by_label(ADDRESS).fill(url)
        made = code_of(page, "bbcode")
        page.wait_for_url("**/#url=*")

        page.reload()

        expect(page.locator("#code")).to_have_value(made)

    def test_ctrl_enter_copies(self, page, url):
        """From the field, without the mouse."""
        page.get_by_label(ADDRESS).fill(url)
        page.keyboard.press("ControlOrMeta+Enter")

        expect(page.locator("#code-note")).to_have_text("Copied")
