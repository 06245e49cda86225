"""Set, add and move: what they do to a page, and what they refuse."""

from datetime import date
from typing import Any

import pytest

from hitsvc.admin import (
    Changed,
    Changes,
    Contents,
    Moved,
    Reader,
    Removal,
    Repair,
)
from hitsvc.admin.importers import MAX_HITS, Row
from hitsvc.counting import Day, Keys
from hitsvc.errors import ChangeRefused
from tests.admin.imports import lasting
from tests.support.saves import Kept
from tests.support.stored import put_day, today

KEYS = Keys("hits:")
A, B = "a.example/x", "b.example"
PAGE = KEYS.page(A)
MAY = date(2026, 5, 1)
NEW_YEAR = date(2025, 1, 1)


def changes(client: Any) -> Changes:
    return Changes(client, KEYS, sleep=lambda seconds: None)


def fill(client: Any, page: str = A, *, undated: int = 2) -> None:
    """Give a page 10 hits of two years, and some without a date."""
    put_day(client, page, Day.of(MAY), 7)
    put_day(client, page, Day.of(NEW_YEAR), 3)
    client.set(KEYS.page(page).undated, undated)
    client.set(KEYS.page(page).total, 10 + undated)
    client.sadd(KEYS.sites, page.partition("/")[0])
    client.sadd(KEYS.pages(page.partition("/")[0]), page)


def contents(client: Any, page: str = A) -> Contents:
    return next(iter(Reader(client, KEYS).contents([page])))[1]


def everything(client: Any) -> dict[str, Any]:
    read = {"string": client.get, "hash": client.hgetall, "set": client.smembers}
    return {name: read[client.type(name)](name) for name in lasting(client)}


class TestSet:
    """`set`: the total, and by as much what has no date."""

    @pytest.mark.parametrize("total", [0, 5, 12, 20_000, MAX_HITS])
    def test_the_total_is_what_was_asked_for_and_days_stay(self, client, total):
        """Below what the days add up to, hits without a date are less than none."""
        fill(client)
        assert changes(client).set(A, total) == Changed(12, total)
        assert contents(client) == Contents(total, total - 10, {NEW_YEAR: 3, MAY: 7})

    def test_twice_is_once(self, client):
        """It can be run again."""
        fill(client)
        changes(client).set(A, 50)
        before = everything(client)
        assert changes(client).set(A, 50) == Changed(50, 50)
        assert everything(client) == before

    def test_a_new_page_is_listed(self, client):
        """It has hits from before this counter, say."""
        assert changes(client).set(A, 7) == Changed(0, 7)
        assert everything(client) == {
            PAGE.total: "7",
            PAGE.undated: "7",
            KEYS.sites: {"a.example"},
            KEYS.pages("a.example"): {A},
        }

    @pytest.mark.parametrize("total", [-1, MAX_HITS + 1])
    def test_a_total_is_from_none_to_what_is_exact(self, client, total):
        """And nothing is written else."""
        with pytest.raises(ChangeRefused):
            changes(client).set(A, total)
        assert everything(client) == {}


class TestAdd:
    """`add`: to a day, or without one."""

    @pytest.mark.parametrize("hits", [-2, 0, 5])
    def test_without_a_day(self, client, hits):
        """Hits without a date are more."""
        fill(client)
        assert changes(client).add(A, hits) == Changed(12, 12 + hits)
        assert contents(client).undated == 2 + hits

    @pytest.mark.parametrize("day", [MAY, date(2024, 2, 29), date(1970, 1, 1)])
    def test_to_a_day(self, client, day):
        """One that has hits, or none yet."""
        fill(client)
        changes(client).add(A, 5, day)
        held = contents(client)
        assert (held.total, held.undated) == (17, 2)
        assert held.days[day] == (12 if day == MAY else 5)

    @pytest.mark.parametrize(
        ("hits", "day"),
        [
            pytest.param(-13, None, id="total"),
            pytest.param(-8, MAY, id="day"),
            pytest.param(-1, date(2026, 5, 2), id="day without hits"),
            pytest.param(MAX_HITS, None, id="too many"),
            pytest.param(MAX_HITS, MAY, id="too many on a day"),
            pytest.param(MAX_HITS + 1, None, id="more than exact"),
            pytest.param(1, date(1969, 12, 31), id="before there were counters"),
            pytest.param(1, date(2100, 1, 1), id="after our time"),
        ],
    )
    def test_what_cannot_be_is_refused(self, client, hits, day):
        """And nothing has changed."""
        fill(client)
        before = everything(client)
        with pytest.raises(ChangeRefused):
            changes(client).add(A, hits, day)
        assert everything(client) == before

    def test_a_day_that_has_not_come_gets_no_hits(self, client):
        """Nobody means it; what stands there by mistake can be taken away."""
        fill(client)
        today, tomorrow = date(2026, 5, 3), date(2026, 5, 4)
        with pytest.raises(ChangeRefused, match="2026-05-04 has not come yet"):
            changes(client).add(A, 1, tomorrow, today)
        assert changes(client).add(A, 1, today, today) == Changed(12, 13)
        changes(client).add(A, 1, tomorrow)
        assert changes(client).add(A, -1, tomorrow, today) == Changed(14, 13)

    def test_a_refused_new_page_is_not_listed(self, client):
        """It is not there."""
        with pytest.raises(ChangeRefused):
            changes(client).add(A, -1)
        assert everything(client) == {}


class TestMove:
    """`move`: a page's hits become another's."""

    def test_to_a_new_page(self, client):
        """All of it, in the index too."""
        fill(client)
        assert changes(client).move(A, B) == Moved(12, 0)
        held = contents(client, B)
        assert held == Contents(12, 2, {NEW_YEAR: 3, MAY: 7})
        assert client.smembers(KEYS.sites) == {"b.example"}
        assert lasting(client, f"{PAGE.total}*") == []

    def test_into_another_page(self, client):
        """Days are added to days; what both have is saved before."""
        fill(client)
        fill(client, B, undated=-4)
        kept = Kept()
        assert changes(client).move(A, B, kept) == Moved(12, 6)
        assert contents(client, B) == Contents(18, -2, {NEW_YEAR: 6, MAY: 14})
        assert sum(row.hits for row in kept.rows if row.url == A) == 12
        assert sum(row.hits for row in kept.rows if row.url == B) == 6

    def test_what_comes_to_the_old_address_counts_there(self, client):
        """It begins anew, and is listed."""
        fill(client)

        def visit(_seconds: float) -> None:
            if client.incr(PAGE.total) == 1:
                client.sadd(KEYS.pages("a.example"), A)
            put = PAGE.year(2026), "1", 1
            client.hincrby(*put)

        Changes(client, KEYS, sleep=visit).move(A, B)
        assert contents(client).total > 0
        assert client.smembers(KEYS.pages("a.example")) == {A}

    @pytest.mark.parametrize(
        ("old", "new"), [(A, A), ("c.example", B)], ids=["same", "not there"]
    )
    def test_what_cannot_be_moved(self, client, old, new):
        """Is told, and nothing changes."""
        fill(client)
        before = everything(client)
        with pytest.raises(ChangeRefused):
            changes(client).move(old, new)
        assert everything(client) == before

    def test_too_many_together(self, client):
        """More than can be counted exactly."""
        fill(client)
        changes(client).set(B, MAX_HITS)
        before = everything(client)
        with pytest.raises(ChangeRefused):
            changes(client).move(A, B)
        assert everything(client) == before

    def test_a_half_written_hit_keeps_its_place_in_the_total(self, client):
        """Its day comes to a page that is gone: it counts as without a date."""
        fill(client)
        client.incr(PAGE.total)
        late = [1]

        def arrive(_seconds: float) -> None:
            if late:
                client.hincrby(PAGE.year(2026), "329", late.pop())

        Changes(client, KEYS, sleep=arrive).move(A, B)
        held = contents(client, B)
        assert (held.total, held.undated) == (13, 3)
        assert lasting(client, f"{PAGE.total}*") == []


SPOILS = [
    pytest.param(lambda c: c.set(PAGE.total, "many"), id="total no number"),
    pytest.param(lambda c: c.set(PAGE.total, "1" + 16 * "0"), id="total too large"),
    pytest.param(
        lambda c: (c.delete(PAGE.total), c.hset(PAGE.total, "x", 1)), id="total a hash"
    ),
    pytest.param(lambda c: c.set(PAGE.undated, "1.5"), id="undated no number"),
    pytest.param(
        lambda c: (c.delete(PAGE.undated), c.sadd(PAGE.undated, 1)), id="undated a set"
    ),
    pytest.param(lambda c: c.hset(PAGE.year(2026), "1", "x"), id="day no number"),
    pytest.param(lambda c: c.hset(PAGE.year(2026), "x", "1"), id="no day"),
    pytest.param(lambda c: c.set(PAGE.year(2024), "x"), id="year a string"),
    pytest.param(
        lambda c: c.hset(PAGE.version_1_days, "20260101", 1), id="version 1.0"
    ),
]


@pytest.mark.parametrize("spoil", SPOILS)
def test_a_page_that_cannot_be_read_is_left_as_it_is(client, spoil):
    """By moves from it and to it: checked before anything is written."""
    fill(client)
    fill(client, B)
    spoil(client)
    before = everything(client)
    for old, new in ((A, B), (B, A)):
        with pytest.raises(ChangeRefused, match="example"):
            changes(client).move(old, new)
        assert everything(client) == before


@pytest.mark.parametrize("spoil", SPOILS[:5])
def test_a_total_that_cannot_be_read_is_not_set(client, spoil):
    """Nor added to."""
    fill(client)
    spoil(client)
    before = everything(client)
    with pytest.raises(ChangeRefused):
        changes(client).set(A, 1)
    with pytest.raises(ChangeRefused):
        changes(client).add(A, 1)
    assert everything(client) == before


def test_an_export_of_a_page_adds_up_to_its_total(client):
    """What a lost day has left apart is without a date."""
    fill(client)
    client.incr(PAGE.total)
    assert list(contents(client).rows(A)) == [
        Row(A, None, 3),
        Row(A, NEW_YEAR, 3),
        Row(A, MAY, 7),
    ]


def test_sums_are_forgotten_by_a_change(client):
    """Nobody is shown what was before."""
    for change in (
        lambda: changes(client).set(A, 3),
        lambda: changes(client).add(A, 3),
        lambda: changes(client).move(A, "a.example"),
    ):
        client.set(KEYS.sums("a.example"), "old")
        change()
        assert client.exists(KEYS.sums("a.example")) == 0
    assert Repair(client, KEYS, sleep=print).run().differences == {}


@pytest.mark.parametrize("client", ["fakeredis", "valkey"], indirect=True)
class TestVisitors:
    """What becomes of visitors, of days that are over and of today."""

    @pytest.fixture(name="visited")
    def _visited(self, client: Any) -> Any:
        """Two pages with visitors: on days that are over, and today, one of both."""
        for page, field in ((A, "5"), (B, "5"), (A, "6")):
            fill(client, page)
            client.hset(KEYS.page(page).visitors(2026), field, 3)
        self.today = today().name
        client.pfadd(KEYS.page(A).sketch(self.today), "ann", "bob")
        client.pfadd(KEYS.page(B).sketch(self.today), "ann")
        return client

    def left(self, client: Any, page: str) -> list[str]:
        return [name for name in client.keys("*:v:*") if f"{{{page}}}" in name]

    @pytest.mark.parametrize("name", ["delete", "reset"])
    def test_what_is_removed_has_none(self, visited: Any, name: str) -> None:
        """And other pages keep theirs."""
        removal = Removal(visited, KEYS, sleep=lambda seconds: None)
        getattr(removal, name)([A], Kept())
        assert self.left(visited, A) == []
        assert len(self.left(visited, B)) == 2
