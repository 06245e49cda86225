"""The script as it is served: small, under a strict policy, and with the real service."""

import gzip
import subprocess
from collections.abc import Callable
from typing import Any

import pytest
from redis import Redis

from tests.support.embedding import SCRIPT, TODAY, TOTAL
from tests.support.processes import eventually
from tests.support.service import PATIENT

sync_api = pytest.importorskip(
    "playwright.sync_api", reason="the browser tests need the playwright package"
)
expect = sync_api.expect
MAX_GZIPPED_BYTES = 1960


def test_it_is_small():
    """It takes 1.9 KB (of 1,024 bytes) on the wire."""
    assert len(gzip.compress(SCRIPT.read_bytes(), mtime=0)) <= MAX_GZIPPED_BYTES


def test_it_is_made_of_the_script_that_people_read(node_modules):
    """``make script`` would change nothing."""
    if not (node_modules / "terser").is_dir():
        pytest.skip("this needs terser: npm ci --prefix tests/node")
    made = subprocess.run(  # noqa: S603 - our own program
        [str(node_modules.parent / "minify.sh")], capture_output=True, check=True
    )

    assert made.stdout == SCRIPT.read_bytes()


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

    def test_pages_without_numbers_and_switched_off_visits(
        self, page, site, service_url
    ):
        """The first counts; with the switch off, the number is read and stays."""
        script = f'<script defer src="{service_url}/hits.js"></script>'
        site.html = f"<p>Hello{script}"
        page.goto(f"{site.url}/post")
        page.context.clear_cookies()
        # The next answer may overtake the first, but not by seconds.
        site.html = TOTAL + script

        def reads() -> str:
            page.goto("about:blank")
            page.goto(f"{site.url}/post#hits-off")
            shown = page.locator("#total")
            expect(shown).not_to_have_text("…")
            return str(shown.text_content())

        assert eventually(lambda: reads() == "1")
        assert reads() == "1"
