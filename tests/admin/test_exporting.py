"""Exporting: all pages, each once, and what an import makes of them."""

from datetime import date
from typing import Any

import pytest
from fakeredis import FakeRedis
from hypothesis import given, settings
from hypothesis import strategies as st
from redis.exceptions import ResponseError

from hitsvc.admin.exporting import Export
from hitsvc.admin.importers import OwnFormat, Row, Shape, Shaper, Source, write_rows
from hitsvc.counting import Keys
from hitsvc.errors import StoreError
from tests.admin.imports import KEYS, A, B, adds_up, pages, rows, run

TODAY = date(2026, 11, 25)


def export(client: Any, site: str | None = None) -> list[Row]:
    return list(Export(client, KEYS, site).rows(TODAY))


@pytest.fixture(name="filled")
def _filled(client: Any) -> Any:
    """A store with pages of all kinds, some of them in no index."""
    client.set(A.total, 12)
    client.set(A.undated, -2)
    client.hset(A.year(2025), mapping={"365": 9, "2": 1})
    client.hset(A.year(2026), "1", 4)
    client.set(f"{A.token_prefix}abcdefghijkl", 1, ex=60)
    client.set(B.total, 7)
    client.hset(B.year(2024), "60", 7)
    client.set(KEYS.page("b.example:8080").total, 0)
    client.set(KEYS.page("b.example.org").total, 3)
    client.set(KEYS.page("b.example.org").undated, 3)
    return client


ALL = rows(
    ("a.example", "", -2),
    ("a.example", "2025-01-02", 1),
    ("a.example", "2025-12-31", 9),
    ("a.example", "2026-01-01", 4),
    ("b.example.org", "", 3),
    ("b.example/x", "2024-02-29", 7),
    ("b.example:8080", "", 0),
)


class TestWhatIsExported:
    """Rows, in order."""

    def test_every_page_is_there_once(self, filled):
        """Listed or not, undated hits first, then the days."""
        assert export(filled) == ALL

    def test_a_site_is_its_host_and_no_other(self, filled):
        """Not those that begin alike."""
        assert export(filled, "b.example") == [ALL[5]]

    def test_a_site_is_no_pattern(self, filled):
        """Its characters stand for themselves."""
        assert export(filled, "*") == []

    def test_an_empty_store_has_no_rows(self, client):
        """And that is no error."""
        assert export(client) == []

    def test_other_prefixes_are_left_alone(self, client):
        """Two services may share a store, also where one's name begins the other's."""
        client.set("hits:other:{a.example}", 1)
        client.set("other:{a.example}", 1)
        assert export(client) == []
        assert list(Export(client, Keys("other:"), None).rows(TODAY)) == rows(
            ("a.example", "", 1)
        )

    @pytest.mark.parametrize("field", ["0", "366", "x", "-1", "99999999999"])
    def test_what_is_no_day_is_undated(self, client, field):
        """The rows of a page add up to its total, whatever its days are."""
        client.set(A.total, 5)
        client.hset(A.year(2026), mapping={field: 3, "1": 2})
        assert export(client) == rows(
            ("a.example", "", 3), ("a.example", "2026-01-01", 2)
        )

    def test_a_hit_on_its_way_is_in_the_total(self, client):
        """Its day follows a moment later."""
        client.set(A.total, 5)
        client.hset(A.year(2026), "1", 4)
        assert sum(row.hits for row in export(client)) == 5

    def test_a_year_that_begins_meanwhile_is_read(self, client):
        """No key of it was there when the names were read."""
        client.set(A.total, 5)
        found = Export(client, KEYS).rows(date(2026, 12, 31))
        assert next(found).hits == 5
        client.set(A.total, 2)
        client.hset(A.year(2027), "1", 2)
        client.delete(A.year(2026))
        read = Export(client, KEYS).rows(date(2026, 12, 31))
        assert list(read) == rows(("a.example", "2027-01-01", 2))

    def test_a_page_that_is_deleted_meanwhile_is_left_out(self, client):
        """It has been named, and is gone when it is read."""
        names = [f"a.example/{number:03}" for number in range(200)]
        for name in names:
            client.set(KEYS.page(name).total, 5)
        read = Export(client, KEYS).rows(TODAY)
        first = next(read)  # now some more are on their way
        client.delete(KEYS.page(names[-1]).total)
        assert [row.url for row in (first, *read)] == names[:-1]

    def test_one_that_ends_early_leaves_no_answer_behind(self, client):
        """Whoever asks next gets their own, not what was on its way."""
        for number in range(200):
            client.set(KEYS.page(f"a.example/{number:03}").total, 5)
        read = Export(client, KEYS).rows(TODAY)
        next(read)
        read.close()  # type: ignore[attr-defined]
        assert client.get(A.total) is None

    def test_pages_of_version_1_are_refused(self, client):
        """Or their days would be lost."""
        client.set(A.total, 5)
        client.hset(A.version_1_days, "20260101", 5)
        with pytest.raises(StoreError, match="hitsvc repair"):
            export(client)

    @pytest.mark.parametrize(
        ("name", "error"), [(A.total, StoreError), (A.undated, ResponseError)]
    )
    def test_a_key_that_holds_something_else_ends_it(self, client, name, error):
        """It is named: an export without that page would look complete."""
        client.set(A.total, 5)
        if name == A.total:
            client.set(name, "many")
        else:
            client.rpush(name, 1)
        with pytest.raises(error, match=r"a\.example"):
            export(client)

    def test_progress_counts_pages(self, filled):
        """All of them."""
        told: list[int] = []
        list(Export(filled, KEYS).rows(TODAY, told.append))
        assert sum(told) == 4

    def test_pages_with_many_days_are_read_fewer_at_a_time(self, valkey_client):
        """One answer of the store stays small."""
        sizes: list[int] = []
        for number in range(100):
            page = KEYS.page(f"a.example/{number:03}")
            valkey_client.set(page.total, 365)
            days = {str(day): 1 for day in range(1, 366)}
            valkey_client.hset(page.year(2026), mapping=days)
        read = list(Export(valkey_client, KEYS).rows(TODAY, sizes.append))
        assert len(read) == 100 * 365
        assert sizes[0] * 365 < 10_000
        # The next are asked for while the first are looked at.
        assert max(sizes[2:]) < 10


class TestRoundTrip:
    """Out, and into an empty store."""

    @pytest.mark.parametrize("form", ["csv", "ndjson"])
    @pytest.mark.parametrize("packed", [False, True])
    def test_every_key_is_the_same(self, valkey_client, tmp_path, form, packed):
        """The index too; tokens have no place in it."""
        given = [
            Row(f"s{n % 7}.example/{n:03}", day, n * n % 50)
            for n in range(300)
            for day in (
                date(2024, 2, 29),
                date(2024, 12, 31),
                date(2026, 1, n % 28 + 1),
            )
        ]
        run(valkey_client, [*ALL, *sorted(given)])
        before = pages(valkey_client)
        valkey_client.set(f"{A.token_prefix}abcdefghijkl", 1, ex=60)
        path = tmp_path / "out"
        with path.open("wb") as file:
            number = write_rows(export(valkey_client), file, form, packed=packed)
        assert number == len(ALL) + len(given)
        valkey_client.flushall()
        shaper = Shaper(Shape())
        run(valkey_client, OwnFormat(Source(path), shaper).rows())
        # An undated 0 says no more than that there is a page.
        assert pages(valkey_client) == before
        assert shaper.left_out.rows == 0
        adds_up(valkey_client)

    @settings(max_examples=30, deadline=None)
    @given(
        st.dictionaries(
            st.tuples(
                st.sampled_from(["a.example", "a.example/b", "b.example:81/c"]),
                st.none() | st.dates(date(1970, 1, 1), TODAY),
            ),
            st.integers(0, 2**50),
        )
    )
    def test_any_counts_come_back(self, counts):
        """Every page and day, with its number."""
        client: Any = FakeRedis(decode_responses=True)
        given = [Row(url, day, hits) for (url, day), hits in counts.items()]
        given.sort(key=lambda row: (row.url, row.day or date.min))
        run(client, given)
        assert export(client) == given
