"""How a chart is to be shown: in which colours, how wide, and its page in which script."""
# ruff: noqa: RUF001 - digits that look like others are not ours

import re
from datetime import date, timedelta
from itertools import pairwise
from typing import Any
from unicodedata import category
from urllib.parse import quote
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hitsvc.chart import ChartLook, DayHits, draw_chart, plot
from hitsvc.chart.history import MAX_WIDTH, MIN_WIDTH

SVG = "{http://www.w3.org/2000/svg}"
LAST = date(2026, 11, 23)
WIDTHS = [MIN_WIDTH, 600, 720, 1000, MAX_WIDTH]


def days(count: int) -> list[DayHits]:
    """So many days with a view each."""
    return [DayHits(LAST - timedelta(days=ago), 1) for ago in reversed(range(count))]


def draw(look: ChartLook, count: int = 30, key: str = "example.com/b") -> Any:
    """Draw a chart and parse it."""
    return ET.fromstring(draw_chart(key, 12482, days(count), look))  # noqa: S314


@pytest.mark.parametrize(
    ("theme", "width", "expected"),
    [
        ("", "", ChartLook()),
        ("light", "", ChartLook("light")),
        ("dark", "500", ChartLook("dark", 500)),
        ("auto", "720", ChartLook()),
        ("Dark", "1e3", ChartLook()),
        ("x" * 9999, "9" * 9999, ChartLook()),
        ("", "-500", ChartLook()),
        ("", "٥٠٠", ChartLook()),
        ("", "0", ChartLook("auto", MIN_WIDTH)),
        ("", "479", ChartLook("auto", MIN_WIDTH)),
        ("", "1601", ChartLook("auto", MAX_WIDTH)),
        ("", "999999999", ChartLook("auto", MAX_WIDTH)),
    ],
)
def test_a_look_is_read_from_parameters(theme, width, expected):
    """What makes no sense is as none; a width is within bounds."""
    assert ChartLook.of(theme, width) == expected


@settings(deadline=None)
@given(st.text(), st.text())
def test_any_parameters_make_a_look(theme, width):
    """There is no error in a look."""
    look = ChartLook.of(theme, width)

    assert look.theme in {"auto", "light", "dark"}
    assert MIN_WIDTH <= look.width <= MAX_WIDTH


class TestThemes:
    """`theme=`."""

    def style(self, theme: str) -> str:
        """Return a chart's style sheet."""
        return str(draw(ChartLook(theme)).findtext(f"{SVG}style"))

    def test_auto_is_as_its_reader_prefers(self):
        """Light, and dark where that is asked for."""
        before, _, after = self.style("auto").partition(
            "@media(prefers-color-scheme:dark)"
        )
        assert ("fill:#fff" in before, "fill:#171c1a" in after) == (True, True)

    def test_light_is_never_dark(self):
        """On a page that is always light."""
        assert "#171c1a" not in self.style("light")

    def test_dark_is_always_dark(self):
        """The dark rules come last, and without a condition."""
        style = self.style("dark")
        assert "@media" not in style
        assert style.rindex("fill:#171c1a") > style.rindex("fill:#fff")


@pytest.mark.parametrize("width", WIDTHS)
class TestWidths:
    """`width=`."""

    def test_the_picture_is_so_wide(self, width):
        """Its letters are as large as ever: it is laid out anew, not stretched."""
        svg = draw(ChartLook(width=width))

        assert (svg.get("width"), svg.get("height")) == (str(width), str(plot.HEIGHT))
        assert svg.get("viewBox") == f"0 0 {width} {plot.HEIGHT}"

    @pytest.mark.parametrize("count", [7, 30, 90, 128, 129, 365])
    def test_nothing_is_outside(self, width, count):
        """Bars, line and texts end before the right edge, and use the room up to it."""
        svg = draw(ChartLook(width=width), count)
        right = width - plot.MARGIN
        edges = [float(text.get("x")) for text in svg.iter(f"{SVG}text")]
        axis = svg.find(f"{SVG}path[@class='a']").get("d")

        assert axis.endswith(f"H{right}")
        assert max(edges) == width - 20

    def test_dates_do_not_touch(self, width):
        """Whatever the period."""
        for count in range(7, 366):
            right = width - plot.MARGIN
            marks = [
                mark.x for mark in plot.ticks([day for day, _ in days(count)], right)
            ]

            assert all(b - a >= 49 for a, b in pairwise(marks)), count
            assert marks[-1] <= width - 22, count

    @pytest.mark.parametrize("count", [7, 30, 60])
    def test_bars_are_apart_and_within(self, width, count):
        """One for each day, the last one before the right edge."""
        right = width - plot.MARGIN
        path = plot.bars([1] * count, 1, right)
        edges = [
            (int(x), int(x) + int(flat) + 2 * int(r))
            for x, r, flat in re.findall(r"M(\d+) [^q]*q0-(\d)[^h]*h(\d+)", path)
        ]

        assert len(edges) == count
        assert all(a[1] < b[0] for a, b in pairwise(edges))
        assert edges[-1][1] <= right

    def test_a_line_goes_through_all_days(self, width):
        """From the left to the right, and the area ends below it."""
        right = width - plot.MARGIN
        line = plot.line([1] * 365, 1, right)
        steps = [int(x) for x in re.findall(r"l(\d+) 0", line)]
        start = int(line[1:].partition(" ")[0])

        assert len(steps) == 364
        assert 0 < plot.FINE * right - (start + sum(steps)) < plot.FINE * 4
        assert f"L{start + sum(steps)} " in plot.under(line, 365, right)


class TestNames:
    """The page's name at the top."""

    def name(self, key: str, width: int = 720) -> str:
        """Return what is seen of a page's name."""
        return str(next(draw(ChartLook(width=width), key=key).iter(f"{SVG}text")).text)

    def test_it_is_in_the_pages_own_script(self):
        """In the picture, and in its title."""
        key = f"xn--e1afmkfd.xn--p1ai/{quote('привет')}"
        svg = draw(ChartLook(), key=key)

        assert self.name(key) == "пример.рф/привет"
        assert svg.findtext(f"{SVG}title") == "Views of пример.рф/привет"

    def test_a_trick_is_not_decoded(self):
        """It is the key itself."""
        assert self.name("xn--80ak6aa92e.com") == "xn--80ak6aa92e.com"

    @pytest.mark.parametrize("width", WIDTHS)
    def test_it_is_shortened_to_the_room_there_is(self, width):
        """Beside the total."""
        name = self.name("example.com/" + "a" * 300, width)

        assert len(name) == (width - 190) // 10
        assert name.startswith("example.com/")
        assert name.endswith("aaa")

    @pytest.mark.browser
    def test_no_period_is_cut_off(self, browser):
        """In the narrowest picture, with the longest numbers that are written out."""
        many = [DayHits(day, 2_739_726) for day, _ in days(365)]
        page = browser.new_page()
        try:
            page.set_content(
                draw_chart("a", 1, many, ChartLook(width=MIN_WIDTH)).decode()
            )
            end = page.evaluate(
                "(t => t.getBBox().x + t.getBBox().width)"
                "(document.querySelectorAll('svg svg text')[1])"
            )
        finally:
            page.close()

        assert 100 < end < MIN_WIDTH - 100

    @pytest.mark.parametrize("word", ["हिन्दी", "สวัสดี้", "நிகழ்வுகள்"])
    def test_no_mark_is_cut_from_its_letter(self, word):
        """Whatever the name's length."""
        for more in range(40):
            whole = f"example.com/{'a' * more}/{word * 12}{'-' * (more % 7)}"
            before, _, after = self.name(whole.replace(word, quote(word))).partition(
                "…"
            )

            assert whole.startswith(before)
            assert whole.endswith(after)
            assert category(whole[len(before)])[0] != "M"
            assert category(after[0])[0] != "M"
