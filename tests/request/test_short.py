"""Short addresses of badges: which there are, and what they become."""

import pytest
from falcon.uri import parse_query_string

from hitsvc.request import Identity, ShortAddresses, TargetFinder, as_meant

SHORT = ShortAddresses()
COUNTED = [
    (b"/example.com/post.svg", "example.com/post"),
    (b"/example.com.svg", "example.com"),
    (b"/example.com/.svg", "example.com"),
    (b"/example.com/post/.svg", "example.com/post"),
    (b"/example.com/post.svg/", "example.com/post"),
    (b"/example.com/pic.svg.svg", "example.com/pic.svg"),
    (b"//example.com/post.svg", "example.com/post"),
    (b"/https://example.com/post.svg", "example.com/post"),
    (b"/https:/example.com/post.svg", "example.com/post"),
    (b"/HTTP://example.com/post.svg", "example.com/post"),
    (b"/https%3A%2F%2Fexample.com%2Fpost.svg", "example.com/post"),
    (b"/EXAMPLE.com/A/../B.svg", "example.com/B"),
    (b"/example.com//post.svg", "example.com//post"),
    (b"/example.com/a%20b.svg", "example.com/a%20b"),
    (b"/example.com/%7euser.svg", "example.com/~user"),
    (b"/example.com/a%2Fb.svg", "example.com/a%2Fb"),
    (b"/example.com/100%25.svg", "example.com/100%25"),
    (b"/example.com/caf%E9.svg", "example.com/caf%E9"),
    (b"/example.com/a&b=c+d.svg", "example.com/a&b=c+d"),
    (b"/m%C3%BCnchen.example/%C3%9F.svg", "xn--mnchen-3ya.example/%C3%9F"),
    ("/münchen.example/ß.svg".encode(), "xn--mnchen-3ya.example/%C3%9F"),
    (b"/example.com:8080/post.svg", "example.com:8080/post"),
    (b"/192.0.2.1/post.svg", "192.0.2.1/post"),
    (b"/[::1]:8000/post.svg", "[::1]:8000/post"),
    (b"/localhost/post.svg", "localhost/post"),
]
OTHERS = [
    *(b"/", b"/.svg", b"/count/tag.svg", b"/favicon.svg"),
    *(b"/count/", b"/example.com/post", b"/example.com/post.png", b"/static/a.b.svg"),
    *(b"/p/example.com/post.svg", b"/.git/logo.svg", b"/../etc.svg", b"/img/x.y.svg"),
]


def request(path: bytes, query: bytes = b"") -> dict[str, object]:
    return {"path": path.decode("latin-1"), "raw_path": path, "query_string": query}


def params(query: object) -> dict[str, str | list[str]]:
    """Return what the badge reads."""
    assert isinstance(query, bytes)
    return parse_query_string(as_meant(query).decode(), keep_blank=True, csv=False)


@pytest.mark.parametrize(("path", "key"), COUNTED)
def test_a_path_that_begins_with_a_host_is_a_page(path, key):
    """Its escapes, its slashes and its letters are those of the page."""
    scope = request(path)

    assert SHORT.expand(scope)
    assert scope["path"] == "/count/tag.svg"
    assert TargetFinder().find(params(scope["query_string"]), "").key == key


@pytest.mark.parametrize("path", OTHERS)
def test_another_path_is_left_alone(path):
    """Our own addresses, and files that somebody looks for."""
    scope = request(path)

    assert not SHORT.expand(scope)
    assert scope == request(path)


def test_a_name_is_no_host_if_our_addresses_begin_so():
    """Whatever the operator lists."""
    identity = Identity(hosts="p, wiki")
    short = ShortAddresses(identity, ours=["/p/{rest}", "/count"])

    assert short.expand(request(b"/wiki/post.svg"))
    assert not short.expand(request(b"/p/example.com/post.svg"))


def test_a_query_is_the_badges_and_the_pages():
    """The badge takes its own of it, the page what settings say."""
    scope = request(b"/wp.example/.svg", b"style=social&p=5&url=other.example")
    SHORT.expand(scope)

    found = params(scope["query_string"])
    assert found["style"] == "social"
    assert TargetFinder().find(found, "").key == "wp.example"
    finder = TargetFinder(identity=Identity("p"))
    assert finder.find(found, "").key == "wp.example/?p=5"


def test_a_server_may_have_decoded_the_path():
    """Others than ours need not tell how it was sent."""
    scope = {"path": "/example.com/ü b.svg", "query_string": b""}

    assert SHORT.expand(scope)
    found = TargetFinder().find(params(scope["query_string"]), "")
    assert found.key == "example.com/%C3%BC%20b"


@pytest.mark.parametrize(
    ("path", "named"),
    [
        (b"example.com/post", True),
        (b"https://example.com", True),
        (b"count/example.com", False),
        (b"index.php", False),
        (b"exa!mple.com", False),
    ],
)
def test_it_tells_pages_from_others(path, named):
    """By the rules of what a page is."""
    assert SHORT.names_page(path) is named
