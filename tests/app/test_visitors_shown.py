"""Visitors wherever a number is shown: JSON, badges, texts; and what is said where there are none."""

import json
from datetime import UTC, datetime

import pytest

from hitsvc.counting import Keys
from tests.support.site import shown as shown_with_label
from tests.support.stored import today

PAGE = Keys("hits:").page("example.com/a")
OF_PAGE = "url=example.com/a"
FIREFOX = {"User-Agent": "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Firefox/128.0"}
SAFARI = {"User-Agent": "Mozilla/5.0 (Macintosh) AppleWebKit/605 Version/17 Safari/605"}
# The tester's own address is that of a visitor, and of no proxy.
COUNTING = {"visitors": "on", "forwarded_allow_ips": "192.0.2.1"}
BOT = {"User-Agent": "Googlebot/2.1"}
FORMS = (
    *("/count", "/count/tag.svg", "/count.json", "/nocount", "/nocount/tag.svg"),
    *("/nocount.json", "/nocount/shields.json"),
)


@pytest.fixture(name="visited", params=["cookie", "both"])
def _visited(request, open_site):
    """A service that counts visitors, however it tells refreshes."""
    return open_site(refresh=request.param, **COUNTING)


def shown(answer) -> str:
    """Return what a text or a badge shows; the badge has a label of its own."""
    text = shown_with_label(answer)
    if answer.headers["content-type"] == "image/svg+xml":
        assert text.startswith("visitors: ")
    return text.removeprefix("visitors: ")


def numbers(answer) -> tuple[int, int, int]:
    """Return the hits, and the visitors of today and of all days."""
    said = json.loads(answer.text)
    return said["total"], said["visitors_today"], said["visitors"]


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_who_is_counted_is_among_the_visitors(visited, method):
    """At once, on a page that nobody has seen before, too."""
    for number, who in enumerate((FIREFOX, SAFARI), start=1):
        answer = visited.ask(method, f"/count.json?{OF_PAGE}", who)
        assert numbers(answer) == (number, number, number)
    again = visited.ask(method, f"/count.json?{OF_PAGE}", FIREFOX)
    assert numbers(again)[1:] == (2, 2)


def test_a_refresh_and_a_bot_see_them_and_are_none(visited):
    """The refresh brings its cookie."""
    first = visited.get(f"/count.json?{OF_PAGE}", FIREFOX)
    cookie = first.headers["set-cookie"].partition(";")[0]
    again = visited.get(f"/count.json?{OF_PAGE}", FIREFOX | {"Cookie": cookie})
    assert numbers(again) == (1, 1, 1)
    assert numbers(visited.get(f"/count.json?{OF_PAGE}", BOT)) == (1, 1, 1)


def test_a_head_is_as_long(visited):
    """As the answer that it stands for."""
    visited.get(f"/count.json?{OF_PAGE}", FIREFOX)
    whole = visited.get(f"/count.json?{OF_PAGE}", BOT)
    head = visited.ask("HEAD", f"/count.json?{OF_PAGE}", BOT)
    assert head.headers["content-length"] == whole.headers["content-length"]


def test_many_pages_have_theirs(visited):
    """What is wrong with one has none."""
    visited.get(f"/count.json?{OF_PAGE}", FIREFOX)
    body = b'["example.com/a", "example.com/b", "ftp://example.com"]'
    answer = visited.ask("POST", "/nocount.json", {}, body=body)
    first, second, third = json.loads(answer.text)
    assert (first["visitors"], first["visitors_today"]) == (1, 1)
    assert (second["visitors"], second["visitors_today"]) == (0, 0)
    assert "visitors" not in third


@pytest.fixture(name="long")
def _long(open_site):
    """A page with visitors on three days that are over, and one now."""
    site = open_site(**COUNTING)
    for ago, visitors in ((3, 10), (20, 200), (200, 3000)):
        day = today(ago)
        site.redis.hset(PAGE.visitors(day.year), day.field, visitors)
    site.get(f"/count.json?{OF_PAGE}", FIREFOX)
    return site


@pytest.mark.parametrize(
    ("show", "text"),
    [
        ("visitors", "3211"),
        ("visitors-today", "1"),
        ("visitors-both", "1 / 3211"),
        ("visitors-week", "11"),
        ("visitors-month", "211"),
        ("visitors-year", "3211"),
        ("visitors&format=grouped", "3,211"),
        ("visitors-both&format=metric&base=7", "1 / 3.2k"),
    ],
)
def test_a_look_shows_visitors(long, show, text):
    """As text, badge, JSON, and of other days; a base is for hits alone."""
    look = f"{OF_PAGE}&show={show}"
    assert long.get(f"/nocount?{look}").text == text
    assert shown(long.get(f"/nocount/tag.svg?{look}")) == text
    for path in ("/nocount.json", "/nocount/shields.json"):
        said = json.loads(long.get(f"{path}?{look}").text)
        assert text in (said.get("text"), said.get("message"))
    counted = long.get(f"/count.json?{look}", BOT)
    assert json.loads(counted.text)["text"] == text


def test_days_and_visitors_are_shown_together(long):
    """A week of hits in words, and the visitors beside it."""
    said = json.loads(long.get(f"/count.json?{OF_PAGE}&show=week", SAFARI).text)
    assert said["text"] == "2"
    assert (said["total"], said["today"], said["visitors_today"]) == (2, 2, 2)


@pytest.mark.parametrize("path", ["/count", "/count/tag.svg"])
def test_a_view_is_counted_and_its_visitor_shown(visited, path):
    """The badge has whoever looks at it."""
    assert shown(visited.get(f"{path}?{OF_PAGE}&show=visitors", FIREFOX)) == "1"
    assert visited.redis.get(PAGE.total) == "1"


@pytest.mark.parametrize("path", FORMS)
def test_where_there_are_none_that_is_said(site, path):
    """And nothing is counted, so that whoever makes the badge sees it."""
    answer = site.get(f"{path}?{OF_PAGE}&show=visitors-today")
    assert answer.status_code == 403
    assert "HITSVC_VISITORS=on" in answer.headers["x-hits-reason"]
    if path.endswith("svg"):
        assert shown(answer) == "visitors not counted"
    assert not site.redis.exists(PAGE.total)


def test_where_there_are_none_no_answer_has_any(site):
    """Not even a field."""
    for method, path, body in (
        ("GET", f"/count.json?{OF_PAGE}", b""),
        ("GET", f"/nocount.json?{OF_PAGE}&days=2", b""),
        ("POST", "/nocount.json", b'["example.com/a"]'),
    ):
        assert "visitors" not in site.ask(method, path, {}, body=body).text


def test_visitors_that_cannot_be_read_are_left_out(visited):
    """The hit is counted and its number told; who wants visitors alone is told why not."""
    now = datetime.now(UTC)
    visited.redis.set(PAGE.visitors(now.year), "text")
    said = json.loads(visited.get(f"/count.json?{OF_PAGE}", FIREFOX).text)
    assert said["total"] == 1
    assert "visitors" not in said
    many = visited.ask("POST", "/nocount.json", {}, body=b'["example.com/a"]')
    assert json.loads(many.text) == [{"url": "example.com/a", "total": 1, "today": 1}]
    badge = visited.get(f"/nocount/tag.svg?{OF_PAGE}&show=visitors")
    assert badge.status_code == 503
    assert shown(badge) == "unavailable"
