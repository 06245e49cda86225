"""Plausible's CSV export."""

from typing import Any

import pytest

from hitsvc.admin.importers import ImportRefused, Plausible, Source
from hitsvc.admin.importers.plausible import EMPTY, NO_PAGE, SHORT
from hitsvc.admin.importers.shape import NO_DAY, NO_HITS, NO_HOST, OTHER_SITE
from tests.admin.importers.samples import days_of, shaper, why

HEADER = '"date","hostname","page","visits","visitors","pageviews"\n'
PAGES = "imported_pages_20260301_20260302.csv"


def read(
    source: Source, **shape: Any
) -> tuple[dict[tuple[str, str], int], dict[str, tuple[int, int]], list[str]]:
    made = shaper(**shape)
    return (
        days_of(Plausible(source, made).rows()),
        why(made.left_out),
        made.left_out.notes,
    )


def test_host_day_and_views_are_read(sample):
    """Views, not visits or visitors."""
    text = HEADER + (
        '"2026-03-01","Example.com","/post",8,7,11\n'
        '"2026-03-02","example.com","/post",1,1,1\n'
        '"2026-03-02","blog.example.com","/",2,2,3\n'
    )
    expected = {
        ("example.com/post", "2026-03-01"): 11,
        ("example.com/post", "2026-03-02"): 1,
        ("blog.example.com", "2026-03-02"): 3,
    }

    archive = sample.zip(
        "x.zip", {PAGES: text, "imported_sources_20260301_20260302.csv": "x"}
    )
    assert read(archive) == (expected, {}, [])
    assert read(sample(PAGES, text)) == (expected, {}, [])


def test_columns_may_stand_in_any_order(sample):
    """The export's order has changed, and some are optional."""
    text = (
        '"pageviews","page","hostname","date"\n11,"/post","example.com","2026-03-01"\n'
    )

    assert read(sample("x", text))[0] == {("example.com/post", "2026-03-01"): 11}


@pytest.mark.parametrize(
    "text",
    [
        '"date","page","pageviews"\n"2026-03-01","/post",11\n',
        HEADER + '"2026-03-01","","/post",8,7,11\n',
    ],
)
def test_a_missing_host_is_the_site(sample, text):
    """Or the record says so."""
    source = sample("x", text)

    assert read(source, site="example.com")[0] == {
        ("example.com/post", "2026-03-01"): 11
    }
    assert read(source)[1] == {NO_HOST: (1, 11)}


@pytest.mark.parametrize(
    ("line", "reason", "hits"),
    [
        ('"2026-03-01","example.com","/a",1,1,', NO_HITS, 0),
        ('"2026-03-01","example.com","/a",1,1,-2', NO_HITS, -2),
        ('"01.03.2026","example.com","/a",1,1,2', NO_DAY, 2),
        ('"2026-03-01","example.com","(none)",1,1,2', NO_PAGE, 2),
        ('"2026-03-01","other.example","/a",1,1,2', OTHER_SITE, 2),
        ('"2026-03-01"', SHORT, 0),
    ],
)
def test_what_is_no_view_of_a_page_is_left_out(sample, line, reason, hits):
    """With its reason."""
    source = sample("x", f"{HEADER}{line}\n\n")

    assert read(source, site="example.com")[:2] == ({}, {reason: (1, hits)})


def test_an_export_without_pages_says_so(sample):
    """It happens where only events were sent."""
    assert read(sample.zip("x.zip", {PAGES: HEADER})) == ({}, {}, [f"x.zip: {EMPTY}"])


def test_the_dashboards_export_is_refused(sample):
    """It stops at 300 rows, without a word."""
    source = sample.zip("x.zip", {"pages.csv": "name,visitors\n", "visitors.csv": ""})

    with pytest.raises(
        ImportRefused, match=r"^x\.zip has no imported_pages.*cut short$"
    ):
        read(source)


@pytest.mark.parametrize("text", ["", "name,visitors,pageviews\n"])
def test_another_file_is_refused(sample, text):
    """By its header."""
    with pytest.raises(ImportRefused, match=r"^x has no column date"):
        read(sample("x", text))
