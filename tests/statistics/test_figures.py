"""What stands beside the chart."""

from datetime import UTC, date, datetime, timedelta

import pytest

from hitsvc.statistics.figures import Change, best_days, change, weekdays
from hitsvc.statistics.history import History

TODAY = date(2026, 11, 29)  # a Sunday
NOON = datetime(2026, 11, 29, 12, tzinfo=UTC)


def history(hits: dict[int, int]) -> History:
    """Return the history of a page by days ago."""
    oldest = max(hits)
    days = {TODAY - timedelta(n): hits.get(n, 0) for n in range(oldest, -1, -1)}
    return History("example.com", sum(hits.values()), 0, 0, days)


SUNDAYS = {7: 100, 14: 120, 21: 80, 28: 100}


@pytest.mark.parametrize(
    ("hits", "now", "percent"),
    [
        pytest.param({0: 60} | SUNDAYS, NOON, 20, id="more"),
        pytest.param({0: 40} | SUNDAYS, NOON, -20, id="less"),
        pytest.param({0: 50} | SUNDAYS, NOON, 0, id="as usual"),
        pytest.param({0: 50} | SUNDAYS, NOON + timedelta(hours=6), -33, id="later"),
        pytest.param(
            {0: 50} | SUNDAYS, NOON + timedelta(hours=36), -50, id="at midnight"
        ),
        pytest.param({0: 50, 7: 100}, NOON, 0, id="one week old"),
        pytest.param({0: 60, 35: 9000} | SUNDAYS, NOON, 20, id="older weeks"),
        pytest.param({0: 60, 6: 9000} | SUNDAYS, NOON, 20, id="other weekdays"),
    ],
)
def test_today_is_compared_with_the_usual_weekday_by_now(hits, now, percent):
    """The mean of four, as much of it as of the day is over."""
    assert change(history(hits), now) == Change(percent, "Sunday")


@pytest.mark.parametrize(
    ("hits", "now"),
    [
        pytest.param({0: 5, 3: 100}, NOON, id="no such weekday yet"),
        pytest.param({0: 5, 7: 19}, NOON, id="too few"),
        pytest.param({0: 5} | SUNDAYS, NOON - timedelta(hours=10), id="too early"),
        pytest.param(
            {0: 500, 7: 9000}, NOON - timedelta(hours=7), id="before it can be told"
        ),
        pytest.param({0: 5} | SUNDAYS, NOON - timedelta(hours=13), id="yesterday"),
    ],
)
def test_where_little_is_known_nothing_is_compared(hits, now):
    """One view more or less would make a difference."""
    assert change(history(hits), now) is None


def test_the_best_days_are_five():
    """The highest first; of equal ones the older."""
    days = best_days(history({1: 5, 2: 9, 3: 5, 4: 1, 5: 2, 6: 3}))

    assert [hits for _, hits in days] == [9, 5, 5, 3, 2]
    assert days[1][0] < days[2][0]


def test_a_day_without_views_is_none_of_them():
    """Nor is one that an operator has set below."""
    assert best_days(history({0: 0, 1: -3})) == []


def test_weekdays_are_means_without_today():
    """Of the last year."""
    means = weekdays(history({0: 9999, 7: 30, 14: 10, 1: 50, 365: 20, 372: 9999}))

    assert [day.name[:3] for day in means] == [
        *("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
    ]
    assert means[6].hits == pytest.approx(40 / 52)
    assert [day.percent for day in means] == [0, 0, 0, 0, 0, 100, 58]


@pytest.mark.parametrize(
    "hits",
    [pytest.param({0: 5, 6: 3}, id="six days"), pytest.param({9: -1}, id="none")],
)
def test_a_week_is_needed(hits):
    """Else a weekday would be missing; and all zeros say nothing."""
    assert weekdays(history(hits)) == []
