"""Periods, and the bars that each has."""

from datetime import date, timedelta
from itertools import pairwise

import pytest

from hitsvc.statistics.history import History
from hitsvc.statistics.periods import PERIODS, period

TODAY = date(2026, 11, 29)  # a Sunday


def history(days: int, today: date = TODAY) -> History:
    """Return a history of so many days, each with as many hits as it is days ago."""
    hits = {today - timedelta(ago): ago for ago in reversed(range(days))}
    return History("example.com", sum(hits.values()), 0, 0, hits)


@pytest.mark.parametrize(("name", "number"), [("7", 7), ("30", 30), ("90", 90)])
def test_up_to_90_days_have_a_bar_a_day(name, number):
    """Today is the last, and not over."""
    shown = period(history(400), name)

    assert shown.unit == "day"
    assert [bar.hits for bar in shown.bars] == list(reversed(range(number)))
    assert [bar.unfinished for bar in shown.bars] == [False] * (number - 1) + [True]
    assert shown.bars[-1].name == "Sun 29 Nov 2026"
    assert shown.bars[-1].short == "29 Nov"
    assert shown.hits == sum(range(number))


def test_days_before_the_first_view_have_none():
    """They are there, so that bars of pages can be compared."""
    assert [bar.hits for bar in period(history(3), "7").bars] == [0, 0, 0, 0, 2, 1, 0]


@pytest.mark.parametrize("ago", range(7))
def test_a_year_has_a_bar_a_week(ago):
    """53 weeks, each from Monday; the latest ends with its Sunday."""
    today = TODAY - timedelta(ago)
    shown = period(history(800, today), "year")

    assert (shown.unit, len(shown.bars)) == ("week", 53)
    assert {bar.first.weekday() for bar in shown.bars} == {0}
    assert shown.bars[-1].last == today
    assert [bar.unfinished for bar in shown.bars[-2:]] == [False, True]


def test_a_week_is_the_sum_of_its_days():
    """Of Monday to Sunday."""
    shown = period(history(800), "year")

    assert shown.bars[-1].hits == sum(range(7))
    assert shown.bars[-2].hits == sum(range(7, 14))
    assert shown.bars[-2].name == "Week from Mon 16 Nov 2026"


@pytest.mark.parametrize(
    ("days", "unit", "number"),
    [
        pytest.param(1, "day", 7, id="never less than a week"),
        pytest.param(8, "day", 8, id="8 days"),
        pytest.param(90, "day", 90, id="90 days"),
        pytest.param(91, "week", 13, id="91 days"),
        pytest.param(106 * 7, "week", 106, id="two years"),
        pytest.param(106 * 7 + 1, "month", 25, id="more than two years"),
        pytest.param(4000, "month", 132, id="eleven years"),
    ],
)
def test_all_has_bars_as_wide_as_is_needed(days, unit, number):
    """Days, weeks, or months."""
    shown = period(history(days), "all")

    assert (shown.unit, len(shown.bars)) == (unit, number)


@pytest.mark.parametrize("name", PERIODS)
@pytest.mark.parametrize("days", [1, 90, 91, 800])
def test_bars_have_no_gap_and_do_not_overlap(name, days):
    """Each begins on the day after the one before."""
    bars = period(history(days), name).bars

    assert bars[-1].last == TODAY
    assert all(a.last + timedelta(1) == b.first for a, b in pairwise(bars))


def test_all_has_all():
    """No day of a history is left out."""
    for days in (1, 50, 91, 800, 4000):
        past = history(days)
        assert period(past, "all").hits == past.total


def test_months_are_named():
    """With their year."""
    bars = period(history(800), "all").bars

    assert [bar.name for bar in bars[-2:]] == ["October 2026", "November 2026"]
    assert (bars[-1].short, bars[-1].unfinished) == ("Nov 2026", True)


def test_a_month_that_ends_today_is_not_over():
    """Today is not."""
    bars = period(history(800, date(2026, 11, 30)), "all").bars

    assert (bars[-1].last, bars[-1].unfinished) == (date(2026, 11, 30), True)
