"""A site that embeds the script, a stand-in for the service, and a reader of both."""

import http.server
import json
import threading
import urllib.parse
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import hitsvc
from tests.support.processes import eventually

SCRIPT = Path(hitsvc.__file__).parent / "pages" / "assets" / "hits.min.js"
SITE = SCRIPT.with_name("site.js")
TOTAL = '<span data-hits id="total">…</span>'
TODAY = '<span data-hits="today" id="today">…</span>'
COOKIE = "hits=seen"
ANY_ORIGIN = {"Access-Control-Allow-Origin": "*"}
# How long a busy machine may take.
PATIENCE_S = 15


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

    Its totals begin at 100 and its numbers of today at 10; each view raises both, for all
    pages that have been viewed.

    Attributes:
        url: Its origin.
        asked: Method, path and ``url`` parameter of each request, or the URLs of its body.
        totals: Those of pages that have one of their own, by path.
        headers: Of each request, likewise.
        status: What it answers with.
        site: What it tells of a site; nothing: it does not.
        visitors: What it tells of each page's visitors, if anything.
        held: Paths of pages that are answered only once the event is set.
    """

    def __init__(self) -> None:
        self.url = ""
        self.asked: list[tuple[str, str, str]] = []
        self.headers: list[Mapping[str, str]] = []
        self.totals: dict[str, int] = {}
        self.status = 200
        self.site: dict[str, int | None] = {}
        self.visitors: dict[str, int] = {}
        self.held: dict[str, threading.Event] = {}

    def numbers(self, url: str) -> dict[str, object]:
        """Tell the numbers of a page."""
        viewed = [page for _, path, page in self.asked if path.endswith("/count.json")]
        views = len(viewed) if url in viewed else 0
        total = self.totals.get(urllib.parse.urlsplit(url).path, 100 + views)
        return {"url": url, "total": total, "today": 10 + views, **self.visitors}

    def handler(self) -> type[Answers]:
        recorder = self

        class Handler(Answers):
            def do_GET(self) -> None:
                path, _, query = self.path.partition("?")
                if path == "/hits.js":
                    self.answer(SCRIPT.read_bytes(), "text/javascript", ANY_ORIGIN)
                elif path == "/site.js":
                    self.answer(SITE.read_bytes(), "text/javascript", ANY_ORIGIN)
                elif path == "/site.json":
                    numbers = json.dumps(recorder.site)
                    status = 200 if recorder.site else 404
                    self.answer(numbers, "application/json", ANY_ORIGIN, status)
                elif path == "/fence":
                    self.answer("", headers=ANY_ORIGIN)
                else:
                    self._count(path, urllib.parse.parse_qs(query))

            def do_POST(self) -> None:
                path, _, query = self.path.partition("?")
                if query:
                    self._count(path, urllib.parse.parse_qs(query))
                else:
                    self._read(path)

            def _count(self, path: str, query: Mapping[str, list[str]]) -> None:
                (url,) = query["url"]
                self._note(path, url)
                if gate := recorder.held.get(urllib.parse.urlsplit(url).path):
                    gate.wait(2 * PATIENCE_S)
                self._say(recorder.numbers(url))

            def _read(self, path: str) -> None:
                urls = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                self._note(path, " ".join(urls))
                self._say([recorder.numbers(url) for url in urls])

            def _note(self, path: str, urls: str) -> None:
                recorder.asked.append((self.command, path, urls))
                recorder.headers.append(dict(self.headers))

            def _say(self, numbers: object) -> None:
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
        """Check all that the recorder was asked: those requests, and no others.

        What a script asks at once may come in any order.
        """
        eventually(lambda: len(self.counter.asked) >= len(expected))
        # What has not been sent by now never will be.
        self.page.evaluate(
            "url => new Promise(done => setTimeout(done)).then(() => fetch(url))",
            f"{self.counter.url}/fence",
        )
        asked = [" ".join(ask) for ask in self.counter.asked]
        found = [ask.replace(self.site.url, "") for ask in asked]
        assert sorted(found) == sorted(expected)

    def shows(self, element_id: str, text: str) -> None:
        """Check the text of an element, once it is there."""
        # Imported here, so that tests without Playwright are skipped and do not fail.
        from playwright.sync_api import expect

        element = self.page.locator(f"#{element_id}")
        expect(element).to_have_text(text, timeout=PATIENCE_S * 1000)

    def moves(self, step: str) -> None:
        """Run a statement, such as ``history.pushState(0, '', '/next')``."""
        self.page.evaluate(f"() => {{ {step} }}")


def push(path: str) -> str:
    return f"history.pushState(0, '', '{path}')"
