"""One truth of a number: what a badge shows, text, JSON, shields.io and the chart show, too."""

from xml.etree import ElementTree as ET

import pytest

from tests.support.site import cookie_from, shown
from tests.support.stored import put_day, today

TOTAL = "hits:{example.com}"
COUNT = "url=example.com"
READING = ["/nocount", "/nocount/tag.svg", "/nocount/shields.json"]
COUNTING = ["/count", "/count/tag.svg"]
JSONS = ["/nocount.json", "/count.json"]
# Counts nothing.
PREFETCH = {"Sec-Purpose": "prefetch"}
HITS = {0: 5, 6: 7, 7: 20, 29: 80, 30: 300, 364: 700, 365: 10}


@pytest.fixture(name="visited")
def _visited(site):
    """A site whose page has 1,234 hits, some of them on the edges of periods."""
    site.redis.set(TOTAL, 1234)
    for ago, hits in HITS.items():
        put_day(site.redis, "example.com", today(ago), hits)
    return site


@pytest.mark.parametrize("route", READING)
@pytest.mark.parametrize(
    ("query", "text"),
    [
        ("show=week", "12"),
        ("show=month&format=grouped&base=1", "112"),
        ("show=year&format=grouped", "1,112"),
        ("show=year&format=metric", "1.1k"),
        ("show=both&base=1000&format=grouped", "5 / 2,234"),
        ("show=decade&base=1", "1235"),
    ],
)
def test_a_period_ends_today(visited, route, query, text):
    """The latest 7, 30 or 365 days; a base is the total's, a format everybody's."""
    assert shown(visited.get(f"{route}?{COUNT}&{query}")) == text


@pytest.mark.parametrize("route", COUNTING)
@pytest.mark.parametrize(
    ("show", "hits"), [("week", 13), ("month", 113), ("year", 1113)]
)
def test_a_counted_hit_is_among_the_days(visited, route, show, hits):
    """They are read after it was counted; a refresh reads the same."""
    target = f"{route}?{COUNT}&show={show}"
    first = visited.get(target)
    again = visited.get(target, {"Cookie": cookie_from(first)})

    assert shown(first) == shown(again) == str(hits)
    assert visited.total() == 1235


@pytest.mark.parametrize("route", COUNTING)
def test_what_is_not_counted_reads_the_days(visited, route):
    """As a prefetch."""
    answer = visited.get(f"{route}?{COUNT}&show=week", PREFETCH)

    assert (shown(answer), visited.total()) == ("12", 1234)


@pytest.mark.parametrize("route", [*COUNTING, *READING, *JSONS])
def test_a_store_that_is_away_has_no_days(visited, route):
    """503, as ever."""
    visited.server.connected = False

    assert visited.get(f"{route}?{COUNT}&show=week").status_code == 503


@pytest.mark.parametrize("route", JSONS)
@pytest.mark.parametrize(
    ("query", "total", "text"),
    [
        ("base=1000", 2234, "2234"),
        ("format=metric", 1234, "1.2k"),
        ("show=both&format=grouped&base=1", 1235, "5 / 1,235"),
        ("show=week", 1234, "12"),
        ("show=today&base=9", 1243, "5"),
    ],
)
def test_programs_are_told_the_same(visited, route, query, total, text):
    """The total has the base, and the text is what a badge shows."""
    answer = visited.get(f"{route}?{COUNT}&{query}", PREFETCH)

    assert answer.json == {
        "url": "example.com",
        "total": total,
        "today": 5,
        "text": text,
    }


@pytest.mark.parametrize("query", ["", "&style=social", "&format=plain", "&show=none"])
@pytest.mark.parametrize("route", JSONS)
def test_programs_are_told_no_text_that_is_the_total(visited, route, query):
    """As it was before there were any."""
    answer = visited.get(f"{route}?{COUNT}{query}", PREFETCH).json

    assert {name: answer[name] for name in answer if name != "ignored"} == {
        "url": "example.com",
        "total": 1234,
        "today": 5,
    }


def test_a_counted_hit_has_its_own_total_beside_the_days(visited):
    """In JSON, which has both."""
    answer = visited.get(f"/count.json?{COUNT}&show=week")

    assert answer.json == {
        "url": "example.com",
        "total": 1235,
        "today": 6,
        "text": "13",
    }


def test_the_list_of_days_is_as_long_as_was_asked(visited):
    """However many are read for the text."""
    answer = visited.get(f"/nocount.json?{COUNT}&show=month&days=2")

    assert [day["hits"] for day in answer.json["days"]] == [0, 5]
    assert answer.json["text"] == "112"


def test_parameters_that_say_nothing_are_named(visited):
    """For whoever makes embed code; the rest is as if they were not there."""
    answer = visited.get(f"/nocount.json?{COUNT}&show=wek&color=x&base=-1")

    assert answer.json == {
        "url": "example.com",
        "total": 1234,
        "today": 5,
        "ignored": ["color", "show", "base"],
    }


@pytest.mark.parametrize(
    ("query", "total", "views"),
    [
        ("", "1,234", "112 views"),
        ("&base=1000", "2,234", "112 views"),
        ("&format=metric&base=1000", "2.2k", "112 views"),
        ("&format=plain", "1234", "112 views"),
        ("&format=roman&base=x", "1,234", "112 views"),
        ("&days=365&format=metric", "1.2k", "1.1k views"),
    ],
)
def test_the_chart_shows_the_same_total(visited, query, total, views):
    """With the base, and in the format; without one it groups digits."""
    picture = visited.get(f"/graph.svg?{COUNT}{query}").text
    texts = [element.text or "" for element in ET.fromstring(picture).iter()]  # noqa: S314

    assert total in texts
    assert any(text.startswith(f"{views}, ") for text in texts)
