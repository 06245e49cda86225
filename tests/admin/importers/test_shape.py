"""From what a source says to a row: pages, sites, maps, days."""

import re
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from hitsvc.admin.importers import ImportRefused, Shape, Shaper, UrlMap, read_map
from hitsvc.admin.importers.keys import key_of
from hitsvc.admin.importers.shape import (
    MAPPED_AWAY,
    NO_HOST,
    OTHER_SITE,
    OUT_OF_RANGE,
    UNDATED,
)
from hitsvc.errors import InvalidURL
from hitsvc.request import normalise
from tests.admin.importers.samples import shaper, why

DAY = date(2026, 3, 1)


def page(raw: str, **shape: Any) -> str:
    """Return what page a source's name becomes, or why it becomes none."""
    made = shaper(**shape)
    row = made.row(raw, DAY, 1, "x")
    return row.url if row else next(iter(made.left_out.reasons))


def rules(*pairs: tuple[str, str]) -> UrlMap:
    return UrlMap(pairs, key_of)


PIECES = [
    "a",
    "z9",
    "-",
    ".",
    "..",
    "/",
    "x--y",
    "com",
    "%",
    "?",
    ":80",
    "xn",
    "A",
    "~",
]
like_keys = st.lists(st.sampled_from(PIECES), max_size=9).map("".join)


@given(st.one_of(st.text(max_size=20), like_keys, like_keys.map("a.example/{}".format)))
@example("example.com/a/.")
@example("example.com/\n")
@example("example.0x1")
def test_the_fast_way_to_a_key_is_the_right_one(text):
    """Whatever `normalise` says, the short cut says too."""
    try:
        expected = normalise(text)
    except InvalidURL:
        with pytest.raises(InvalidURL):
            key_of(text)
    else:
        assert key_of(text) == expected


@pytest.mark.parametrize(
    ("raw", "key"),
    [
        ("https://Example.com/a/?q#f", "example.com/a"),
        ("example.com/a", "example.com/a"),
        ("//example.com/a", "example.com/a"),
        ("/a", NO_HOST),
        ("", "this is no URL: it has no host"),
        ("mailto:a@example.com", "only http and https URLs can be counted"),
        ("example.com/" + "a" * 3000, "the URL is longer than 2048 bytes"),
        ("\udc80.example", "this is not a valid URL"),
    ],
)
def test_a_page_is_what_its_key_says(raw, key):
    """What can be no key is left out with the reason that visitors see."""
    assert page(raw) == key


@pytest.mark.parametrize(
    ("raw", "key"),
    [
        ("/a?q=1", "example.com/a"),
        ("https://example.com/b", "example.com/b"),
        ("https://www.example.com/b", OTHER_SITE),
        ("https://example.com:8080/b", OTHER_SITE),
        ("//other.example/a", OTHER_SITE),
        ("\\\\other.example/a", OTHER_SITE),
    ],
)
def test_site_completes_paths_and_keeps_others_out(raw, key):
    """A path becomes a page of it; a URL of another host is left out."""
    assert page(raw, site="Example.com") == key


def test_a_path_with_two_slashes_names_no_host():
    """A source of paths has none, whatever a visitor has typed."""
    made = shaper(site="example.com")
    row = made.row("//evil.example/a", DAY, 1, "x", path="//evil.example/a")

    assert row
    assert row.url == "example.com//evil.example/a"


@pytest.mark.parametrize("site", ["example.com/path", "ftp://example.com", " "])
def test_a_site_that_is_no_host_is_refused(site):
    """With what is right."""
    with pytest.raises(ImportRefused, match=r"not a host, such as example\.com"):
        shaper(site=site)


@pytest.mark.parametrize(
    ("rule", "raw", "key"),
    [
        (("my-blog", "https://example.com/"), "my-blog", "example.com"),
        (("a.example/b", "b.example/c"), "https://A.example/b/", "b.example/c"),
        (("A.example/b/", "b.example/c"), "a.example/b", "b.example/c"),
        (("a.example/*", "b.example/*"), "a.example/x/y", "b.example/x/y"),
        (("a.example/*", "b.example/*"), "a.example", "b.example"),
        (("a.example/*", "b.example/*"), "a.example.org/x", "a.example.org/x"),
        (("a.example/x*", "b.example/*"), "a.example/xyz", "b.example/yz"),
        (("a.example/x/*", "b.example/all"), "a.example/x/y", "b.example/all"),
        (("/old/*", "example.com/new/*"), "/old/a?q", "example.com/new/a"),
        (("a.example/x", ""), "a.example/x", MAPPED_AWAY),
        (("a.example/*", ""), "a.example/x", MAPPED_AWAY),
        (("a.example/x", "/y"), "a.example/x", NO_HOST),
        (
            ("a.example/x", "ftp://b"),
            "a.example/x",
            "only http and https URLs can be counted",
        ),
    ],
)
def test_a_rule_renames_a_page(rule, raw, key):
    """By the source's own spelling or by the key; wholly or by its start."""
    assert page(raw, urls=rules(rule)) == key


def test_the_most_particular_rule_holds():
    """A whole page before a start, a longer start before a shorter one."""
    urls = rules(
        ("a.example/*", "c.example/*"),
        ("a.example/x/*", "b.example/*"),
        ("a.example/x/y", "d.example"),
    )

    assert page("a.example/x/y", urls=urls) == "d.example"
    assert page("a.example/x/z", urls=urls) == "b.example/z"
    assert page("a.example/z", urls=urls) == "c.example/z"


def test_rules_are_not_applied_twice():
    """So two pages can change places."""
    urls = rules(("a.example/1", "a.example/2"), ("a.example/2", "a.example/1"))

    assert page("a.example/1", urls=urls) == "a.example/2"
    assert page("a.example/2", urls=urls) == "a.example/1"


def test_site_is_of_the_new_name():
    """What a rule brings to the site is of the site."""
    urls = rules(("old.example/*", "example.com/*"))

    assert page("old.example/a", urls=urls, site="example.com") == "example.com/a"
    assert page("my.blog", urls=urls, site="example.com") == OTHER_SITE


def test_a_map_is_read_from_a_file(sample):
    """Comments, a header and empty lines are none."""
    source = sample("map.csv", '# moved\nold,new\n\n"a.example/x,y", b.example\nc,\n')

    assert read_map(source, key_of).rules == [("a.example/x,y", "b.example"), ("c", "")]


@pytest.mark.parametrize("line", ["a", "a,b,c", ",b"])
def test_a_line_that_is_no_rule_is_refused(sample, line):
    """With its place."""
    with pytest.raises(
        ImportRefused, match=re.escape("map.csv, line 2: a rule is OLD,NEW")
    ):
        read_map(sample("map.csv", f"a,b\n{line}\n"), key_of)


def test_a_map_without_end_is_refused(sample):
    """It would fill the memory."""
    with pytest.raises(ImportRefused, match=r"map\.csv has more than 2 rules"):
        read_map(sample("map.csv", "a,b\nc,d\ne,f\n"), key_of, limit=2)


@pytest.mark.parametrize(
    ("day", "reason"),
    [
        (date(2026, 2, 28), OUT_OF_RANGE),
        (date(2026, 3, 1), None),
        (date(2026, 3, 31), None),
        (date(2026, 4, 1), OUT_OF_RANGE),
        (None, UNDATED),
    ],
)
def test_since_and_until_are_part_of_the_range(day, reason):
    """What has no day cannot be judged."""
    made = shaper(since=date(2026, 3, 1), until=date(2026, 3, 31))
    row = made.row("example.com", day, 5, "x")

    assert bool(row) == (reason is None)
    assert why(made.left_out) == ({reason: (1, 5)} if reason else {})


@pytest.mark.parametrize("shape", [{"since": DAY}, {"until": DAY}])
def test_one_end_of_a_range_is_enough(shape):
    """The other is open."""
    other = date(2026, 2, 1) if "since" in shape else date(2026, 4, 1)

    assert page("example.com", **shape) == "example.com"
    assert shaper(**shape).row("example.com", other, 1, "x") is None


@pytest.mark.parametrize(
    ("moment", "zone", "day"),
    [
        ("2026-03-01T22:30:00+00:00", UTC, date(2026, 3, 1)),
        ("2026-03-01T23:30:00", ZoneInfo("Europe/Berlin"), date(2026, 3, 2)),
        ("2026-03-01T00:30:00+01:00", UTC, date(2026, 2, 28)),
        ("0001-01-01T00:00:00", ZoneInfo("America/New_York"), None),
    ],
)
def test_a_moment_is_of_the_services_day(moment, zone, day):
    """UTC where it does not say; none where the calendar ends."""
    assert shaper(zone=zone).day_at(datetime.fromisoformat(moment)) == day


def test_a_fingerprint_tells_shapes_apart():
    """Each option that changes rows changes it."""
    shapes = [
        Shape(),
        Shape(site="example.com"),
        Shape(urls=rules(("a", "b"))),
        Shape(urls=rules(("a", "c"))),
        Shape(since=DAY),
        Shape(until=DAY),
    ]

    assert len({shape.fingerprint() for shape in shapes}) == len(shapes)


def test_a_fingerprint_has_no_zone():
    """A file that was imported is not counted again in the service's next zone."""
    there = Shape(zone=ZoneInfo("Europe/Berlin"))

    assert there.fingerprint() == Shape().fingerprint()


def test_other_rules_of_identity_can_be_given():
    """A service's settings say what a page is."""
    made = Shaper(Shape(), lambda url: normalise(url).removesuffix("/index.html"))
    row = made.row("example.com/index.html", None, 1, "x")

    assert row
    assert row.url == "example.com"
