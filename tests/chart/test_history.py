"""The picture of a page's history: its facts, its geometry, its safety."""

import re
from collections.abc import Sequence
from datetime import date, timedelta
from itertools import pairwise
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hitsvc.chart import plot
from hitsvc.chart.history import DayHits, draw_chart

SVG = "{http://www.w3.org/2000/svg}"
LAST = date(2026, 11, 23)
NASTY = """</title><script>alert("1")</script>&amp;'\x00\ud800\ufffe\x1b]]>"""
MOST = 2**63 - 1
HITS = st.lists(st.integers(0, MOST), min_size=7, max_size=365)


def days(hits: Sequence[int], last: date = LAST) -> list[DayHits]:
    """Give each number its day, the last one ``last``."""
    return [
        DayHits(last - timedelta(days=ago), number)
        for ago, number in zip(reversed(range(len(hits))), hits, strict=True)
    ]


def draw(
    hits: Sequence[int],
    key: str = "example.com/b",
    total: int = 12482,
    last: date = LAST,
) -> Any:
    """Draw a graph and parse it."""
    return ET.fromstring(  # noqa: S314 - our own
        draw_chart(key, total, days(hits, last))
    )


def texts(svg: Any) -> list[str]:
    """Every text that is to be seen."""
    return [element.text for element in svg.iter(f"{SVG}text")]


def said(svg: Any, name: str) -> str:
    """The text of the picture's ``title`` or ``desc``."""
    return str(svg.findtext(f"{SVG}{name}"))


def values(svg: Any) -> list[str]:
    """The texts of the value axis, from below."""
    labels = svg.findall(f"{SVG}text[@class='e']")
    return [label.text for label in labels if label.get("x") == str(plot.LEFT - 8)]


def dates(svg: Any) -> list[str]:
    """The texts of the time axis, oldest first."""
    return [label.text for label in svg.findall(f"{SVG}text[@class='m']")]


def bar_heights(svg: Any) -> list[int]:
    """The height of each bar, oldest first, in px."""
    path = svg.find(f"{SVG}path[@class='b']").get("d")
    return [
        int(radius) - int(up)
        for up, radius in re.findall(r"M\d+ \d+v(-?\d+)q0-(\d+)", path)
    ]


def points(svg: Any) -> list[tuple[int, int]]:
    """The points of the line, in tenths of a px."""
    path = svg.find(f".//{SVG}path[@class='l']").get("d")
    numbers = [int(number) for number in re.findall(r"-?\d+", path)]
    x, y, found = 0, 0, []
    for step_x, step_y in zip(numbers[::2], numbers[1::2], strict=True):
        x, y = x + step_x, y + step_y
        found.append((x, y))
    return found


class TestFacts:
    """What it says, seen and unseen."""

    def test_it_names_page_period_and_numbers(self):
        """All of it can be read in the picture."""
        seen = texts(draw([0] * 28 + [1200, 34]))

        assert seen[:4] == [
            "example.com/b",
            "1,234 views, 25 Oct to 23 Nov 2026",
            "12,482",
            "in total",
        ]

    def test_it_tells_the_facts_in_words(self):
        """A screen reader gets the page, the sum, the period and the highest day."""
        svg = draw([0] * 28 + [1200, 34])

        assert svg.get("role") == "img"
        assert said(svg, "title") == "Views of example.com/b"
        assert said(svg, "desc") == (
            "1,234 views, 25 Oct to 23 Nov 2026 (30 days, UTC)."
            " Most on 22 Nov 2026: 1,200. 12,482 in total."
        )

    def test_a_period_over_new_year_names_both_years(self):
        """No date can be mistaken for one of another year."""
        svg = draw([1] * 7, last=date(2026, 1, 3))

        assert "7 views, 28 Dec 2025 to 3 Jan 2026" in texts(svg)

    def test_one_view_is_one_view(self):
        """The noun is in the singular."""
        svg = draw([0] * 6 + [1], total=1)

        assert "1 view, 17 Nov to 23 Nov 2026" in texts(svg)
        assert said(svg, "desc").startswith("1 view, ")

    @pytest.mark.parametrize("count", [30, 365])
    def test_an_empty_history_says_so(self, count):
        """It draws no line that could be mistaken for a measured one, and no scale."""
        svg = draw([0] * count)

        assert f"no views counted in these {count} days" in texts(svg)
        assert said(svg, "desc").startswith("No views counted, ")
        assert said(svg, "desc").endswith(" 12,482 in total.")
        assert values(svg) == []
        assert svg.find(f".//{SVG}path[@class='l']") is None
        assert svg.find(f"{SVG}path[@class='b']") is None

    @pytest.mark.parametrize(
        ("total", "shown"),
        [
            pytest.param(999_999_999, "999,999,999", id="the largest written out"),
            pytest.param(1_000_000_000, "1G", id="one more"),
            pytest.param(MOST, "9.2E", id="the largest there is"),
        ],
    )
    def test_large_numbers_are_shortened_in_the_picture(self, total, shown):
        """And exact in the words."""
        svg = draw([1] * 7, total=total)

        assert shown in texts(svg)
        assert f"{total:,} in total." in said(svg, "desc")

    def test_a_long_address_is_shortened_in_the_picture(self):
        """And whole in the title; host and end are what tells pages apart."""
        longest = "example.com/" + "a" * 32 + "/last.html"

        assert texts(draw([1] * 7, key=longest[:53]))[0] == longest[:53]
        assert texts(draw([1] * 7, key=longest))[0] == (
            "example.com/aaaaaaaaaaaaaaaaaaaaaa…aaaaaaaa/last.html"
        )
        assert said(draw([1] * 7, key=longest), "title") == f"Views of {longest}"


class TestValueAxis:
    """Round values that fit the highest."""

    @pytest.mark.parametrize(
        ("highest", "labels"),
        [
            (1, "0 1"),
            (2, "0 1 2"),
            (5, "0 1 2 3 4 5"),
            (6, "0 2 4 6"),
            (10, "0 2 4 6 8 10"),
            (11, "0 5 10 15"),
            (26, "0 10 20 30"),
            (100, "0 20 40 60 80 100"),
            (101, "0 50 100 150"),
            (1_250, "0 500 1k 1.5k"),
            (51_000_000, "0 20M 40M 60M"),
            (MOST, "0 2E 4E 6E 8E 10E"),
        ],
    )
    def test_its_values_are_round(self, highest, labels):
        """Lines stand at multiples of 1, 2 or 5 times a power of ten."""
        assert values(draw([0] * 6 + [highest])) == labels.split()

    @given(st.integers(1, MOST))
    def test_every_scale_fits(self, highest):
        """One to five lines, the topmost not below the highest value and near to it."""
        step, top = plot.scale(highest)

        assert 1 <= top // step <= 5
        assert top % step == 0
        assert top - step < highest <= top
        assert str(step)[0] in "125"
        assert set(str(step)[1:]) <= {"0"}


class TestTimeAxis:
    """Dates under the days that they name."""

    @pytest.mark.parametrize(
        ("count", "labels"),
        [
            (7, "17 Nov|18 Nov|19 Nov|20 Nov|21 Nov|22 Nov|23 Nov"),
            (14, "11 Nov|13 Nov|15 Nov|17 Nov|19 Nov|21 Nov|23 Nov"),
            (30, "26 Oct|2 Nov|9 Nov|16 Nov|23 Nov"),
            (90, "31 Aug|14 Sep|28 Sep|12 Oct|26 Oct|9 Nov|23 Nov"),
            (365, "Dec|2026|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov"),
        ],
    )
    def test_its_dates_can_be_read(self, count, labels):
        """As many as fit; the last day has one; months, where days are too many."""
        assert dates(draw([1] * count)) == labels.split("|")

    def test_dates_do_not_touch(self):
        """Whatever the period, each has 49 px, and none leaves the picture."""
        for count in range(7, 366):
            marks = [
                mark.x for mark in plot.ticks([day for day, _ in days([1] * count)])
            ]

            assert all(b - a >= 49 for a, b in pairwise(marks)), count
            assert marks[0] >= 22, count
            assert marks[-1] <= plot.WIDTH - 22, count


class TestBars:
    """A bar for each day, where there is room."""

    def test_each_is_as_high_as_its_number(self):
        """The plot's height is the topmost value."""
        assert bar_heights(draw([50, 100, 0, 25, 75, 0, 0])) == [63, 126, 32, 95]

    def test_a_single_view_beside_millions_is_seen(self):
        """Only a day without a view has no bar."""
        assert bar_heights(draw([0, 1, 0, 0, 0, 0, 5_000_000])) == [1, 126]

    @pytest.mark.parametrize("count", [7, 30, 90, 128])
    def test_they_are_alike_and_apart(self, count):
        """All are equally wide, with at least a pixel between two."""
        path = plot.bars([1] * count, 1)
        (r,) = {int(radius) for radius in re.findall(r"q0-(\d)", path)}
        edges = [
            (int(x), int(x) + int(flat) + 2 * r)
            for x, flat in re.findall(r"M(\d+) [^h]*h(\d+)", path)
        ]

        assert len(edges) == count
        assert len({right - left for left, right in edges}) == 1
        assert all(a[1] < b[0] for a, b in pairwise(edges))
        assert edges[0][0] >= plot.LEFT
        assert edges[-1][1] <= plot.RIGHT

    def test_more_days_make_an_area(self):
        """From 129 days on a bar would have less than five pixels."""
        assert draw([1] * 128).find(f"{SVG}path[@class='b']") is not None
        assert draw([1] * 129).find(f"{SVG}path[@class='b']") is None
        assert draw([1] * 129).find(f".//{SVG}path[@class='u']") is not None


class TestArea:
    """A line over an area, for many days."""

    def test_it_has_a_point_for_each_day(self):
        """From left to right, as high as the day's number."""
        found = points(draw([0, 50, 100, 1] * 50))

        assert len(found) == 200
        assert [y for _, y in found[:4]] == [2060, 1430, 800, 2048]
        assert [x for x, _ in found] == sorted({x for x, _ in found})
        assert plot.LEFT * 10 <= found[0][0] < found[-1][0] <= plot.RIGHT * 10

    def test_the_area_ends_at_zero(self):
        """It is closed along the axis, not across the plot."""
        svg = draw([5] * 200)
        line, area = (
            svg.find(f".//{SVG}path[@class='{name}']").get("d") for name in "lu"
        )
        (first, _), (last, _) = points(svg)[0], points(svg)[-1]

        assert area == f"{line}L{last} {plot.BOTTOM * 10}H{first}z"


class TestSafety:
    """What must not be in it, whatever it is made of."""

    @given(st.text(), st.integers(0, MOST), HITS)
    def test_it_is_well_formed(self, key, total, hits):
        """For every address and every number; and its text is there."""
        svg = draw(hits, key=key, total=total)

        assert said(svg, "title").startswith("Views of ")

    def test_an_address_stays_text(self):
        """It ends no element and makes none."""
        svg = draw([1] * 7, key=NASTY)

        assert {element.tag.removeprefix(SVG) for element in svg.iter()} == {
            *("svg", "title", "desc", "style", "rect", "text", "path")
        }
        assert "<script>" in said(svg, "title")

    def test_it_refers_to_nothing(self):
        """No script, no handler, no address but the namespace's."""
        for hits in ([0] * 7, [3] * 30, [3] * 365):
            text = draw_chart("example.com", 1, days(hits)).decode()

            assert not re.search(r"\bon\w+=|<script|href|url\(|@import", text)
            assert re.findall(r"https?:[^\"]*", text) == ["http://www.w3.org/2000/svg"]

    @pytest.mark.parametrize(("count", "most"), [(30, 4_000), (365, 10_000)])
    def test_it_is_small(self, count, most):
        """With every day different."""
        hits = [index * 7919 % 1009 + 10**6 for index in range(count)]

        assert len(draw_chart("example.com", 1, days(hits))) <= most


@pytest.mark.browser
def test_it_follows_the_readers_colour_scheme(browser):
    """Bars, texts and ground have other colours in the dark, and scale to a phone."""
    page = browser.new_page(viewport={"width": 360, "height": 400})
    svg = draw_chart("example.com", 1, days([1] * 7)).decode()
    page.set_content(f"<style>svg {{ max-width: 100%; height: auto }}</style>{svg}")
    colours = (
        "['.b', '.c', '.k', 'text'].map(name =>"
        " getComputedStyle(document.querySelector(name)).fill)"
    )
    page.emulate_media(color_scheme="light")
    light = page.evaluate(colours)

    page.emulate_media(color_scheme="dark")

    dark = page.evaluate(colours)
    assert all(a != b for a, b in zip(light, dark, strict=True))
    assert page.evaluate("document.documentElement.scrollWidth") == 360
    page.close()
