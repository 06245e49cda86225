"""The forms of a count beyond the plain ones, over ASGI: looks, JSON, history."""

from datetime import UTC, datetime, timedelta
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hitsvc.answer import JsonRenderer
from hitsvc.answer.numbers import as_json, numbers
from hitsvc.badge import PLAIN
from tests.support.site import shown
from tests.support.stored import put_day, today

TOTAL = "hits:{example.com}"
OF_EXAMPLE = "url=example.com"
SVG = "{http://www.w3.org/2000/svg}"


def day(ago: int = 0) -> datetime:
    """Return the start of a day some days ago (UTC)."""
    return datetime.now(UTC) - timedelta(days=ago)


def texts(picture: str) -> str:
    """Return everything a picture says."""
    return " ".join(ET.fromstring(picture).itertext())  # noqa: S314


@pytest.fixture(name="visited")
def _visited(site):
    """A site whose page has 1,234 hits: 5 of them today, and 7 two days ago."""
    site.redis.set(TOTAL, 1234)
    put_day(site.redis, "example.com", today(), 5)
    put_day(site.redis, "example.com", today(2), 7)
    site.redis.set(f"{TOTAL}:d:0", 1222)
    return site


class TestLooks:
    """What query parameters change of badges and texts."""

    @pytest.mark.parametrize("route", ["/nocount", "/nocount/tag.svg"])
    @pytest.mark.parametrize(
        ("query", "text"),
        [
            ("format=grouped", "1,234"),
            ("format=metric", "1.2k"),
            ("format=none", "1234"),
            ("show=today", "5"),
            ("show=both", "5 / 1234"),
            ("show=both&format=grouped&base=1000", "5 / 2,234"),
            ("show=decade", "1234"),
            ("base=66", "1300"),
            ("base=-1", "1234"),
            ("base=1&base=2", "1234"),
            ("unknown=1", "1234"),
        ],
    )
    def test_a_number_is_shown_as_asked(self, visited, route, query, text):
        """Text and badge alike; what is wrong is as if it were not there."""
        assert shown(visited.get(f"{route}?{OF_EXAMPLE}&{query}")) == text

    @pytest.mark.parametrize("route", ["/count", "/count/tag.svg"])
    def test_a_counted_hit_shows_its_own_numbers(self, visited, route):
        """Total and day are both raised by the hit that shows them."""
        answer = visited.get(f"{route}?{OF_EXAMPLE}&show=both")

        assert shown(answer) == "6 / 1235"

    def test_a_returning_visitor_sees_today_too(self, visited):
        """A hit that is not counted reads today's number."""
        first = visited.get(f"/count?{OF_EXAMPLE}&show=both")
        cookie = {"Cookie": first.headers["set-cookie"].partition(";")[0]}

        assert visited.get(f"/count?{OF_EXAMPLE}&show=both", cookie).text == first.text

    def test_a_base_is_stored_nowhere(self, visited):
        """It is added to what is shown, and to nothing else."""
        visited.get(f"/count?{OF_EXAMPLE}&base=1000")

        assert visited.total() == 1235

    def test_a_look_needs_no_url_parameter(self, visited):
        """The page that embeds the badge is known by its Referer."""
        page = {"Referer": "https://example.com/"}

        assert visited.get("/nocount?format=grouped", page).text == "1,234"

    def test_a_badge_has_the_label_and_colours_asked_for(self, visited):
        """The parameters reach the drawing."""
        badge = visited.get(f"/nocount/tag.svg?{OF_EXAMPLE}&label=views&color=red").text

        assert "views: 1234" in badge
        assert "#dd4343" in badge

    def test_an_error_keeps_style_and_label_but_is_red(self, site):
        """A page full of square badges stays so, and still sees what is wrong."""
        badge = site.get("/count/tag.svg?label=views&style=flat-square&color=blue").text

        assert "views: invalid URL" in badge
        assert "#dd4343" in badge
        assert "clip-path" not in badge


class TestJson:
    """Counts for programs."""

    def test_counting_tells_url_total_and_today(self, visited):
        """The URL is the key it is counted under."""
        answer = visited.get("/count.json?url=https://Example.com/?x")

        assert answer.json == {"url": "example.com", "total": 1235, "today": 6}

    @given(
        st.text(st.characters(min_codepoint=32, max_codepoint=126)),
        st.integers(0, 2**63),
        st.integers(0, 2**63),
    )
    def test_what_is_spelled_at_once_is_what_json_would_spell(self, key, total, today):
        """To the byte, whatever a key has in it."""
        plain = JsonRenderer().render(key, total, today, PLAIN, today)

        assert plain == as_json(numbers(key, total, today, PLAIN, today))

    def test_reading_tells_the_same_and_counts_nothing(self, visited):
        """Without `days` there is no list."""
        answer = visited.get(f"/nocount.json?{OF_EXAMPLE}")

        assert answer.json == {"url": "example.com", "total": 1234, "today": 5}

    def test_history_is_a_list_of_days_oldest_first(self, visited):
        """Days without a hit are there, as 0, and today is the last."""
        answer = visited.get(f"/nocount.json?{OF_EXAMPLE}&days=3")

        assert answer.json["days"] == [
            {"day": f"{day(2):%Y-%m-%d}", "hits": 7},
            {"day": f"{day(1):%Y-%m-%d}", "hits": 0},
            {"day": f"{day():%Y-%m-%d}", "hits": 5},
        ]

    @pytest.mark.parametrize(
        ("days", "number"),
        [("0", 1), ("1", 1), ("365", 365), ("366", 365), ("9" * 9999, 365), ("x", 1)],
    )
    def test_days_are_limited(self, visited, days, number):
        """What is too much is a year; what is no number is today."""
        answer = visited.get(f"/nocount.json?{OF_EXAMPLE}&days={days}")

        assert len(answer.json["days"]) == number

    def test_no_url_is_a_problem_document(self, site):
        """An address that ends in .json answers JSON at every status."""
        answer = site.get("/count.json")

        assert answer.status_code == 400
        assert answer.headers["content-type"] == "application/problem+json"


class TestShieldsEndpoint:
    """What shields.io reads to draw the badge itself."""

    def test_it_describes_the_plain_badge(self, visited):
        """Only what its schema requires, and our look."""
        assert visited.get(f"/nocount/shields.json?{OF_EXAMPLE}").json == {
            "schemaVersion": 1,
            "label": "hits",
            "message": "1234",
            "color": "blue",
            "style": "flat",
        }

    def test_it_hands_the_look_on(self, visited):
        """Shields' own names for the same parameters; an empty label is allowed."""
        query = (
            "label=&style=social&color=red&labelColor=%23fff"
            "&logo=github&logoColor=blue&logoSize=auto&format=grouped"
        )

        answer = visited.get(f"/nocount/shields.json?{OF_EXAMPLE}&{query}").json

        assert answer == {
            "schemaVersion": 1,
            "label": "",
            "message": "1,234",
            "color": "#dd4343",
            "labelColor": "#fff",
            "namedLogo": "github",
            "logoColor": "#007ec6",
            "logoSize": "auto",
            "style": "social",
        }

    def test_a_picture_as_logo_is_left_out(self, visited):
        """The schema takes icons by name."""
        logo = "logo=data:image/png;base64,iVBORw0KGgo="

        answer = visited.get(f"/nocount/shields.json?{OF_EXAMPLE}&{logo}&logoColor=red")

        assert {"namedLogo", "logoColor"}.isdisjoint(answer.json)


class TestGraph:
    """The history as a picture."""

    def test_it_shows_the_days_and_counts_nothing(self, visited):
        """Thirty days, unless others are asked for."""
        answer = visited.get(f"/graph.svg?{OF_EXAMPLE}")

        assert answer.headers["content-type"] == "image/svg+xml"
        assert "example.com" in texts(answer.text)
        assert "30 days" in texts(answer.text)
        assert visited.total() == 1234

    @pytest.mark.parametrize(
        ("days", "shown_days"), [("7", 7), ("6", 7), ("365", 365), ("366", 365)]
    )
    def test_its_days_are_limited(self, visited, days, shown_days):
        """From a week to a year."""
        answer = visited.get(f"/graph.svg?{OF_EXAMPLE}&days={days}")

        assert f"{shown_days} days" in texts(answer.text)

    def test_an_error_is_a_badge(self, site):
        """A picture says what is wrong."""
        answer = site.get("/graph.svg?url=http://[")

        assert answer.status_code == 400
        assert shown(answer) == "invalid URL"

    def test_it_may_be_asked_about(self, site):
        """A preflight is answered."""
        assert site.ask("OPTIONS", "/graph.svg").status_code == 204


class TestScript:
    """The script that other sites embed."""

    def test_it_may_be_loaded_from_anywhere(self, site):
        """Also by pages that isolate themselves, or check its integrity."""
        answer = site.get("/hits.js")

        assert answer.headers["content-type"] == "text/javascript; charset=utf-8"
        assert answer.headers["access-control-allow-origin"] == "*"
        assert answer.headers["cross-origin-resource-policy"] == "cross-origin"
        assert answer.headers["cache-control"] == "public, max-age=86400"
