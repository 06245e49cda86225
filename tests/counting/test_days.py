"""Days, and where their hits are stored."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hitsvc.counting.days import Calendar, Day, latest_days, utc_day

YEAR_2000 = int(datetime(2000, 1, 1, tzinfo=UTC).timestamp())
ZONES = [
    "UTC",
    "Africa/Cairo",
    "America/New_York",
    "America/Havana",
    "America/St_Johns",
    "Asia/Beirut",
    "Asia/Kathmandu",
    "Asia/Kolkata",
    "Australia/Lord_Howe",
    "Europe/Berlin",
    "Pacific/Apia",
    "Pacific/Kiritimati",
]


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


class TestCalendar:
    """Days in a time zone."""

    @given(
        st.sampled_from(ZONES),
        st.integers(0, 60 * 366 * 86_400),
        st.lists(st.integers(-90_000, 90_000), max_size=5),
    )
    def test_the_day_is_that_of_the_zone(self, zone, start, steps):
        """At every second of sixty years, whichever way clocks are set meanwhile."""
        now = YEAR_2000 + start
        calendar = Calendar(zone, lambda: now)
        for step in (0, *steps):
            now += step
            there = datetime.fromtimestamp(now, ZoneInfo(zone))
            assert calendar.today().date == there.date()
            assert calendar.now() == there

    @pytest.mark.parametrize(
        ("zone", "day", "hours"),
        [
            ("Europe/Berlin", date(2026, 3, 29), 23),
            ("Europe/Berlin", date(2026, 10, 25), 25),
            ("Africa/Cairo", date(2026, 4, 24), 23),  # it begins at 1:00
            ("Asia/Beirut", date(2026, 10, 24), 25),  # it ends an hour after midnight
            ("Asia/Kolkata", date(2026, 3, 29), 24),
            ("Australia/Lord_Howe", date(2026, 4, 5), 24.5),
        ],
    )
    def test_a_day_is_as_long_as_its_clocks_say(self, zone, day, hours):
        """Every second of it is its own, and none of the days around it."""
        noon = datetime(day.year, day.month, day.day, 12, tzinfo=ZoneInfo(zone))
        middle = int(noon.timestamp())
        now = 0
        calendar = Calendar(zone, lambda: now)
        seconds = 0
        for minute in range(middle - 18 * 3600, middle + 18 * 3600, 60):
            for second in (minute, minute + 59):
                now = second
                seconds += 30 * (calendar.today().date == day)
        assert seconds == hours * 3600

    def test_today_is_one_object_all_day(self):
        """So a page knows that its day has not changed."""
        now = YEAR_2000 + 3600.0
        calendar = Calendar("Europe/Berlin", lambda: now)
        first = calendar.today()
        now += 7200.5
        assert calendar.today() is first

    def test_in_utc_nothing_is_added(self):
        """Batches ask the same function as without a zone."""
        assert Calendar().today is utc_day
