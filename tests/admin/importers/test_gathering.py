"""Sums, ids, and what no importer may do."""

import gzip
import sqlite3
from contextlib import closing
from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hitsvc.admin.importers import (
    AccessLog,
    GoatCounter,
    ImportRefused,
    LeftOut,
    OwnFormat,
    Plausible,
    Row,
    Shape,
    Shaper,
    Source,
    content_id,
    distinct,
    gathered,
)
from hitsvc.admin.importers.rows import MAX_HITS
from hitsvc.admin.importers.shape import TOO_MANY
from tests.admin.importers.samples import days_of, shaper, why
from tests.admin.importers.test_access_log import caddy, line, traefik
from tests.admin.importers.test_goatcounter import V2, v2
from tests.admin.importers.test_plausible import HEADER

DAY = date(2026, 3, 1)
few_rows = st.lists(
    st.builds(
        Row,
        st.sampled_from(["a.example", "a.example/x", "b.example", "a.example-b"]),
        st.one_of(st.none(), st.sampled_from([DAY, date(2026, 3, 2), date.max])),
        st.integers(0, 1000),
    ),
    max_size=30,
)


class TestGathering:
    """Each page and day once, in order."""

    @given(few_rows, st.sampled_from([1, 3, 1000]))
    def test_sums_are_the_same_in_memory_and_beside(self, rows, in_memory):
        """Ordered by page, then by day, the undated first."""
        found = list(gathered(rows, LeftOut(), in_memory=in_memory))

        assert days_of(rows) == days_of(found)
        assert len({row[:2] for row in found}) == len(found)
        order = [(row.url, row.day or date.min) for row in found]
        assert order == sorted(order)

    @given(
        st.lists(st.lists(st.text(st.characters(exclude_categories=["Cs"])))),
        st.sampled_from([1, 3, 1000]),
    )
    def test_names_are_there_once_in_order(self, names, in_memory):
        """In memory and beside."""
        found = list(distinct(names, in_memory=in_memory))
        assert found == sorted({name for some in names for name in some})

    @pytest.mark.parametrize("in_memory", [1, 1000])
    @pytest.mark.parametrize("hits", [MAX_HITS, -MAX_HITS])
    def test_sums_that_are_not_exact_are_left_out(self, in_memory, hits):
        """However many rows there are of them."""
        left_out = LeftOut()
        rows = [Row("a.example", None, hits)] * 2000 + [Row("b.example", None, hits)]

        assert list(gathered(rows, left_out, in_memory=in_memory)) == rows[-1:]
        assert why(left_out) == {TOO_MANY: (1, 0)}

    @given(st.lists(st.sampled_from([MAX_HITS, -MAX_HITS, 1, -1]), max_size=30))
    def test_large_sums_that_end_small_are_exact(self, amounts):
        """Beside the memory as in it."""
        rows = [Row("a.example", None, hits) for hits in amounts]

        assert list(gathered(rows, LeftOut(), in_memory=1)) == list(
            gathered(rows, LeftOut())
        )

    @pytest.mark.parametrize("late", [0, 7])
    @pytest.mark.parametrize("in_memory", [1, 2])
    def test_sums_that_were_lost_stay_so(self, in_memory, late):
        """A sum that was too large for the database is never shown as a small one."""
        amounts = [late, *[MAX_HITS] * 2000, *[-MAX_HITS] * 2000]
        rows = [Row("a.example", None, hits) for hits in amounts]

        assert list(gathered(rows, LeftOut(), in_memory=in_memory)) in (
            [],
            [Row("a.example", None, late)],
        )

    def test_one_sum_can_be_too_large_for_the_database(self):
        """It was summed up in memory, and goes to others beside it."""
        large = [Row("a.example", None, MAX_HITS)] * 2000 + [Row("b.example", None, 1)]
        rows = [Row("a.example", None, -9), Row("b.example", None, 1), *large]
        rows += [Row("a.example", None, -MAX_HITS)] * 2000

        found = list(gathered(rows, LeftOut(), in_memory=2))
        assert found == [Row("b.example", None, 2)]

    def test_an_error_at_the_end_gives_no_rows(self, sample):
        """A packed file that was cut off changes nothing."""
        text = "url,day,hits\n" + "".join(f"a.example/{n},,1\n" for n in range(50_000))
        source = sample("x", gzip.compress(text.encode())[:-20])

        with pytest.raises(ImportRefused):
            next(gathered(OwnFormat(source, shaper()).rows(), LeftOut()))


class TestContentId:
    """Whether a file has been imported before."""

    def test_packing_and_naming_do_not_change_it(self, sample):
        """A rotated log is the same one, packed or not."""
        ids = {
            content_id(sample("access.log.1", line()), "access-log", Shape()),
            content_id(
                sample("access.log.2.gz", line(), packed=True), "access-log", Shape()
            ),
        }

        assert len(ids) == 1
        assert len(ids.pop()) == 64

    def test_archives_are_what_is_in_them(self, sample):
        """Not when and how they were packed."""
        first = sample.zip("a.zip", {"a": "1", "b": "2"})
        again = sample.zip("b.zip", {"b": "2", "a": "1"})
        other = sample.zip("c.zip", {"a": "12", "b": ""})

        ids = [content_id(source, "x", Shape()) for source in (first, again, other)]
        assert ids[0] == ids[1] != ids[2]

    def test_what_changes_rows_changes_it(self, sample):
        """Content, importer, options."""
        source, other = sample("a", "1"), sample("b", "2")
        ids = {
            content_id(source, "x", Shape()),
            content_id(other, "x", Shape()),
            content_id(source, "y", Shape()),
            content_id(source, "x", Shape(site="example.com")),
            content_id(source, "x", Shape(), {"count": "visits"}),
        }

        assert len(ids) == 5

    def test_a_databases_log_is_part_of_it(self, tmp_path):
        """The latest numbers are there."""
        path = tmp_path / "data.db"
        with closing(sqlite3.connect(path)) as connection:
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("CREATE TABLE url (url, count)")
            before = content_id(Source(path), "x", Shape())
            connection.execute("INSERT INTO url VALUES ('a', 1)")
            connection.commit()

            assert content_id(Source(path), "x", Shape()) != before


texts = st.text(
    st.characters(exclude_characters='\r\n",', exclude_categories=["Cs"]), max_size=9
)
numbers = st.integers(-5, 10**6)
goat_lines = st.builds(
    v2,
    st.one_of(st.sampled_from(["/", "/a", "x"]), texts.map("/{}".format)),
    event=st.sampled_from(["0", "1"]),
    bot=st.sampled_from(["0", "3"]),
    first=st.sampled_from(["0", "1"]),
    date=st.sampled_from(["2026-03-01T10:00:07Z", "x"]),
)
log_lines = st.one_of(
    st.builds(
        line, texts.map("GET /{} HTTP/1.1".format), status=st.sampled_from([200, 404])
    ),
    texts.map(lambda text: caddy(f"/{text}")),
    texts.map(lambda text: traefik(f"/{text}")),
    texts.filter(lambda text: text.strip()).map("x{}\n".format),
)
plausible_lines = st.builds(
    '"{}","{}","{}",1,1,{}\n'.format,
    st.sampled_from(["2026-03-01", "x"]),
    st.sampled_from(["example.com", "", "other.example", "a b"]),
    st.one_of(texts, texts.map("/{}".format)),
    numbers,
)
own_lines = st.builds(
    "{},{},{}\n".format,
    st.sampled_from(["example.com", "/x", "ftp://x", "other.example/y"]),
    st.sampled_from(["2026-03-01", "", "x"]),
    numbers,
)


def access_log(source: Source, made: Shaper) -> AccessLog:
    """Read a log in which nobody is a bot."""
    return AccessLog(source, made, lambda _agent: False)


FILES = st.one_of(
    st.tuples(st.just(GoatCounter), st.just(V2), st.lists(goat_lines)),
    st.tuples(
        st.just(access_log),
        st.just(""),
        st.lists(log_lines).map(lambda lines: [line(status=404), *lines]),
    ),
    st.tuples(st.just(Plausible), st.just(HEADER), st.lists(plausible_lines)),
    st.tuples(st.just(OwnFormat), st.just("url,day,hits\n"), st.lists(own_lines)),
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(FILES, st.sampled_from([None, "example.com"]), st.sampled_from([None, DAY]))
def test_no_importer_invents_or_loses_hits(sample, file, site, since):
    """What is in a sample is in its rows or in the record, and nothing else is."""
    importer, header, lines = file
    made = shaper(site=site, since=since)
    rows = list(importer(sample("x", header + "".join(lines)), made).rows())

    by_line = importer in {GoatCounter, access_log}
    expected = (
        len(lines) if by_line else sum(int(text.rpartition(",")[2]) for text in lines)
    )
    assert sum(row.hits for row in rows) + made.left_out.hits == expected
    assert len(rows) + made.left_out.rows == len(lines)
    assert all(row.hits >= 0 or row.day is None for row in rows)
