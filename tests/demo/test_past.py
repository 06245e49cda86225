"""The made-up past: plausible, and the same each time."""

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest

from hitsvc.admin.importers import Row, key_of
from hitsvc.demo import PAGES, SHOWCASE, SITES, Page, rows

NOON = datetime(2026, 11, 12, 12, tzinfo=UTC)
TODAY = NOON.date()
QUIET = Page("a.example", 0.5, 400, 1.0, 1.0)


def past(*pages: Page, now: datetime = NOON, seed: int = 1) -> list[Row]:
    """Invent the past of all pages, or of some."""
    return list(rows(pages or PAGES, now, seed))


def test_it_is_the_same_each_time() -> None:
    """Pictures of it do not change by themselves."""
    assert past() == past()


def test_another_seed_makes_other_numbers() -> None:
    """Of the same pages."""
    one, other = past(), past(seed=2)

    assert one != other
    assert {row.url for row in one} == {row.url for row in other}


def test_it_can_be_imported() -> None:
    """Each page and day is there once, ordered by page."""
    found = past()

    assert [row.url for row in found] == sorted(row.url for row in found)
    assert max(Counter((row.url, row.day) for row in found).values()) == 1
    assert all(row.hits > 0 for row in found)


def test_the_day_moves_with_the_calendar() -> None:
    """Nothing is of tomorrow, and today has begun."""
    latest = max(row.day for row in past() if row.day)

    assert latest == TODAY
    assert max(row.day for row in past(now=NOON + timedelta(3)) if row.day) == (
        TODAY + timedelta(3)
    )


@pytest.mark.parametrize(("hour", "least", "most"), [(0, 0, 1), (12, 290, 720)])
def test_today_fills_with_the_hours(hour: int, least: int, most: int) -> None:
    """At midnight nobody has come yet."""
    page = Page("a.example", 1000, 400, 1.0, 1.0)
    found = past(page, now=NOON.replace(hour=hour))
    today = sum(row.hits for row in found if row.day == TODAY)

    assert least <= today <= most


def test_what_is_shown_first_has_more_than_a_year() -> None:
    """So that its chart, its year and its weekdays are full."""
    days = [row.day for row in past() if row.url == SHOWCASE and row.day]

    assert min(days) < TODAY - timedelta(400)
    assert len(days) > 400


def test_a_manual_is_read_at_work() -> None:
    """Weekdays look like weekdays."""
    by_weekday = Counter[bool]()
    for row in past():
        if row.day and row.url.startswith("docs."):
            by_weekday[row.day.weekday() >= 5] += row.hits

    assert by_weekday[True] / 2 < 0.6 * by_weekday[False] / 5


def test_a_link_from_elsewhere_brings_a_crowd() -> None:
    """On its day, and fewer on the next ones."""
    found = past(Page("a.example", 10, 400, bursts=((100, 500),)))
    hits = {row.day: row.hits for row in found}
    crowd = TODAY - timedelta(100)

    assert max(hits, key=lambda day: hits[day]) == crowd
    assert hits[crowd] > hits[crowd + timedelta(1)] > 2 * hits[crowd - timedelta(1)]


def test_a_quiet_page_has_a_view_now_and_then() -> None:
    """Not none, because half a view is rounded down."""
    assert 150 < sum(row.hits for row in past(QUIET)) < 250


def test_what_is_older_than_days_has_none() -> None:
    """As of a counter that somebody has moved in from."""
    older = [row for row in past(QUIET._replace(older=99)) if row.day is None]

    assert older == [Row("a.example", None, 99)]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.key)
def test_a_page_is_nobodys(page: Page) -> None:
    """Its key is one, and its name ends as no name on the web does."""
    host = page.key.partition("/")[0]

    assert key_of(page.key) == page.key
    assert host in SITES
    assert host.endswith(".example")
