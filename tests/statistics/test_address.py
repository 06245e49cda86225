"""Where the statistics of a page are."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hitsvc.errors import InvalidURL
from hitsvc.request import normalise
from hitsvc.statistics import stats_path
from hitsvc.statistics.address import has_path, named


@pytest.mark.parametrize(
    ("key", "path"),
    [
        ("example.com", "p/example.com"),
        ("example.com/a/b", "p/example.com/a/b"),
        ("localhost:8000/a", "p/localhost:8000/a"),
        ("xn--mnchen-3ya.example", "p/xn--mnchen-3ya.example"),
        pytest.param("a.example/~x/@y;z=1,2", "p/a.example/~x/@y;z=1,2", id="marks"),
        pytest.param("a.example/a%2Fb", "p?url=a.example%2Fa%252Fb", id="escape"),
        pytest.param("a.example/a//b", "p?url=a.example%2Fa%2F%2Fb", id="two slashes"),
        pytest.param("a.example/?p=3", "p?url=a.example%2F%3Fp%3D3", id="query"),
        pytest.param("a.example/#/b", "p?url=a.example%2F%23%2Fb", id="route"),
        pytest.param("[::1]:80/a", "p?url=%5B%3A%3A1%5D%3A80%2Fa", id="IPv6"),
        pytest.param('a.example/"', "p?url=a.example%2F%22", id="quote"),
        pytest.param("a.example/a\n", "p?url=a.example%2Fa%0A", id="end of a line"),
    ],
)
def test_it_is_a_path_where_that_survives_proxies(key, path):
    """They decode escapes and merge slashes; a query they leave alone."""
    assert stats_path(key) == path


@pytest.mark.parametrize(
    ("key", "found"),
    [
        pytest.param("a.example" + "/a" * 16, True, id="16 segments"),
        pytest.param("a.example" + "/a" * 17, False, id="17 segments"),
        pytest.param("a.example/" + "a" * 990, True, id="1000 bytes"),
        pytest.param("a.example/" + "a" * 991, False, id="1001 bytes"),
    ],
)
def test_a_path_is_short(key, found):
    """A page leads back by one step a segment."""
    assert has_path(key) is found


@given(st.text(max_size=40))
def test_a_path_names_the_page_that_it_was_made_of(text):
    """Whatever its key is."""
    try:
        key = normalise(f"a.example/{text}")
    except InvalidURL:
        return
    path = stats_path(key)

    if path.startswith("p/"):
        assert normalise(named(path[2:].encode(), b"")) == key


@pytest.mark.parametrize(
    ("path", "query", "address"),
    [
        (b"a.example/b", b"", "a.example/b"),
        (b"a.example/b", b"period=7&as=csv", "a.example/b"),
        (b"a.example/", b"p=3&period=7&q", "a.example/?p=3&q"),
        pytest.param(
            b'a.example/%2F\xc3\xbc "', b"", 'a.example/%2F%C3%BC%20"', id="bytes"
        ),
    ],
)
def test_what_is_typed_names_a_page_too(path, query, address):
    """With its query, without what is said to us."""
    assert named(path, query) == address
