"""The statistics of sites over HTTP."""

import csv
from typing import Any

import pytest

from hitsvc.admin import SiteSums
from hitsvc.shell import SECURITY_HEADERS
from tests.support.contract import ORIGIN
from tests.support.processes import eventually
from tests.support.stored import KEYS

NOTHING = "Nobody has been counted here yet."
WAITING = "The pages are being added up"
# The tester's own address is that of a visitor, and of no proxy.
VISITORS = {"visitors": "on", "forwarded_allow_ips": "192.0.2.1"}


@pytest.fixture(name="site")
def _site(open_site):
    """A service that shows sites, and has counted three views of one."""
    site = open_site(site_stats="on")
    for path in ("a", "b", "b"):
        site.get(f"/count?url=example.com/{path}")
    return site


def summed(site: Any, target: str = "/site.json?host=example.com") -> Any:
    """Ask until the sums are there."""
    assert eventually(lambda: site.get(target).status_code == 200)
    return site.get(target)


def test_sums_are_told_with_their_age(site):
    """The first who asks is told to come again; then they are there."""
    early = site.get("/site.json?host=example.com")
    assert early.status_code == 503
    assert early.headers["retry-after"] == "3"

    told = summed(site).json
    assert told.pop("age") in range(60)
    assert told == {
        "site": "example.com",
        "pages": 2,
        "total": 3,
        "today": 3,
        "last_7_days": 3,
        "last_30_days": 3,
    }


def test_visitors_are_told_where_they_are_counted(open_site):
    """Who reads two pages is one; on the page for people, too. Nobody: none."""
    site = open_site(site_stats="on", **VISITORS)
    for path in ("a", "b"):
        site.get(f"/count.json?url=example.com/{path}")
    told = summed(site).json
    assert (told["total"], told["visitors_today"], told["visitors"]) == (2, 1, 1)
    page = site.get("/s/example.com").text
    assert "Visitors: 1 today, 1 on all days together." in page
    empty = summed(site, "/site.json?host=empty.example").json
    assert (empty["total"], empty["visitors"]) == (0, 0)


def test_visitors_that_cannot_be_read_are_left_out(open_site):
    """The sums are told."""
    site = open_site(site_stats="on", **VISITORS)
    site.get("/count.json?url=example.com/a")
    site.redis.set(KEYS.site_visitors("example.com").visitors(2026), "text")
    told = summed(site).json
    assert told["total"] == 1
    assert "visitors" not in told
    assert "Visitors" not in site.get("/s/example.com").text


def test_nobody_knows_a_day_that_has_just_begun(site):
    """Sums of yesterday say nothing of today."""
    kept = SiteSums.of(
        '[1e9, "2001-09-09", 1, ["example.com", 3, [3, 3, 3]], [[], [], [], []]]'
    )
    site.redis.set(KEYS.sums("example.com"), kept.written())

    told = site.get("/site.json?host=example.com").json
    assert (told["total"], told["today"], told["last_7_days"]) == (3, None, 3)
    assert "<dt>Today</dt><dd>\u2013</dd>" in site.get("/s/example.com").text


def test_top_pages_are_told_to_who_wants_them(site):
    """In order, and not more than that."""
    summed(site)

    top = site.get("/site.json?host=example.com&top=1").json["top"]
    assert [(page["url"], page["total"]) for page in top] == [("example.com/b", 2)]


def test_any_page_may_read_them(site):
    """With and without credentials; caches may keep them for ten seconds."""
    summed(site)

    answer = site.get("/site.json?host=example.com", ORIGIN)
    assert answer.headers["access-control-allow-origin"] == ORIGIN["Origin"]
    assert answer.headers["cache-control"] == "public, max-age=10"
    plain = site.get("/site.json?host=example.com")
    assert plain.headers["access-control-allow-origin"] == "*"


def test_a_site_without_pages_has_zeros(site):
    """It is known that there are none."""
    told = site.get("/site.json?host=example.org&top=3").json

    assert (told["pages"], told["total"], told["top"]) == (0, 0, [])


@pytest.mark.parametrize(
    "query", ["", "?host=", "?host=a/b", "?host=http://[", "?top=x"]
)
def test_what_names_no_site_is_refused(site, query):
    """As JSON."""
    answer = site.get(f"/site.json{query}")

    assert answer.status_code == 400
    assert answer.headers["content-type"] == "application/problem+json"


def test_the_page_shows_sums_and_top_pages(site):
    """Each leads to its own statistics; search engines do not list it."""
    summed(site)
    answer = site.get("/s/example.com")

    assert '<a href="../p/example.com/b">/<wbr>b</a>' in answer.text
    assert "2 pages" in answer.text
    assert answer.text.index(">/<wbr>b<") < answer.text.index(">/<wbr>a<")
    assert answer.headers["x-robots-tag"] == "noindex"
    policy = "content-security-policy"
    assert answer.headers[policy] == SECURITY_HEADERS["Content-Security-Policy"]


def test_the_page_waits_for_the_first_sums(site):
    """It asks again by itself, and nobody keeps it."""
    answer = site.get("/s/example.com")

    assert WAITING in answer.text
    assert 'http-equiv="refresh"' in answer.text
    assert answer.headers["cache-control"] == "private, no-store"


def test_an_empty_site_offers_a_badge(site):
    """Nothing to see is no error."""
    answer = site.get("/s/example.org?as=csv")

    assert NOTHING in answer.text
    assert 'href="../#url=example.org"' in answer.text


def test_the_page_is_spelled_for_people(site):
    """Its own letters in sight."""
    assert "<h1>münchen.<wbr>example</h1>" in site.get("/s/m%C3%BCnchen.example").text


def test_all_that_is_known_is_a_table(site):
    """The site, then its pages."""
    summed(site)
    rows = list(csv.reader(site.get("/s/example.com?as=csv").text.splitlines()))

    assert rows[0] == ["url", "total", "today", "last_7_days", "last_30_days"]
    assert [row[:2] for row in rows[1:]] == [
        ["example.com", "3"],
        ["example.com/b", "2"],
        ["example.com/a", "1"],
    ]


def test_a_name_is_text(site):
    """Nothing that is stored is markup."""
    site.get("/count?url=example.net/%253Cscript%253E%22'%3E%3Csvg%3E")
    summed(site, "/site.json?host=example.net")

    page = site.get("/s/example.net").text
    assert "<svg>" not in page
    assert "<script>" not in page


@pytest.mark.parametrize("target", ["/s/example.com", "/site.json?host=example.com"])
@pytest.mark.parametrize(
    ("choice", "status"),
    [
        ({}, 404),
        ({"site_stats": "on", "stats": "off"}, 404),
        ({"site_stats": "on", "stats": "private"}, 403),
    ],
    ids=["not switched on", "no statistics", "private"],
)
def test_it_is_seen_where_it_is_switched_on(open_site, target, choice, status):
    """And where statistics are."""
    assert open_site(**choice).get(target).status_code == status


def test_a_store_that_is_away_is_an_error(site):
    """503, as for every number."""
    site.server.connected = False

    assert site.get("/site.json?host=example.com").status_code == 503
    assert site.get("/s/example.com").status_code == 503
