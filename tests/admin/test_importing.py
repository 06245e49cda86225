"""Importing rows: what becomes of them, and that each is counted once."""

from itertools import count
from typing import Any

import pytest
from fakeredis import FakeRedis
from hypothesis import given, settings
from hypothesis import strategies as st
from redis.exceptions import ConnectionError as Lost

from hitsvc.admin.client import LOCK_S
from hitsvc.admin.importers import MAX_HITS, LeftOut, Row
from hitsvc.admin.importing import IN_FUTURE, TOO_OLD, Outcome
from hitsvc.admin.locking import only_one
from hitsvc.counting import Day
from hitsvc.errors import StoreError
from tests.admin.imports import (
    KEYS,
    NOW,
    A,
    B,
    adds_up,
    pages,
    rows,
    run,
)
from tests.support.cut import CutClient

ROWS = rows(
    ("a.example", "", -1),
    ("a.example", "2025-12-31", 3),
    ("a.example", "2026-01-01", 4),
    ("b.example/x", "2026-03-01", 7),
)
STORED = {
    A.total: "6",
    A.undated: "-1",
    A.year(2025): {"365": "3"},
    A.year(2026): {"1": "4"},
    B.total: "7",
    B.year(2026): {"60": "7"},
    KEYS.sites: {"a.example", "b.example"},
    KEYS.pages("a.example"): {"a.example"},
    KEYS.pages("b.example"): {"b.example/x"},
}
TOO_MANY = "more hits than can be counted exactly"


class TestWhatBecomesOfRows:
    """Totals, years, undated and the index."""

    def test_an_empty_store_has_them_afterwards(self, client):
        """Each where it belongs."""
        outcome = run(client, ROWS)
        assert pages(client) == STORED
        assert outcome == Outcome(
            rows=4, pages=2, hits=13, new_pages=2, examples=["a.example", "b.example/x"]
        )

    def test_they_are_added_to_what_is_there(self, client):
        """And the report counts new pages and added hits only."""
        client.set(A.total, 10)
        client.hset(A.year(2026), mapping={"1": 4, "2": 6})
        outcome = run(client, ROWS)
        assert client.hgetall(A.year(2026)) == {"1": "8", "2": "6"}
        assert client.get(A.total) == "16"
        assert (outcome.new_pages, outcome.hits) == (1, 13)
        adds_up(client)

    @pytest.mark.parametrize(
        ("mode", "day", "undated", "total"),
        [
            pytest.param("add", ("8", "9"), "11", "28", id="add"),
            pytest.param("max", ("5", "6"), "9", "20", id="max"),
            pytest.param("replace", ("3", "6"), "2", "11", id="replace"),
        ],
    )
    def test_each_day_is_compared_by_itself(self, client, mode, day, undated, total):
        """Hits without a day are one day more; days that the file lacks stay."""
        client.set(A.total, 17)
        client.set(A.undated, 9)
        client.hset(A.year(2026), mapping={"1": 5, "2": 3})
        run(
            client,
            rows(
                ("a.example", "", 2),
                ("a.example", "2026-01-01", 3),
                ("a.example", "2026-01-02", 6),
            ),
            mode=mode,
        )
        stored = client.hgetall(A.year(2026))
        assert ((stored["1"], stored["2"]), client.get(A.undated)) == (day, undated)
        assert client.get(A.total) == total
        adds_up(client)

    def test_a_page_without_hits_is_a_page(self, client):
        """As an export has it."""
        run(client, rows(("a.example", "", 0)))
        assert client.get(A.total) == "0"

    def test_leap_days_land_where_hits_do(self, client):
        """The day of the year is counted as the service counts it."""
        given = rows(("a.example", "2024-02-29", 1), ("a.example", "2024-12-31", 2))
        run(client, given)
        assert client.hgetall(A.year(2024)) == {
            Day.of(row.day).field: str(row.hits)  # type: ignore[arg-type]
            for row in given
        }

    @pytest.mark.parametrize("number", [10, 11, 520])
    def test_any_number_of_pages_is_imported(self, number):
        """However many batches that takes."""
        client: Any = FakeRedis(decode_responses=True)
        given = [Row(f"a.example/{n:06}", None, n) for n in range(number)]
        assert run(client, given, batch_rows=10).pages == number
        assert client.scard(KEYS.pages("a.example")) == number
        assert client.get(KEYS.page("a.example/000007").total) == "7"


class TestWhatIsRefused:
    """A page's rows are counted all or none."""

    @pytest.mark.parametrize(
        ("before", "given", "why"),
        [
            pytest.param(
                {"total": 1}, [("", MAX_HITS)], TOO_MANY, id="total above the limit"
            ),
            pytest.param(
                {}, [("", -MAX_HITS), ("2026-01-01", 1)], "fewer", id="less than none"
            ),
            pytest.param(
                {"undated": -MAX_HITS, "total": 0, "day": MAX_HITS},
                [("2026-01-01", 1)],
                TOO_MANY,
                id="a day above the limit",
            ),
            pytest.param(
                {"undated": 1, "total": 1},
                [("", -2)],
                "fewer",
                id="more than there are",
            ),
            pytest.param({"total": "x"}, [("", 1)], "no numbers", id="no number"),
            pytest.param({"day": "x"}, [("2026-01-01", 1)], "no numbers", id="no day"),
            pytest.param({"undated": [1]}, [("", 1)], "another type", id="type"),
            pytest.param(
                {},
                [("2026-01-01", MAX_HITS), ("2026-01-02", 1)],
                TOO_MANY,
                id="the sum above the limit",
            ),
        ],
    )
    def test_what_cannot_be_counted_changes_nothing(self, client, before, given, why):
        """It is named with its reason, and the other pages are counted."""
        if "total" in before:
            client.set(A.total, before["total"])
        if "day" in before:
            client.hset(A.year(2026), "1", before["day"])
        undated = before.get("undated")
        if isinstance(undated, list):
            client.rpush(A.undated, *undated)
        elif undated is not None:
            client.set(A.undated, undated)
        dump = [
            client.get(A.total),
            client.hgetall(A.year(2026)),
            client.type(A.undated),
        ]
        left_out = LeftOut()
        outcome = run(
            client,
            [*rows(*(("a.example", day, hits) for day, hits in given)), *ROWS[3:]],
            left_out,
        )
        assert [why in reason for reason in left_out.reasons] == [True]
        assert dump == [
            client.get(A.total),
            client.hgetall(A.year(2026)),
            client.type(A.undated),
        ]
        assert (outcome.pages, client.get(B.total)) == (1, "7")

    def test_the_limit_itself_is_counted(self, client):
        """2 to the 53rd, to the last hit."""
        client.set(A.total, 1)
        client.set(A.undated, 1)
        run(client, rows(("a.example", "", MAX_HITS - 1)))
        assert client.get(A.total) == str(MAX_HITS)

    def test_days_that_cannot_be_right_are_left_out(self, client):
        """Tomorrow may be today elsewhere; what is later is a mistake."""
        left_out = LeftOut()
        given = rows(
            ("a.example", "1969-12-31", 1),
            ("a.example", "1970-01-01", 2),
            ("a.example", "2026-11-26", 4),
            ("a.example", "2026-11-27", 8),
        )
        assert run(client, given, left_out).hits == 6
        assert {why: r.hits for why, r in left_out.reasons.items()} == {
            TOO_OLD: 1,
            IN_FUTURE: 8,
        }

    def test_a_full_store_stops_it_before_hits_have_no_room(self, valkey_client):
        """And what has been counted stays so."""
        used = valkey_client.info()["used_memory"]
        valkey_client.config_set("maxmemory", int(used * 1.08))
        try:
            with pytest.raises(StoreError, match="goes on where it has stopped"):
                run(valkey_client, ROWS)
        finally:
            valkey_client.config_set("maxmemory", 0)
        run(valkey_client, ROWS)
        assert pages(valkey_client) == STORED


class TestOnce:
    """Whatever is run again."""

    def test_a_second_time_adds_nothing(self, client):
        """And does not even read the rows."""
        run(client, ROWS)
        unread = iter(ROWS)
        assert run(client, unread) == Outcome(done_before=NOW)
        assert next(unread) == ROWS[0]
        assert pages(client) == STORED

    def test_another_import_is_another(self, client):
        """Its id says so."""
        run(client, ROWS)
        run(client, ROWS, name="two")
        assert client.get(A.total) == "12"

    def test_it_can_be_asked_for_again(self, client):
        """After a page was deleted, say."""
        run(client, ROWS)
        for name in filter(lambda name: name.startswith("hits:{"), STORED):
            client.delete(name)
        outcome = run(client, ROWS, again=True)
        assert pages(client) == STORED
        assert (outcome.rows, outcome.new_pages) == (4, 2)

    def test_a_dry_run_says_the_same_and_changes_nothing(self, client):
        """Not even the mark."""
        outcome = run(client, ROWS, dry_run=True)
        assert client.keys("*") == []
        assert run(client, ROWS) == outcome

    @pytest.mark.parametrize("again", [False, True])
    def test_a_dry_run_tells_what_is_left_to_do(self, client, again):
        """Of an import that was cut off."""
        mark = KEYS.import_mark("one")
        client.hset(mark, mapping={"page": "a.example", "rows": 3})
        outcome = run(client, ROWS, dry_run=True, again=again)
        assert (outcome.rows_before, outcome.rows) == ((0, 4) if again else (3, 1))

    @pytest.mark.parametrize(("before", "now"), [("", "fold_www"), ("query=p", "")])
    def test_the_rest_is_not_imported_by_other_rules(self, client, before, now):
        """Its rows would have other pages, and stand in another order."""
        mark = {"page": "a.example", "rows": 3, "rules": before}
        client.hset(KEYS.import_mark("one"), mapping=mark)
        with pytest.raises(StoreError, match=rf"\({before or 'none'}\)"):
            run(client, ROWS, rules=now)
        assert pages(client) == {}
        assert run(client, ROWS, rules=before).rows == 1

    def test_an_import_that_has_done_nothing_may_go_on_by_other_rules(self, client):
        """And by them only from then on."""
        client.hset(KEYS.import_mark("one"), "rules", "fold_www")
        run(client, ROWS)
        assert pages(client) == STORED
        assert client.hget(KEYS.import_mark("one"), "rules") == ""

    def test_one_change_is_made_at_a_time(self, client):
        """The lock is held while it runs, and free afterwards."""
        with only_one(client, KEYS), pytest.raises(StoreError, match="another command"):
            run(client, ROWS)
        run(client, ROWS)
        assert client.exists(KEYS.lock) == 0

    def test_the_lock_is_taken_when_the_source_has_been_read(self, client):
        """Reading may take longer than it lasts."""
        seen: list[int] = []

        def reading() -> Any:
            seen.append(client.exists(KEYS.lock))
            yield from ROWS

        run(client, reading())
        assert seen == [0]
        assert LOCK_S > 0

    def test_a_mark_that_was_moved_by_another_stops_it(self, client):
        """Even if the lock was lost: the script looks itself."""
        mark = KEYS.import_mark("one")

        def given() -> Any:
            yield Row("a.example", None, 1)
            yield Row("b.example", None, 1)
            client.hset(mark, "page", "z.example")

        with pytest.raises(Exception, match="IMPORTED by another command"):
            run(client, given(), batch_rows=1)
        assert client.exists(KEYS.page("b.example").total) == 0


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
def test_it_can_be_cut_off_anywhere_and_run_again(client, after):
    """At every single command: each row is counted once."""
    given = ROWS + [Row(f"c.example/{n}", None, n) for n in range(6)]
    run(client, given)
    expected = pages(client)
    for cut_at in count():
        client.flushall()
        try:
            cut = CutClient(client, cut_at, after=after)
            run(cut, given, batch_rows=3)
        except Lost:
            client.delete(KEYS.lock)  # it expires
            run(client, given, batch_rows=3)
        else:
            break
        assert pages(client) == expected, cut_at
    assert cut_at > 20


HITS = st.integers(-5, 50)
DAYS = st.sampled_from(["", "2024-12-31", "2025-01-01", "2026-02-28"])
PAGES = st.sampled_from(["a.example", "b.example/x", "c.example/y"])


@settings(max_examples=40, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["add", "max", "replace"]),
            st.dictionaries(st.tuples(PAGES, DAYS), HITS, max_size=8),
        ),
        max_size=5,
    )
)
def test_imports_do_what_a_model_does(imports):
    """For any imports: by day, all or nothing of a page, and it adds up."""
    client: Any = FakeRedis(decode_responses=True)
    model: dict[str, dict[str, int]] = {}
    for number, (mode, drawn) in enumerate(imports):
        wanted = {k: abs(v) if k[1] else v for k, v in drawn.items()}
        run(
            client,
            rows(*((*k, v) for k, v in sorted(wanted.items()))),
            mode=mode,
            name=str(number),
        )
        for page in {page for page, _ in wanted}:
            parts = dict(model.get(page, {}))
            for (other, day), hits in wanted.items():
                if other == page:
                    old = parts.get(day, 0)
                    made = {"add": old + hits, "max": max(old, hits), "replace": hits}
                    parts[day] = made[mode]
            if sum(parts.values()) >= 0:
                model[page] = parts
    stored = {page: int(client.get(KEYS.page(page).total)) for page in model}
    assert stored == {page: sum(parts.values()) for page, parts in model.items()}
    adds_up(client)
