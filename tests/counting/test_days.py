"""Days, and where their hits are stored."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hitsvc.counting.days import Day, latest_days, utc_day


@pytest.mark.parametrize(
    ("day", "year", "field"),
    [
        (date(2026, 1, 1), 2026, "1"),
        (date(2026, 12, 31), 2026, "365"),
        (date(2028, 12, 31), 2028, "366"),
    ],
)
def test_a_day_is_a_field_of_its_year(day, year, field):
    """From 1 on, as the calendar counts them."""
    assert Day.of(day) == Day(day, year, field)


@given(st.dates(min_value=date(1970, 1, 1)))
def test_a_field_leads_back_to_its_day(day):
    """So a hash can be read without us: the first of January and field - 1 days."""
    stored = Day.of(day)
    assert date(stored.year, 1, 1) + timedelta(int(stored.field) - 1) == day


def test_days_follow_the_calendar():
    """The day before the first of March is in February, of 29 days in a leap year."""
    days = latest_days(Day.of(date(2028, 3, 1)), 2)
    assert [day.date for day in days] == [date(2028, 2, 29), date(2028, 3, 1)]


def test_today_is_in_utc():
    """And it is one object, which is how a page knows that its day has not changed."""
    before = datetime.now(UTC).date()
    today = utc_day()
    assert today.date in {before, datetime.now(UTC).date()}
    assert today is utc_day() or today.date != datetime.now(UTC).date()
