"""Addresses that need no parser: they are what the rules would make of them."""

from urllib.parse import quote

import pytest
from falcon.uri import parse_query_string
from hypothesis import example, given
from hypothesis import strategies as st

from hitsvc.errors import InvalidURL
from hitsvc.request import PLAIN, Identity, Sites, TargetFinder, as_meant
from hitsvc.request.simple import simple_key

SIMPLE = [
    (b"url=https%3A%2F%2Fexample.com%2Fpost", "example.com/post"),
    (b"url=https%3a%2f%2fexample.com%2fa%2fb", "example.com/a/b"),
    (b"url=http://example.com/a_b~c-d.html", "example.com/a_b~c-d.html"),
    (b"url=example.com", "example.com"),
    (b"url=https://example.com/", "example.com"),
    (b"url=a-b--c.1x.example/2026/11/A", "a-b--c.1x.example/2026/11/A"),
]
# Something is to be done, or to be refused.
OTHERS = [
    b"",
    b"url=",
    b"URL=example.com",
    b"x=example.com",
    b"url=example.com&style=flat",
    b"url=example.com&url=example.org",
    b"url=ftp://example.com/",
    b"url=https:example.com",
    b"url=https://example.com//a",
    b"url=https://example.com/a//",
    b"url=https://example.com/./a",
    b"url=https://example.com/a/..",
    b"url=https://example.com/%2e%2e/a",
    b"url=https://example.com/.well-known",
    b"url=https://example.com/a+b",
    b"url=https://example.com/a%20b",
    b"url=https://example.com/a?b",
    b"url=https://example.com/a#b",
    b"url=https://example.com:443/a",
    b"url=https://me@example.com/a",
    b"url=https://Example.com/a",
    b"url=https://example.com./a",
    b"url=https://.example.com/a",
    b"url=https://example..com/a",
    b"url=https://-a.example/a",
    b"url=https://a-.example/a",
    b"url=https://xn--a.example/a",
    b"url=https://a.xn--b/a",
    b"url=https://127.0.0.1/a",
    b"url=https://a.0x7f/a",
    b"url=https://a.1/a",
    b"url=about.html",
    b"url=a.php/b",
    b"url=localhost/a",
    b"url=https://\xc3\xbc.example/",
    b"url=https://a.example/\n",
    b"url=https://a.example\n",
    b"url=https://" + b"a." * 130 + b"example/",
]
PIECES = st.sampled_from(
    [
        *["url=", "https", "http", ":", "%3A", "//", "%2F%2F", "/", "%2F", "%2f", "."],
        *["example", "com", "a", "B", "-", "--", "xn--", "html", "jsp", "1", "0x7f"],
        *["_", "~", "..", "%2e", "%25", "?", "#", "&", "+", "@", "\n", "ü", "%", "www"],
    ]
)


def by_rule(query: bytes) -> str | None:
    """Return what the rules make of a query; `None` if they refuse it."""
    params = parse_query_string(as_meant(query).decode(), keep_blank=True, csv=False)
    url = params.get("url")
    try:
        return PLAIN.key(url) if isinstance(url, str) else None
    except InvalidURL:
        return None


@pytest.mark.parametrize(("query", "key"), SIMPLE)
def test_plain_addresses_are_keys(query, key):
    """As nearly all badges have them."""
    assert simple_key(query) == by_rule(query) == key


@pytest.mark.parametrize("query", OTHERS)
def test_all_else_is_left_to_the_rules(query):
    """Nothing is decided where there is something to decide."""
    assert simple_key(query) is None


@given(st.lists(PIECES, max_size=12).map("".join), st.booleans())
@example("example.com", True)
@example("http/a.example", True)
@example("https.example/http:", False)
def test_what_is_plain_is_as_the_rules_have_it(pieces, begins):
    """Whatever is put together of what addresses are made of."""
    query = (f"url=https://{pieces}" if begins else pieces).encode()

    assert simple_key(query) in {None, by_rule(query)}


@given(st.from_regex(r"[a-z0-9.-]{1,12}\.[a-z0-9-]{1,8}(/[\w.~-]{0,6}){0,3}"))
def test_names_and_paths_are_as_the_rules_have_them(address):
    """Whatever hosts and paths look like."""
    query = f"url={quote(address, safe='')}".encode()

    assert simple_key(query) in {None, by_rule(query)}


def test_settings_have_their_say():
    """Where more than host and path matters, or less, nothing is plain."""
    folding = TargetFinder(identity=Identity(fold_www=True))

    assert folding.find_simple(b"url=example.com") is None


def test_a_site_that_is_not_counted_is_refused():
    """As by the rules."""
    finder = TargetFinder(Sites("example.org"))

    found = finder.find_simple(b"url=example.org/a")

    assert found
    assert found.key == "example.org/a"
    with pytest.raises(InvalidURL):
        finder.find_simple(b"url=example.com/a")
