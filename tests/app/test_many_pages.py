"""A visitor of many pages: each is recognised, and never carries too much."""

import re
from http.cookies import SimpleCookie
from typing import Any

import pytest

from hitsvc.http1 import Limits
from hitsvc.request.many_pages import ROOM
from tests.support.site import OpenSite, Site, cookie_from

PAGES = [f"p{number}.example/a" for number in range(500)]
MORE = "__Host-hits-more"
# Proxies refuse lines above 8 KB (nginx), and we refuse heads above 16 KB.
MOST = 7 * 1024


class Browser:
    """A visitor over HTTPS, whose browser keeps cookies in the order in which they came."""

    def __init__(self, site: Site) -> None:
        self.cookies: dict[str, str] = {}
        self.site = site

    @property
    def header(self) -> str:
        """What it sends."""
        return "; ".join(f"{name}={value}" for name, value in self.cookies.items())

    def open(self, page: str, **headers: str) -> int:
        """Look at a page, and return the number that it shows."""
        (number,) = self.open_at_once([page], **headers)
        return number

    def open_at_once(self, pages: list[str], **headers: str) -> list[int]:
        """Look at pages, all of which are asked for before the first answer comes."""
        sent = self.header
        assert len(sent) <= MOST < Limits().head_bytes
        answers = [
            self.site.get(
                f"/count?url={page}", {"Cookie": sent, **headers}, scheme="https"
            )
            for page in pages
        ]
        for answer in answers:
            self._keep(answer)
        return [int(answer.text) for answer in answers]

    def _keep(self, answer: Any) -> None:
        for name, morsel in SimpleCookie(answer.headers.get("set-cookie")).items():
            self.cookies.setdefault(name, "")
            self.cookies[name] = morsel.value


@pytest.fixture(name="browser")
def _browser(open_site: OpenSite) -> Browser:
    # A busy machine takes longer than a minute for all of it.
    return Browser(open_site(cookie_timeout=86_400))


def test_each_of_five_hundred_pages_is_recognised(browser):
    """Views of all are counted once, in any order, and the cookies stay few."""
    assert [browser.open(page) for page in PAGES] == [1] * 500

    assert [browser.open(page) for page in reversed(PAGES)] == [1] * 500
    assert [browser.site.total(page) for page in PAGES] == [1] * 500
    assert len(browser.header) < ROOM + 100
    assert len(browser.cookies) < 60


def test_those_loaded_together_have_room(browser):
    """A hundred images at once have a cookie each, also where there is just room."""
    while len(browser.header) <= ROOM - 50:
        browser.open(f"before{len(browser.cookies)}.example")

    assert browser.open_at_once(PAGES[:100]) == [1] * 100
    assert browser.open_at_once(PAGES[:100]) == [1] * 100
    assert MORE not in browser.cookies


def test_who_carries_much_gets_one_cookie_for_all_further_pages(browser):
    """It is the same for all of them, and says nothing of them."""
    browser.cookies["theirs"] = "x" * ROOM
    browser.open(PAGES[0])
    value = browser.cookies[MORE]
    browser.open(PAGES[1])

    assert re.fullmatch(r"[0-9a-zA-Z]{24}", value)
    assert browser.cookies == {"theirs": "x" * ROOM, MORE: value}


def test_the_store_does_not_show_that_it_is_one_visitor(browser):
    """No two of its tokens are the same, none is in the cookie; each has its lifetime."""
    browser.cookies["theirs"] = "x" * ROOM
    for page in PAGES[:20]:
        browser.open(page)
    names = browser.site.tokens()
    tokens = {name.rpartition(":")[2] for name in names}

    assert len(tokens) == len(names) == 20
    assert not any(token in browser.header for token in tokens)
    assert all(0 < browser.site.redis.ttl(name) <= 86_400 for name in names)


@pytest.mark.parametrize("length", [8, 13, 64])
def test_tokens_are_as_long_as_the_setting_says(open_site, length):
    """Those that the cookie for further pages makes, too."""
    browser = Browser(open_site(random_value_length=length))
    browser.cookies["theirs"] = "x" * ROOM
    browser.open(PAGES[0])
    (token,) = browser.site.tokens()

    assert re.fullmatch(rf"[0-9A-Z]{{{length}}}", token.rpartition(":")[2])
    assert browser.open(PAGES[0]) == 1


def test_it_is_believed_when_there_is_room_again(browser):
    """Pages counted under it are; a new page has a cookie of its own."""
    browser.cookies["theirs"] = "x" * ROOM
    browser.open(PAGES[0])
    del browser.cookies["theirs"]

    assert browser.open(PAGES[0]) == 1
    assert browser.open(PAGES[1]) == 1
    assert len(browser.cookies) == 2
    assert browser.open(PAGES[1]) == 1


def test_a_token_that_has_expired_counts_under_the_same_cookie(browser):
    """A view after the time is a view, and the cookie gets its full lifetime again."""
    browser.cookies["theirs"] = "x" * ROOM
    browser.open(PAGES[0])
    value = browser.cookies[MORE]
    browser.site.redis.delete(*browser.site.tokens())

    assert browser.open(PAGES[0]) == 2
    assert browser.cookies[MORE] == value
    assert browser.open(PAGES[0]) == 2


@pytest.mark.parametrize(
    "value", ["", "short", "x" * 65, "not alnum ...", '"AAAAAAAAAAAAAAAA"', "é" * 20]
)
@pytest.mark.parametrize("crowd", [0, ROOM])
def test_a_worthless_one_is_as_none(site, value, crowd):
    """It is counted and, where there is no room, replaced."""
    cookie = f"{MORE}={value}; theirs={'x' * crowd}"
    answer = site.get(
        "/count?url=example.com", {"Cookie": cookie.encode().decode("latin-1")}
    )

    assert answer.text == "1"
    assert value not in cookie_from(answer) or not value


def test_over_https_only_a_secure_one_is_believed(site):
    """As with any other cookie of ours."""
    cookie = f"hits-more={'A' * 24}; x={'x' * ROOM}"
    site.get("/count?url=example.com", {"Cookie": cookie})
    answer = site.get("/count?url=example.com", {"Cookie": cookie}, scheme="https")

    assert answer.text == "2"
    assert site.get("/count?url=example.com", {"Cookie": cookie}).text == "2"


def test_a_page_of_its_own_comes_first(browser):
    """A page whose cookie is there is told by that, however much there is besides."""
    browser.open(PAGES[0])
    browser.cookies["theirs"] = "x" * ROOM

    assert browser.open(PAGES[0]) == 1
    assert MORE not in browser.cookies


def test_a_private_visitor_gets_none(browser):
    """Global Privacy Control: nothing is set or kept."""
    browser.cookies["theirs"] = "x" * ROOM

    assert [browser.open(PAGES[0], **{"Sec-GPC": "1"}) for _ in "ab"] == [1, 2]
    assert MORE not in browser.cookies
    assert browser.site.tokens() == []
