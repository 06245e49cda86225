"""What is guessed for an address where there is nothing."""

import pytest

from hitsvc.answer import Guesses
from hitsvc.request import ShortAddresses

ADDRESSES = [
    *(
        "/",
        "/count",
        "/count/tag.svg",
        "/count/tag.png",
        "/count.json",
        "/count/pixel.gif",
    ),
    *("/nocount/tag.svg", "/graph.svg", "/p", "/p/{rest:path}", "/hits.js", "/healthz"),
    *("/robots.txt", "/stats", "/stats/count"),
]
GUESSES = Guesses(ADDRESSES, ShortAddresses().names_page, "/stats")
FOUND = [
    (b"/count.svg", b"url=a.example", "/count/tag.svg?url=a.example"),
    (b"/Count/Tag.svg", b"", "/count/tag.svg"),
    (b"/COUNT", b"", "/count"),
    (b"/badge.svg", b"", "/count/tag.svg"),
    (b"/count/tg.svg", b"url=a.example", "/count/tag.svg?url=a.example"),
    (b"/graf.svg", b"", "/graph.svg"),
    (b"/robots2.txt", b"", "/robots.txt"),
    (b"/health/", b"", "/healthz"),
    (b"/example.com/post", b"style=social", "/example.com/post.svg?style=social"),
    (b"/https://example.com/post", b"", "/https://example.com/post.svg"),
    (b"/example.com/post.png", b"style=social", "/count/tag.png?url=example.com/post"),
    (b"/example.com/post.json", b"", "/count.json?url=example.com/post"),
    (b"/statistics/example.com/a", b"", "/p?url=example.com/a"),
    (b"/count/tag.svg/example.com/a", b"", "/count/tag.svg?url=example.com/a"),
    (b"/nocount.svg/example.com", b"", "/nocount/tag.svg?url=example.com"),
    (b"/stats/count.svg", b"", "/stats/count/tag.svg"),
    (b"/count.svg", b"label=\xff\r\n", "/count/tag.svg?label=%FF%0D%0A"),
    (b"/count.svg", b"a" * 201, "/count/tag.svg"),
]


@pytest.mark.parametrize(
    ("path", "query", "guess"), FOUND, ids=[f"{n}" for n in range(len(FOUND))]
)
def test_what_was_meant_is_guessed(path, query, guess):
    """Other names, slips, pages, and what is nearly ours."""
    assert GUESSES(path, query) == guess


@pytest.mark.parametrize(
    "path",
    [
        *(b"/none", b"/wp-login.php", b"/favicon.png", b"/example.com/a.svg"),
        *(b"/opt-out", b"/exa!mple.com/a", b"/a.example/" + b"a" * 300, b"/.env"),
    ],
)
def test_nothing_is_guessed_of_others(path):
    """Nor what there is not."""
    assert GUESSES(path, b"") == ""


def test_nothing_else_is_guessed_for_what_is_switched_off():
    """``/site.json`` looks like ``/site.js``, and means another thing."""
    guesses = Guesses(["/site.js", "/count"], ShortAddresses().names_page)

    assert guesses(b"/site.json", b"host=a.example") == ""
    assert guesses(b"/site.jso", b"") == "/site.js"
