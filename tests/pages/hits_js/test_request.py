"""The script embed in a real Chromium: first against a recorder, then the service."""

import gzip
import http.server
import json
import threading
import urllib.parse
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from redis import Redis

import hitsvc
from tests.support.processes import eventually
from tests.support.service import PATIENT

sync_api = pytest.importorskip(
    "playwright.sync_api", reason="the browser tests need the playwright package"
)
expect = sync_api.expect

SCRIPT = Path(hitsvc.__file__).parent / "pages" / "assets" / "hits.js"
MAX_GZIPPED_BYTES = 1536
TOTAL = '<span data-hits id="total">…</span>'
TODAY = '<span data-hits="today" id="today">…</span>'
COOKIE = "hits=seen"
# How long a busy machine may take.
PATIENCE_S = 15

# What browsers without the Navigation API have; Chromium has it.
NO_NAVIGATION = "Object.defineProperty(window, 'navigation', { value: undefined })"
# There an element of that id takes the API's name.
NAMED_NAVIGATION = (
    "Object.defineProperty(window, 'navigation',"
    " { get: () => document.getElementById('navigation') })"
)


class Answers(http.server.BaseHTTPRequestHandler):
    """Says nothing on the terminal, and answers in one call."""

    def answer(
        self,
        body: str | bytes,
        content_type: str = "text/html",
        headers: Mapping[str, str] = {},
        status: int = 200,
    ) -> None:
        data = body.encode() if isinstance(body, str) else body
        self.send_response(status)
        self.send_header("Content-Type", f"{content_type}; charset=utf-8")
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *args: object) -> None:
        pass


@contextmanager
def listening(handler: type[Answers]) -> Iterator[str]:
    """Serve on a free port; give the base URL."""
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


class Recorder:
    """Stands in for the service, and keeps what it is asked.

    Its totals begin at 100 and its numbers of today at 10; each POST raises both.

    Attributes:
        url: Its origin.
        asked: Method, path and ``url`` parameter of each request.
        headers: Of each request, likewise.
        status: What it answers with.
        held: Paths of pages that are answered only once the event is set.
    """

    def __init__(self) -> None:
        self.url = ""
        self.asked: list[tuple[str, str, str]] = []
        self.headers: list[Mapping[str, str]] = []
        self.status = 200
        self.held: dict[str, threading.Event] = {}

    def handler(self) -> type[Answers]:
        recorder = self

        class Handler(Answers):
            def do_GET(self) -> None:
                path, _, query = self.path.partition("?")
                if path == "/hits.js":
                    self.answer(SCRIPT.read_bytes(), "text/javascript")
                elif path == "/fence":
                    self.answer("", headers={"Access-Control-Allow-Origin": "*"})
                else:
                    self._count(path, urllib.parse.parse_qs(query))

            do_POST = do_GET

            def _count(self, path: str, query: Mapping[str, list[str]]) -> None:
                (url,) = query["url"]
                recorder.asked.append((self.command, path, url))
                recorder.headers.append(dict(self.headers))
                posts = len([ask for ask in recorder.asked if ask[0] == "POST"])
                numbers = {"url": url, "total": 100 + posts, "today": 10 + posts}
                if gate := recorder.held.get(urllib.parse.urlsplit(url).path):
                    gate.wait(2 * PATIENCE_S)
                headers = {
                    "Access-Control-Allow-Origin": self.headers.get("Origin", "*"),
                    "Access-Control-Allow-Credentials": "true",
                    "Set-Cookie": COOKIE,
                }
                self.answer(
                    json.dumps(numbers), "application/json", headers, recorder.status
                )

        return Handler


class Site:
    """Another origin, whose pages embed the script.

    Attributes:
        url: Its origin.
        html: What every page of it is.
        headers: What it sends with each.
    """

    def __init__(self) -> None:
        self.url = self.html = ""
        self.headers: dict[str, str] = {}

    def handler(self) -> type[Answers]:
        site = self

        class Handler(Answers):
            def do_GET(self) -> None:
                self.answer(f"<!doctype html>{site.html}", headers=site.headers)

        return Handler


class Reader:
    """A page of the site in a browser, and what the recorder has heard of it."""

    def __init__(self, page: Any, counter: Recorder, site: Site) -> None:
        self.page, self.counter, self.site = page, counter, site
        self.script = f'<script async src="{counter.url}/hits.js"></script>'

    def open(self, path: str = "/post", html: str = TOTAL) -> None:
        """Open a page with the script, and with ``html`` in front of it."""
        self.site.html = html + self.script
        self.page.goto(self.site.url + path)

    def has_asked(self, *expected: str) -> None:
        """Check all that the recorder was asked: those requests, in that order."""
        eventually(lambda: len(self.counter.asked) >= len(expected))
        # What has not been sent by now never will be.
        self.page.evaluate(
            "url => new Promise(done => setTimeout(done)).then(() => fetch(url))",
            f"{self.counter.url}/fence",
        )
        asked = [" ".join(ask) for ask in self.counter.asked]
        assert [ask.replace(self.site.url, "") for ask in asked] == list(expected)

    def shows(self, element_id: str, text: str) -> None:
        """Check the text of an element, once it is there."""
        element = self.page.locator(f"#{element_id}")
        expect(element).to_have_text(text, timeout=PATIENCE_S * 1000)

    def moves(self, step: str) -> None:
        """Run a statement, such as ``history.pushState(0, '', '/next')``."""
        self.page.evaluate(f"() => {{ {step} }}")


@pytest.fixture(name="counter")
def _counter() -> Iterator[Recorder]:
    recorder = Recorder()
    with listening(recorder.handler()) as recorder.url:
        yield recorder


@pytest.fixture(name="site")
def _site() -> Iterator[Site]:
    site = Site()
    with listening(site.handler()) as site.url:
        yield site


@pytest.fixture(name="context", scope="module")
def _context(browser):
    context = browser.new_context()
    yield context
    context.close()


@pytest.fixture(name="page")
def _page(context):
    context.clear_cookies()  # storage is kept by port, but cookies by host
    page = context.new_page()
    yield page
    page.close()


@pytest.fixture(name="reader")
def _reader(page, counter, site):
    return Reader(page, counter, site)


def push(path: str) -> str:
    return f"history.pushState(0, '', '{path}')"


def test_it_is_small():
    """It takes at most one and a half kilobytes on the wire."""
    assert len(gzip.compress(SCRIPT.read_bytes(), mtime=0)) <= MAX_GZIPPED_BYTES


@pytest.mark.browser
class TestAddress:
    """Which address is counted."""

    @pytest.mark.parametrize("policy", ["no-referrer", "origin", "unsafe-url"])
    def test_the_whole_address_whatever_the_referrer_policy(self, reader, policy):
        """The page's policy keeps the Referer short, not the number's page."""
        reader.site.headers["Referrer-Policy"] = policy

        reader.open("/a/post")

        reader.has_asked("POST /count.json /a/post")

    def test_query_and_fragment_stay_at_home(self, reader):
        """They make no other page, and may hold what is nobody's business."""
        reader.open("/post?token=secret#part")

        reader.has_asked("POST /count.json /post")
        assert "Referer" not in reader.counter.headers[0]

    @pytest.mark.parametrize(
        ("link", "counted"),
        [
            pytest.param("/real", "/real", id="relative"),
            pytest.param("{site}/real?a=b#c", "/real", id="with a query"),
            pytest.param("https://{host}/real", "https://{host}/real", id="https"),
            pytest.param("https://example.com/real", "/post", id="another host"),
            pytest.param("https://{host}.example/", "/post", id="a longer host"),
            pytest.param("ftp://{host}/real", "/post", id="not http"),
            pytest.param("http://[", "/post", id="no address"),
            pytest.param("", "/post", id="empty"),
        ],
    )
    def test_the_canonical_link_of_the_same_host_counts(self, reader, link, counted):
        """A page says what its address is, but not that it is another site."""
        site = reader.site.url
        names = {"site": site, "host": site.removeprefix("http://")}

        reader.open(html=f'<link rel="canonical" href="{link.format(**names)}">{TOTAL}')

        reader.has_asked(f"POST /count.json {counted.format(**names)}")

    def test_a_canonical_link_after_the_script_is_seen(self, reader):
        """A script that runs early waits for the rest of the head."""
        script = reader.script.replace(" async", "")

        reader.open(html=f'{script}<link rel="canonical" href="/real"><body>{TOTAL}')

        reader.has_asked("POST /count.json /real")

    def test_what_has_no_web_address_is_not_counted(self, reader):
        """A document of a frame that was never on the web sends nothing."""
        reader.site.html = f"<iframe srcdoc='{reader.script}'></iframe>"

        reader.page.goto(reader.site.url)

        reader.has_asked()


@pytest.mark.browser
class TestNumbers:
    """The elements that show numbers."""

    def test_each_element_gets_its_number(self, reader):
        """``data-hits`` is the total, ``data-hits=today`` the number of today."""
        named = '<b data-hits="total" id="named"></b><b data-hits="url" id="odd">?</b>'

        reader.open(html=TOTAL + TODAY + named)

        reader.shows("total", "101")
        reader.shows("today", "11")
        reader.shows("named", "101")
        reader.shows("odd", "?")

    @pytest.mark.parametrize("status", [400, 503])
    def test_after_an_error_they_keep_their_text(self, reader, status):
        """The number in an error's body, if any, is no number to show."""
        reader.counter.status = status

        reader.open()

        reader.has_asked("POST /count.json /post")
        reader.shows("total", "…")

    def test_without_a_network_they_keep_their_text(self, reader):
        """A lost request changes nothing, is not repeated, and throws nothing."""
        errors: list[Any] = []
        tried: list[str] = []
        reader.page.on("pageerror", lambda error: errors.append(error))
        reader.page.on("requestfailed", lambda request: tried.append(request.url))
        reader.page.route("**/count.json*", lambda route: route.abort())

        reader.open(html=TOTAL + TODAY)

        reader.has_asked()
        reader.shows("total", "…")
        assert len([url for url in tried if "/count" in url]) == 1
        assert errors == []

    def test_an_element_that_comes_later_is_filled(self, reader):
        """A page may be drawn by scripts, long after the number has come."""
        reader.open()
        reader.shows("total", "101")

        reader.page.evaluate(
            f"document.body.insertAdjacentHTML('beforeend', `{TODAY}`)"
        )

        reader.shows("today", "11")
        reader.has_asked("POST /count.json /post")

    def test_two_counters_do_not_fight(self, reader):
        """The first number stays, even if another service's script is there."""
        second = Recorder()
        with listening(second.handler()) as second.url:
            other = reader.script.replace(reader.counter.url, second.url)
            reader.open(html=TOTAL + other)
            eventually(lambda: second.asked and reader.counter.asked)
            # A page that two scripts keep changing never answers.
            reader.shows("total", "101")

        assert len(second.asked) == len(reader.counter.asked) == 1


@pytest.mark.browser
class TestWay:
    """How the request travels."""

    def test_nothing_to_fill_needs_no_answer(self, reader):
        """Without an element, a beacon counts."""
        reader.script = reader.script.replace("async", "defer")

        reader.open(html="<p>Hello")

        reader.has_asked("POST /count /post")

    def test_after_a_beacon_a_late_element_is_filled(self, reader):
        """Its number is read: the view has been counted."""
        reader.script = reader.script.replace("async", "defer")
        reader.open(html="<p>Hello")
        reader.has_asked("POST /count /post")

        reader.page.evaluate(
            f"document.body.insertAdjacentHTML('beforeend', `{TOTAL}{TODAY}`)"
        )

        reader.shows("total", "101")
        reader.shows("today", "11")
        reader.has_asked("POST /count /post", "GET /nocount.json /post")

    def test_a_refused_beacon_is_fetched(self, page, reader):
        """A browser may have too many beacons under way, and says so."""
        page.add_init_script("navigator.sendBeacon = () => false")
        reader.script = reader.script.replace("async", "defer")

        reader.open(html="<p>Hello")

        reader.has_asked("POST /count.json /post")

    def test_while_the_page_loads_an_element_may_come(self, reader):
        """The parser has not seen all of it, so the numbers are asked for."""
        script = reader.script.replace(" async", "")

        reader.open(html=f"<body>{script}{TOTAL}")

        reader.shows("total", "101")
        reader.has_asked("POST /count.json /post")

    def test_it_brings_its_cookie_again(self, reader):
        """So the service can tell a refresh from a new view."""
        reader.open()
        reader.shows("total", "101")

        reader.page.reload()

        reader.shows("total", "102")
        assert [headers.get("Cookie") for headers in reader.counter.headers] == [
            None,
            COOKIE,
        ]

    def test_global_privacy_control_keeps_cookies_away(self, page, reader):
        """The view counts, but no cookie is kept or brought, also without elements."""
        page.add_init_script(
            "Object.defineProperty(navigator, 'globalPrivacyControl', { value: true })"
        )
        reader.script = reader.script.replace("async", "defer")

        reader.open(html="<p>Hello")
        reader.has_asked("POST /count.json /post")
        reader.page.reload()

        reader.has_asked("POST /count.json /post", "POST /count.json /post")
        assert not any("Cookie" in headers for headers in reader.counter.headers)
        assert page.context.cookies() == []


@pytest.mark.browser
class TestOnce:
    """A view is one view."""

    def test_loaded_twice_it_counts_once(self, reader):
        """Two snippets, or a theme and a plugin, are no two views."""
        reader.open(html=TOTAL + reader.script)

        reader.has_asked("POST /count.json /post")

    def test_it_leaves_no_global_name(self, reader):
        """The page's own names are its own."""
        names = "Object.getOwnPropertyNames(window).sort()"
        reader.page.goto(reader.site.url)
        before = reader.page.evaluate(names)

        reader.open()
        reader.shows("total", "101")

        assert reader.page.evaluate(names) == before

    def test_not_before_a_prerendered_page_is_shown(self, page, reader):
        """A page that the browser prepares may never be seen."""
        page.add_init_script(
            "Object.defineProperty(document, 'prerendering',"
            " { value: true, configurable: true })"
        )
        reader.open()
        reader.has_asked()

        reader.moves(
            "Object.defineProperty(document, 'prerendering', { value: false });"
            "document.dispatchEvent(new Event('prerenderingchange'))"
        )

        reader.has_asked("POST /count.json /post")

    def test_a_page_that_comes_back_is_a_view(self, reader):
        """One restored as it was left counts again, and shows the new number."""
        reader.open(html=f'<link rel="canonical" href="/real">{TOTAL}')
        reader.shows("total", "101")

        reader.moves(
            "dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))"
        )

        reader.shows("total", "102")
        reader.has_asked("POST /count.json /real", "POST /count.json /real")


@pytest.mark.browser
@pytest.mark.parametrize(
    "without", ["", NO_NAVIGATION], ids=["Navigation API", "History API"]
)
class TestSinglePageApps:
    """Steps within a page, in browsers with and without the Navigation API."""

    @pytest.fixture(name="app")
    def _app(self, page, reader, without):
        page.add_init_script(without)
        reader.open("/a", html=TOTAL + TODAY)
        reader.shows("total", "101")
        return reader

    @pytest.mark.parametrize("method", ["pushState", "replaceState"])
    def test_another_path_is_a_view(self, app, method):
        """It counts, and the elements show its numbers."""
        app.moves(f"history.{method}(0, '', '/b?c#d')")

        app.shows("total", "102")
        app.shows("today", "12")
        app.has_asked("POST /count.json /a", "POST /count.json /b")

    def test_the_way_back_is_a_view(self, app):
        """The Back button leads to a page, too."""
        app.moves(push("/b"))
        app.shows("total", "102")

        app.moves("history.back()")

        app.shows("total", "103")
        app.has_asked(
            "POST /count.json /a", "POST /count.json /b", "POST /count.json /a"
        )

    def test_the_same_path_is_the_same_view(self, app):
        """What the service drops from an address makes no other page."""
        for address in ("/a", "/a/", "/a?b=c", "/a#d", "#d", "?"):
            app.moves(push(address))
            app.has_asked("POST /count.json /a")

    def test_a_redirect_at_once_is_one_view(self, app):
        """A router that corrects the address has shown one page."""
        app.moves(push("/b") + "; history.replaceState(0, '', '/c')")

        app.shows("total", "102")
        app.has_asked("POST /count.json /a", "POST /count.json /c")

    def test_a_late_answer_is_not_shown(self, app):
        """The number of the page before does not replace that of this one."""
        before, after = threading.Event(), threading.Event()
        app.counter.held = {"/b": before, "/c": after}
        app.moves(push("/b"))
        eventually(lambda: len(app.counter.asked) == 2)
        app.moves(push("/c"))
        eventually(lambda: len(app.counter.asked) == 3)

        before.set()
        # The browser lists a resource when all of it has come.
        app.page.wait_for_function(
            "performance.getEntriesByType('resource')"
            ".some((entry) => entry.name.endsWith('%2Fb'))"
        )
        app.has_asked(*(f"POST /count.json /{page}" for page in "abc"))

        app.shows("total", "101")
        after.set()
        app.shows("total", "103")

    @pytest.mark.parametrize(
        ("new_link", "counted"),
        [("/first", "/b"), ("/second", "/second"), ("", "/b")],
        ids=["left as it was", "changed", "emptied"],
    )
    def test_an_old_canonical_link_is_not_believed(self, app, new_link, counted):
        """Unless the app has changed it with the page."""
        app.open("/a", html=f'<link rel="canonical" href="/first">{TOTAL}')
        app.shows("total", "102")
        link = f"document.querySelector('link').setAttribute('href', '{new_link}')"

        app.moves(f"{push('/b')}; {link}")

        app.shows("total", "103")
        assert app.counter.asked[-1][2] == app.site.url + counted


@pytest.mark.browser
def test_an_element_is_not_taken_for_the_navigation_api(page, reader):
    """In a browser without it, an element's id makes a variable of the same name."""
    page.add_init_script(NAMED_NAVIGATION)
    reader.open("/a", html=f'<nav id="navigation"></nav>{TOTAL}')
    reader.shows("total", "101")

    reader.moves(push("/b"))

    reader.shows("total", "102")


@pytest.mark.browser
class TestOwnVisits:
    """The switch for one's own visits."""

    READ = "GET /nocount.json /post"
    COUNTED = "POST /count.json /post"

    def test_switched_off_it_only_reads(self, reader):
        """The fragment is needed once; the numbers show all the same."""
        reader.open("/post#hits-off")
        reader.shows("total", "100")
        reader.open("/post")
        reader.shows("total", "100")

        reader.has_asked(self.READ, self.READ)
        assert reader.page.evaluate("localStorage['hitsvc.off']") == "1"

    def test_switched_off_without_an_element_it_asks_nothing(self, reader):
        """There is nothing to count and nothing to show."""
        reader.open("/post#hits-off", html="<p>Hello")

        reader.has_asked()

    def test_switched_on_it_counts_again(self, reader):
        """The other fragment takes the switch back."""
        reader.open("/post#hits-off")
        reader.shows("total", "100")

        reader.page.goto("about:blank")
        reader.open("/post#hits-on")

        reader.shows("total", "101")
        reader.has_asked(self.READ, self.COUNTED)
        assert reader.page.evaluate("localStorage.length") == 0

    def test_the_switch_works_on_an_open_page(self, reader):
        """A fragment typed into the address bar loads nothing, and still switches."""
        reader.open("/post")
        reader.shows("total", "101")

        reader.page.goto(f"{reader.site.url}/post#hits-off")
        eventually(lambda: reader.page.evaluate("localStorage['hitsvc.off']") == "1")
        reader.page.reload()
        reader.moves(push("/next"))

        reader.has_asked(self.COUNTED, self.READ, "GET /nocount.json /next")

    def test_where_storage_is_blocked_it_counts(self, page, reader):
        """The switch cannot be kept, but holds for the page that has it."""
        page.add_init_script(
            "Object.defineProperty(window, 'localStorage',"
            " { get() { throw new DOMException('denied', 'SecurityError') } })"
        )
        reader.open("/post#hits-off")
        reader.shows("total", "100")

        reader.page.goto("about:blank")
        reader.open("/post")

        reader.shows("total", "101")
        reader.has_asked(self.READ, self.COUNTED)


def complaints(page: Any) -> Callable[[], list[str]]:
    """Gather what a page's console tells; the page's own icon is left out."""
    said: list[tuple[str, str]] = []
    page.on("pageerror", lambda error: said.append(("error", str(error))))
    page.on("console", lambda message: said.append((message.type, message.text)))
    return lambda: [text for kind, text in said if "img-src" not in text]


def strict_policy(counter_url: str) -> str:
    """The strictest policy that lets the script in, as docs/embedding.md has it."""
    return (
        f"default-src 'none'; script-src {counter_url}; connect-src {counter_url};"
        " require-trusted-types-for 'script'; trusted-types 'none'"
    )


@pytest.mark.browser
def test_a_strict_policy_is_kept(reader):
    """Two sources in the page's policy are all that the script needs."""
    reader.site.headers["Content-Security-Policy"] = strict_policy(reader.counter.url)

    said = complaints(reader.page)

    reader.open(html='<link rel="icon" href="data:,">' + TOTAL)
    reader.shows("total", "101")
    reader.open("/other", html='<link rel="icon" href="data:,"><p>Hello')
    eventually(lambda: len(reader.counter.asked) == 2)

    assert said() == []


@pytest.mark.browser
@pytest.mark.service
class TestService:
    """The real service, embedded by a page of another origin."""

    def test_a_page_is_counted_in_full_once_in_a_while(
        self, page, site, service, valkey_url
    ):
        """Its whole address counts; a refresh does not, until the token is gone."""
        running = service(store=valkey_url, env=PATIENT)
        site.headers["Referrer-Policy"] = "no-referrer"
        site.headers["Content-Security-Policy"] = strict_policy(running.url)
        script = f'<script async src="{running.url}/hits.js"></script>'
        site.html = f'<link rel="icon" href="data:,">{TOTAL}{TODAY}{script}'
        shown = page.locator("span")
        said = complaints(page)

        page.goto(f"{site.url}/a/post?b=c#d")
        expect(shown).to_have_text(["1", "1"])
        page.reload()
        expect(shown).to_have_text(["1", "1"])
        with Redis.from_url(valkey_url) as store:
            (token,) = store.scan_iter("hits:*:t:*")
            store.delete(token)
        page.reload()
        expect(shown).to_have_text(["2", "2"])

        assert running.get(f"/nocount?url={site.url}/a/post").strip() == "2"
        assert said() == []

    def test_beacons_and_switched_off_visits(self, page, site, service_url):
        """A beacon counts; with the switch off, the number is read and stays."""
        script = f'<script defer src="{service_url}/hits.js"></script>'
        site.html = f"<p>Hello{script}"
        page.goto(f"{site.url}/post")
        page.context.clear_cookies()
        # The next answer may overtake the beacon's, but not by seconds.
        site.html = TOTAL + script

        def reads() -> str:
            page.goto("about:blank")
            page.goto(f"{site.url}/post#hits-off")
            shown = page.locator("#total")
            expect(shown).not_to_have_text("…")
            return str(shown.text_content())

        assert eventually(lambda: reads() == "1")
        assert reads() == "1"
