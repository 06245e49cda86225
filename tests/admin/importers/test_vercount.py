"""The Redis of vercount."""

from collections.abc import Iterator
from typing import Any

import pytest
from fakeredis import FakeStrictRedis

from hitsvc.admin.importers import Vercount
from hitsvc.admin.importers.live import names_of
from hitsvc.admin.importers.shape import NO_HITS, OTHER_SITE
from hitsvc.admin.importers.vercount import CUT, NO_PATH
from tests.admin.importers.samples import shaper, totals_of, why
from tests.admin.importers.test_shape import rules


@pytest.fixture(name="store")
def _store():
    with FakeStrictRedis(version=7) as store:
        yield store


def read(store: Any, **shape: Any) -> tuple[dict[str, int], dict[str, tuple[int, int]]]:
    made = shaper(**shape)
    return totals_of(Vercount(store, made).rows()), why(made.left_out)


class Twice:
    """A store that is rehashing: its scan gives each name twice."""

    def __init__(self, store: Any) -> None:
        self._store = store

    def scan_iter(self, match: Any = None) -> Iterator[Any]:
        names = list(self._store.scan_iter(match=match))
        return iter(names + names)

    def mget(self, keys: Any) -> Any:
        return self._store.mget(keys)

    def zscan_iter(self, name: Any) -> Iterator[Any]:
        return iter(self._store.zscan_iter(name))

    def type(self, name: Any) -> Any:
        return self._store.type(name)


def test_pages_are_split_at_the_first_path(store):
    """A host may have a port, and a path colons and slashes."""
    store.mset(
        {
            "pv:page:blog.example.com:/post": 812,
            "pv:page:localhost:4000:/": 3,
            "pv:page:a.example:/x:/y": 4,
        }
    )

    assert read(store) == (
        {"blog.example.com/post": 812, "localhost:4000": 3, "a.example/x:/y": 4},
        {},
    )


def test_only_views_of_pages_are_read(store):
    """Sums of sites and visitors are others' sums; the index shares the prefix."""
    store.mset(
        {"pv:page:a.example:/": 1, "pv:site:a.example": 9, "uv:site:count:a.example": 5}
    )
    store.sadd("pv:page:index:a.example", "/", "/x")
    store.sadd("uv:site:a.example", "192.0.2.1")

    assert read(store) == ({"a.example": 1}, {})


@pytest.mark.parametrize(
    ("path", "key"),
    [
        ("/ü b", "a.example/%C3%BC%20b"),
        ("/what?", "a.example/what%3F"),
        ("/c#", "a.example/c%23"),
        ("/100%", "a.example/100%25"),
        ("/%41", "a.example/%2541"),
    ],
)
def test_paths_are_decoded_ones(store, path, key):
    """A question mark in one is part of it."""
    store.set(f"pv:page:a.example:{path}", 2)

    assert read(store)[0] == {key: 2}


def test_a_path_that_was_cut_is_left_out(store):
    """Several pages may be in it; a map can say which it is."""
    cut = "/" + "x" * 199
    store.set(f"pv:page:a.example:{cut}", 2)
    store.set(f"pv:page:a.example:{cut[:-1]}", 3)

    totals, reasons = read(store)
    assert list(totals.values()) == [3]
    assert reasons == {CUT: (1, 2)}
    assert (
        read(store, urls=rules((f"a.example{cut}", "a.example/z")))[0]["a.example/z"]
        == 2
    )


def test_a_path_cut_within_a_letter_is_left_out(store):
    """Its bytes are no text."""
    store.set(b"pv:page:a.example:/" + b"\xc3\xbc" * 99 + b"\xc3", 2)

    assert read(store) == ({}, {CUT: (1, 2)})


@pytest.mark.parametrize("name", ["pv:page:a.example", "pv:page::/x", "pv:page:"])
def test_a_name_without_host_or_path_is_left_out(store, name):
    """Nobody knows whose it is."""
    store.set(name, 2)

    assert read(store) == ({}, {NO_PATH: (1, 2)})


def test_other_sites_are_left_out(store):
    """A store of many sites has those of others."""
    store.mset({"pv:page:a.example:/": 1, "pv:page:b.example:/": 2})

    assert read(store, site="a.example") == ({"a.example": 1}, {OTHER_SITE: (1, 2)})


def test_what_is_no_number_is_left_out(store):
    """A list, a text, a negative number."""
    store.lpush("pv:page:a.example:/l", 1)
    store.mset({"pv:page:a.example:/t": "x", "pv:page:a.example:/n": "-1"})

    assert read(store) == ({}, {NO_HITS: (3, 0)})


def test_a_name_that_comes_twice_is_counted_once(store):
    """SCAN promises no more than that each comes."""
    store.mset({f"pv:page:a.example:/{number}": 1 for number in range(1200)})

    assert sum(read(Twice(store))[0].values()) == 1200
    assert len(list(names_of(Twice(store), "*"))) == 1200
