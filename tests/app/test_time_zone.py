"""Days in the zone of the service, wherever they are shown.

Kiritimati is 14 hours before UTC, and Niue 11 behind it: it is never the same day in both.
"""

import json
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from hitsvc.counting import Day, Keys
from tests.dashboard.operating import LOCAL

ZONES = ["Pacific/Kiritimati", "Pacific/Niue"]
PAGE = "/count.json?url=example.com/a"
KEYS = Keys("hits:").page("example.com/a")


@pytest.fixture(name="zone", params=ZONES)
def _zone(request):
    return request.param


@pytest.fixture(name="there")
def _there(open_site, zone):
    """A service in a zone, with a hit of now."""
    site = open_site(timezone=zone, cookie_timeout=0)
    assert json.loads(site.get(PAGE).text)["today"] == 1
    return site


def days_of(zone: str, before: datetime) -> set[Day]:
    """Return the day of a test that began then; two of them, if it runs at midnight."""
    return {Day.of(before.date()), Day.of(datetime.now(ZoneInfo(zone)).date())}


def test_a_hit_counts_for_the_day_there(there, zone):
    """In the hash of that year, under that day."""
    before = datetime.now(ZoneInfo(zone))
    there.get(PAGE)
    found = {
        field
        for day in days_of(zone, before)
        for field in there.redis.hkeys(KEYS.year(day.year))
    }
    assert found <= {day.field for day in days_of(zone, before)}
    assert found


def test_what_is_read_is_of_that_day(there, zone):
    """In JSON, with its date."""
    before = datetime.now(ZoneInfo(zone))
    said = json.loads(there.get("/nocount.json?url=example.com/a&days=1").text)
    (day,) = said["days"]
    assert day["day"] in {str(d.date) for d in days_of(zone, before)}


@pytest.mark.parametrize(
    "address", ["/p/example.com/a", "/graph.svg?url=example.com/a"]
)
def test_the_zone_is_named(there, zone, address):
    """For whoever wonders which day it is."""
    assert zone in there.get(address).text


def test_the_store_has_it(there, zone):
    """For commands."""
    assert there.redis.get("hits:zone") == zone


def test_the_dashboard_goes_by_it(open_site, zone):
    """A page's days are those of the zone, and the sums are, too."""
    token = "0123456789abcdef0123456789abcdef"
    site = open_site(timezone=zone, admin_token=token)
    site.get(PAGE)
    bearer = {**LOCAL, "Authorization": f"Bearer {token}"}
    page = json.loads(site.get("/api/v1/pages/example.com/a", bearer).text)
    assert page["today"] == 1
    top = "/api/v1/pages?sort=today"
    site.get(top, bearer)
    site.settle()
    assert json.loads(site.get(top, bearer).text)["pages"][0]["today"] == 1
