"""Chart and heat map: what stands in them."""

import re
from datetime import date, timedelta
from xml.etree import ElementTree as ET

import pytest

from hitsvc.statistics import plot
from hitsvc.statistics.history import History
from hitsvc.statistics.periods import PERIODS, period

TODAY = date(2026, 11, 29)


def history(hits: list[int]) -> History:
    """Return a history of days, the last of which is today."""
    last = len(hits) - 1
    days = {TODAY - timedelta(last - n): number for n, number in enumerate(hits)}
    return History("example.com", sum(hits), 0, 0, days)


def drawn(markup: str) -> list[ET.Element]:
    """Parse a drawing; return all its elements."""
    return list(ET.fromstring(markup).iter())  # noqa: S314 - ours


@pytest.mark.parametrize("name", PERIODS)
@pytest.mark.parametrize("hits", [[0], [1], [2**53, 1], [-5, 3], [7] * 4000])
def test_every_history_can_be_drawn(name, hits):
    """Nothing, little, much, below zero, long."""
    past = history(hits)
    shown = period(past, name)

    elements = drawn(plot.chart(shown))
    drawn(plot.axis(shown))
    drawn(plot.heat_map(past))

    for element in elements:
        assert int(float(element.get("height", "0"))) in range(plot.HEIGHT)
        assert 0 <= float(element.get("y", "0")) <= plot.HEIGHT


def test_each_bar_tells_its_value():
    """To the eye, and to a screen reader."""
    markup = plot.chart(period(history([1234, 5]), "7"))

    assert markup.count('role="img" aria-label="Sat 28 Nov 2026: 1,234"') == 1
    assert markup.count('role="img" aria-label="Sun 29 Nov 2026: 5 so far"') == 1
    assert markup.count("tabindex") == 7


def test_today_is_marked():
    """It is not over."""
    assert plot.chart(period(history([1, 1]), "7")).count('class="now"') == 1


def test_one_view_among_millions_is_seen():
    """What has hits has a bar."""
    heights = re.findall(
        r'class="b"[^>]* height="(\d+)"',
        plot.chart(period(history([10**7, 1, 0, 0]), "7")),
    )

    assert heights[-3:] == ["192", "2", "0"]


@pytest.mark.parametrize(
    ("name", "dates"), [("7", 4), ("30", 8), ("90", 8), ("year", 8)]
)
def test_dates_have_room(name, dates):
    """A few on a phone, more on a wide screen; the latest always."""
    markup = plot.chart(period(history([1] * 400), name))
    seen = re.findall(r'class="(date[ \w]*)"', markup)

    assert sum("wide" not in each for each in seen) <= 4
    assert sum("narrow" not in each for each in seen) in (dates, dates - 1, 7)
    assert seen[-1] in ("date", "date last")


def test_a_heat_map_has_a_cell_a_day():
    """53 weeks, the last of which may not be over."""
    cells = [e for e in drawn(plot.heat_map(history([1]))) if e.tag == "rect"]

    assert len(cells) == 53 * 7


@pytest.mark.parametrize(
    ("hits", "levels"),
    [
        ([0, 1, 25, 50, 75, 100], "012334"),
        ([0, 1], "03"),
        ([-1, 0], "00"),
        ([3, 3], "33"),
        ([1, 1, 1, 5], "2224"),
        ([1, 2, 3, 4, 5, 6, 7, 900], "11223344"),
    ],
)
def test_more_is_darker(hits, levels):
    """By its place among the days with hits; equals are in the middle."""
    classes = re.findall(r'class="h(\d)"', plot.heat_map(history(hits)))

    assert "".join(classes[-len(hits) :]) == levels


def test_a_heat_map_is_told_in_months():
    """For those who do not see it."""
    markup = plot.heat_map(history([5] * 40))

    assert "October 2026: 55, November 2026: 145." in markup
