"""Pages' latest days, and all of one, by commands that only read."""

from datetime import date
from typing import Any

from hitsvc.admin import Contents, Histories, History
from hitsvc.counting import Day, Keys
from tests.support.stored import put_day

KEYS = Keys("hits:")
A, B = "a.example", "b.example/x"
TODAY = date(2026, 1, 3)  # the latest days reach into the year before


def histories(client: Any) -> Histories:
    return Histories(client, KEYS, lambda: Day.of(TODAY))


def put(client: Any, page: str, total: Any, **days: int) -> None:
    client.set(KEYS.page(page).total, total)
    for ago, hits in days.items():
        day = date.fromordinal(TODAY.toordinal() - int(ago[1:]))
        put_day(client, page, Day.of(day), hits)


def test_days_are_in_order_over_the_new_year(client):
    """The oldest first."""
    put(client, A, 20, _0=1, _3=2, _29=4, _30=8)

    (found,) = histories(client).of([A, B])

    assert found == History(A, 20, (4, *(0,) * 25, 2, 0, 0, 1))
    assert [found.last(days) for days in (1, 7, 30)] == [1, 3, 7]


def test_what_cannot_be_read_is_left_out(client):
    """Pages without a number, and days."""
    put(client, A, "x")
    put(client, B, 3)
    client.set(KEYS.page(B).year(2026), "no hash")
    client.hset(KEYS.page(B).year(2025), "365", "many")

    assert histories(client).of([A, B]) == [History(B, 3, (0,) * 30)]


def test_all_of_a_page(client):
    """As the scripts read it."""
    put(client, A, 20, _0=1, _3=2)
    client.set(KEYS.page(A).undated, 17)

    assert histories(client).whole(A) == Contents(
        20, 17, {date(2025, 12, 31): 2, TODAY: 1}
    )
    assert histories(client).whole(B) is None
