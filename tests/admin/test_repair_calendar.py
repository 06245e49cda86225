"""`hitsvc repair`: the calendar of the script that moves days of version 1.0."""

from datetime import date, timedelta
from typing import Any

from fakeredis import FakeRedis
from hypothesis import given, settings
from hypothesis import strategies as st

from hitsvc.admin.client import script
from hitsvc.counting import Keys

A = Keys("hits:").page("a.example")


@settings(max_examples=60, deadline=None)
@given(
    st.dictionaries(
        st.dates(date(1999, 1, 1), date(2101, 1, 1)),
        st.integers(0, 10**12),
        max_size=40,
    )
)
def test_every_day_lands_where_the_calendar_has_it(days):
    """For any days: the script's calendar is Python's."""
    client: Any = FakeRedis(decode_responses=True)
    client.set(A.total, sum(days.values()))
    for day, hits in days.items():
        client.hset(A.version_1_days, f"{day:%Y%m%d}", str(hits))
    if days:
        client.eval(script("move_days"), 2, A.total, A.version_1_days)
    stored = {}
    for name in client.keys(f"{A.total}:d:*"):
        first = date(int(name.rpartition(":")[2]), 1, 1)
        for field, hits in client.hgetall(name).items():
            stored[first + timedelta(int(field) - 1)] = int(hits)
    assert stored == days
