"""Visitors over HTTP."""

import json
import re

import pytest

from hitsvc.counting import Calendar, Keys

PAGE = "/count/tag.svg?url=example.com/a"
FIREFOX = {"User-Agent": "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Firefox/128.0"}
SAFARI = {"User-Agent": "Mozilla/5.0 (Macintosh) AppleWebKit/605 Version/17 Safari/605"}
FOR = "x-forwarded-for"


@pytest.fixture(name="visited", params=["cookie", "claim", "both", "off"])
def _visited(request, open_site):
    """A service that counts visitors, however it tells refreshes."""
    return open_site(
        visitors="on",
        refresh=request.param,
        client_header="X-Forwarded-For",
        forwarded_allow_ips="*",
    )


def told(site, page: str = "example.com/a") -> tuple[int, int, int]:
    """Return the hits, the visitors of today and of all days."""
    site.settle()
    said = json.loads(site.get(f"/nocount.json?url={page}").text)
    return said["total"], said["visitors_today"], said["visitors"]


def test_visitors_are_told_apart_by_address_and_browser(visited):
    """Three are there, one of them twice."""
    for who in (
        {FOR: "203.0.113.1"} | FIREFOX,
        {FOR: "203.0.113.1"} | SAFARI,
        {FOR: "203.0.113.2"} | FIREFOX,
        {FOR: "203.0.113.1"} | FIREFOX,
    ):
        visited.get(PAGE, who)
    hits, today, total = told(visited)
    assert (today, total) == (3, 3)
    assert hits in {3, 4}


@pytest.mark.parametrize(
    "who",
    [
        {FOR: "203.0.113.1", "Sec-GPC": "1"},
        {FOR: "203.0.113.1", "User-Agent": "github-camo (abc)"},
        {FOR: "203.0.113.1", "User-Agent": "Googlebot/2.1"},
        {FOR: "203.0.113.1", "Sec-Purpose": "prefetch"},
    ],
    ids=["privacy", "image proxy", "bot", "prefetch"],
)
def test_some_are_no_visitors(visited, who):
    """They are as they were without."""
    visited.get(PAGE, who)
    assert told(visited)[1:] == (0, 0)


def test_days_have_their_visitors(visited):
    """Where days are asked for."""
    visited.get(PAGE, {FOR: "203.0.113.1"} | FIREFOX)
    visited.settle()
    said = json.loads(visited.get("/nocount.json?url=example.com/a&days=2").text)
    assert [day["visitors"] for day in said["days"]] == [0, 1]


def test_the_statistics_show_them(visited):
    """Under the tiles."""
    visited.get(PAGE, {FOR: "203.0.113.1"} | FIREFOX)
    visited.settle()
    page = re.sub(r"\s+", " ", visited.get("/p/example.com/a").text)
    assert "Visitors: 1 today, 1 on all days together" in page


def test_the_store_knows_nobody(visited):
    """No address, no browser: and no name of a key has a visitor in it."""
    visited.get(PAGE, {FOR: "203.0.113.1"} | FIREFOX)
    assert told(visited) == (1, 1, 1)
    day = Calendar().today().name
    names = [name for name in visited.redis.keys("*") if ":v:" in name]
    assert sorted(names) == [
        f"hits:visitors:{{example.com}}:v:{day}",
        Keys("hits:").page("example.com/a").sketch(day),
    ]


def test_off_is_nothing_at_all(site):
    """Neither in answers nor in the store."""
    site.get(PAGE, FIREFOX)
    assert "visitors" not in site.get("/nocount.json?url=example.com/a").text
    assert "Visitors" not in site.get("/p/example.com/a").text
    assert not [
        name for name in site.redis.keys("*") if "v:" in name or "visit" in name
    ]


@pytest.mark.parametrize("visitors", ["off", "on"])
def test_the_page_says_what_is_kept(open_site, visitors):
    """It promises no more than the settings keep."""
    page = open_site(visitors=visitors).get("/").text

    assert ("No visitors, no IP addresses" in page) == (visitors == "off")
    assert ("how many visitors" in page) == (visitors == "on")
