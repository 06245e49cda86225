"""What came since an earlier export."""

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hitsvc.admin import difference
from hitsvc.admin.importers import ImportRefused, Row, Source, write_rows
from tests.admin.imports import rows

DAY, NEXT = "2026-03-01", "2026-03-02"


def since(path: Path, before: list[Row], now: list[Row]) -> list[Row]:
    """Export, and export once more without that."""
    with path.open("wb") as file:
        write_rows(before, file, "csv", packed=False)
    return list(difference(now, Source(path)))


@pytest.fixture(name="path")
def _path(tmp_path: Path) -> Path:
    """Where the first export is."""
    return tmp_path / "counts.csv"


def test_it_is_what_came_since(path):
    """Of pages that were there, and of new ones; what is as it was is left out."""
    before = rows(("a.example", "", 2), ("a.example", DAY, 7), ("b.example", DAY, 1))
    now = rows(
        ("a.example", "", 2),
        ("a.example", DAY, 9),
        ("a.example", NEXT, 1),
        ("b.example", DAY, 1),
        ("c.example", NEXT, 5),
    )

    assert since(path, before, now) == rows(
        ("a.example", DAY, 2), ("a.example", NEXT, 1), ("c.example", NEXT, 5)
    )


def test_a_hit_that_was_on_its_way_has_a_day_now(path):
    """It was in the total alone."""
    before = rows(("a.example", "", 1), ("a.example", DAY, 7))
    now = rows(("a.example", DAY, 8))

    assert since(path, before, now) == rows(
        ("a.example", "", -1), ("a.example", DAY, 1)
    )


def test_names_are_those_of_the_store(path):
    """Whatever they would be as URLs."""
    before = rows(("localhost:8000/A//", DAY, 7))
    now = rows(("localhost:8000/A//", DAY, 8))

    assert since(path, before, now) == rows(("localhost:8000/A//", DAY, 1))


def test_a_page_that_was_changed_is_named(path):
    """Or something would be taken away that nobody has seen."""
    before, now = rows(("a.example", DAY, 7)), rows(("a.example", DAY, 5))

    with pytest.raises(
        ImportRefused, match=r"a\.example has 2 hits fewer on 2026-03-01"
    ):
        since(path, before, now)


@pytest.mark.parametrize(
    "text",
    [
        "# hitsvc 1\nurl,day,hits\na.example,2026-03-01,7\n",
        "# hitsvc 1\nurl,day,hits\na.example,2026-03-01,7\n# rows 2\n",
        "# hitsvc 1\nurl,day,hits\na.example,yesterday,7\n# rows 1\n",
    ],
    ids=["cut off", "with a row less", "with a row that is none"],
)
def test_a_file_that_is_no_whole_export_is_refused(path, text):
    """What it lacks would be counted twice."""
    path.write_text(text)

    with pytest.raises(
        ImportRefused, match=r"counts\.csv(: it does not end| is no whole)"
    ):
        list(difference([], Source(path)))


PAGES = st.dictionaries(
    st.tuples(
        st.sampled_from(["a.example", "b.example/x,y", 'c.example/"']),
        st.sampled_from([None, date(2026, 3, 1), date(2026, 3, 2)]),
    ),
    st.integers(1, 9),
)


@given(before=PAGES, more=PAGES)
def test_both_together_are_all(before, more, tmp_path_factory):
    """Of each page and day."""
    now = {pair: before.get(pair, 0) + more.get(pair, 0) for pair in {*before, *more}}
    path = tmp_path_factory.mktemp("difference") / "counts.csv"

    found = since(
        path,
        [Row(url, day, hits) for (url, day), hits in before.items()],
        [Row(url, day, hits) for (url, day), hits in now.items()],
    )

    assert {(row.url, row.day): row.hits for row in found} == more
