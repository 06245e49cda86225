"""Which page a view is of, where its address is not the one that people know it by."""

import json
import urllib.parse
from typing import Any

import pytest

from tests.support.embedding import PATIENCE_S, SCRIPT, TOTAL
from tests.support.processes import eventually

SERVICE = "https://hits.example"


class World:
    """Hosts that are nowhere but in this browser: sites, and a service."""

    def __init__(self, page: Any) -> None:
        self.page = page
        self.html = ""
        self.script = SCRIPT.read_text()
        self.counted: list[str] = []
        page.route("**/*", self._answer)

    def _answer(self, route: Any) -> None:
        url = route.request.url
        if url == f"{SERVICE}/hits.js":
            route.fulfill(content_type="text/javascript", body=self.script)
        elif url.startswith(f"{SERVICE}/count.json?url="):
            self.counted.append(urllib.parse.unquote(url.partition("=")[2]))
            origin = route.request.headers["origin"]
            headers = {
                "Access-Control-Allow-Origin": origin,
                "Access-Control-Allow-Credentials": "true",
            }
            route.fulfill(headers=headers, body=json.dumps({"total": 1, "today": 1}))
        else:
            script = f'<script async src="{SERVICE}/hits.js"></script>'
            body = f"<!doctype html><link rel=icon href=data:,>{self.html}{script}"
            route.fulfill(content_type="text/html", body=body)

    def counts(self, url: str, html: str = "") -> str:
        """Open a page, and return the one that is counted."""
        self.html = html + TOTAL
        self.page.goto(url)
        self.wait_for(1)
        (counted,) = self.counted
        return counted

    def wait_for(self, views: int) -> None:
        """Return when so many have been counted."""
        # Routes are answered only while something is asked of the browser.
        eventually(
            lambda: self.page.evaluate("1") and len(self.counted) >= views,
            within_s=PATIENCE_S,
        )


@pytest.fixture(name="world")
def _world(page):
    return World(page)


@pytest.mark.browser
@pytest.mark.parametrize(
    ("address", "link", "counted"),
    [
        ("https://www.a.example/x", "https://a.example/x", "https://a.example/x"),
        ("https://a.example/x", "https://www.a.example/y", "https://www.a.example/y"),
        ("http://www.a.example/x", "https://a.example/", "https://a.example"),
        ("https://www.a.example/x", "https://b.example/x", "https://www.a.example/x"),
        ("https://www.a.example/x", "https://m.a.example/x", "https://www.a.example/x"),
        ("https://a.example/x", "https://wwwa.example/x", "https://a.example/x"),
        ("https://a.example/x", "https://a.example:8/x", "https://a.example/x"),
        (
            "https://a.example/x",
            "https://www.a.example@b.example/",
            "https://a.example/x",
        ),
    ],
)
def test_the_canonical_link_may_be_of_the_bare_host(world, address, link, counted):
    """``www`` before a host makes no other site; anything else does."""
    assert world.counts(address, f'<link rel="canonical" href="{link}">') == counted


@pytest.mark.browser
@pytest.mark.parametrize(
    ("address", "counted"),
    [
        ("https://blog-example.translate.goog/post", "https://blog.example/post"),
        (
            "https://my--blog-example.translate.goog/a/b/?x=y&_x_tr_sl=en&_x_tr_tl=de#c",
            "https://my-blog.example/a/b",
        ),
        (
            "https://example-com.translate.goog/p?_x_tr_hp=a--long-&_x_tr_sl=en",
            "https://a-long.example.com/p",
        ),
        (
            "https://0-mnchen--3ya-example.translate.goog/?_x_tr_enc=0",
            "https://xn--mnchen-3ya.example",
        ),
        (
            "https://1-0--a-example.translate.goog/?_x_tr_enc=1",
            "https://0-a.example",
        ),
        ("https://1-a-example.translate.goog/", "https://1.a.example"),
        (
            "https://translate.goog/post",
            "https://translate.goog/post",
        ),
        (
            "https://a.example/translate.goog",
            "https://a.example/translate.goog",
        ),
    ],
)
def test_a_translated_page_counts_as_the_original(world, address, counted):
    """Google says how to read its addresses: Search Central, "Ad networks and translation"."""
    assert world.counts(address) == counted


@pytest.mark.browser
def test_a_translated_page_has_the_canonical_link_of_the_original(world):
    """It is of the same site."""
    link = '<link rel="canonical" href="https://www.blog.example/real">'

    counted = world.counts("https://blog-example.translate.goog/post", link)

    assert counted == "https://www.blog.example/real"


@pytest.mark.browser
@pytest.mark.parametrize(
    ("kept", "address", "counted"),
    [
        ("", "https://a.example/x/?p=1#/r", "https://a.example/x"),
        ("p", "https://a.example/?utm=2&p=1&q=3#/r", "https://a.example?p=1"),
        (
            "p,id",
            "https://a.example/x?id=2&p=1%262",
            "https://a.example/x?id=2&p=1%262",
        ),
        ("p", "https://a.example/x?pp=1", "https://a.example/x"),
        ("#", "https://a.example/?p=1#/about", "https://a.example#/about"),
        ("#", "https://a.example/#!about", "https://a.example#!about"),
        ("#", "https://a.example/x#about", "https://a.example/x"),
        ("p,#", "https://a.example/x?p=1#/r", "https://a.example/x?p=1#/r"),
    ],
)
def test_what_the_service_tells_pages_apart_by_is_sent(world, kept, address, counted):
    """Of the query and the fragment nothing else leaves the browser."""
    world.script = world.script.replace("HITSVC_KEPT", kept)

    assert world.counts(address) == counted


@pytest.mark.browser
def test_a_canonical_link_keeps_what_tells_pages_apart(world):
    """A link to `?p=3` names another page than one to `?p=4`."""
    world.script = world.script.replace("HITSVC_KEPT", "p")
    link = '<link rel="canonical" href="https://a.example/y?p=3&utm=1">'

    assert world.counts("https://a.example/x", link) == "https://a.example/y?p=3"


@pytest.mark.browser
def test_another_route_is_another_view(world):
    """Where routes tell pages apart."""
    world.script = world.script.replace("HITSVC_KEPT", "#")
    world.counts("https://a.example/#/one")

    world.page.evaluate("location.hash = '#/two'")

    world.wait_for(2)
    assert world.counted[1] == "https://a.example#/two"
