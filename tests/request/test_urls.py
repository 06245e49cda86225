"""What counts as one URL."""

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from hitsvc.errors import InvalidURL, URLTooLong
from hitsvc.request import normalise
from hitsvc.request.urls import MAX_KEY_BYTES

SAME = [
    pytest.param("example.com", "example.com", id="a bare host"),
    pytest.param("https://example.com/", "example.com", id="scheme and root"),
    pytest.param("HTTPS://u:p@Example.com:443/a/../b/?x#y", "example.com/b", id="all"),
    pytest.param("http://example.com:80/", "example.com", id="default http port"),
    pytest.param("http://example.com:443/", "example.com:443", id="foreign port"),
    pytest.param("https://example.com:80/", "example.com:80", id="foreign port https"),
    pytest.param("example.com:80", "example.com:80", id="port without a scheme"),
    pytest.param("localhost:5000", "localhost:5000", id="a name and a port"),
    pytest.param("localhost:5000/x?y", "localhost:5000/x", id="a name, port and path"),
    pytest.param("http://http:8080", "http:8080", id="a host called http"),
    pytest.param("example.com/x", "example.com/x", id="no scheme"),
    pytest.param("//example.com/x", "example.com/x", id="scheme-relative"),
    pytest.param("\\\\example.com\\x", "example.com/x", id="backslashes"),
    pytest.param(" \texample.com/a\nb ", "example.com/ab", id="stray white space"),
    pytest.param("http://example.com/a b", "example.com/a%20b", id="a space"),
    pytest.param("http://münchen.de/ü", "xn--mnchen-3ya.de/%C3%BC", id="IDNA"),
    pytest.param("http://[::1]:80/x", "[::1]/x", id="IPv6"),
    pytest.param("http://[2001:DB8::1]:81/x", "[2001:db8::1]:81/x", id="IPv6 and port"),
    pytest.param("example.com/%7euser", "example.com/~user", id="unreserved escape"),
    pytest.param("example.com/%2f%c3", "example.com/%2F%C3", id="other escapes"),
    pytest.param("example.com/100%", "example.com/100%25", id="a lone percent sign"),
    pytest.param("example.com/{x}", "example.com/%7Bx%7D", id="braces in a path"),
    pytest.param("example.com/a/%2e%2E/b", "example.com/b", id="escaped dots"),
    pytest.param("example.com//a//", "example.com//a", id="inner slashes stay"),
    pytest.param("user@example.com/x", "example.com/x", id="credentials"),
    pytest.param("localhost", "localhost", id="this machine"),
    pytest.param("http://localhost/x", "localhost/x", id="this machine, by a URL"),
    pytest.param("myblog:8080/x", "myblog:8080/x", id="a name with a port"),
    pytest.param("http://myblog:8080/", "myblog:8080", id="such a URL"),
    pytest.param("192.0.2.1/x", "192.0.2.1/x", id="an IP address in full"),
    pytest.param("http://a:b@192.0.2.1:81/", "192.0.2.1:81", id="and credentials"),
    pytest.param("http://192.0.2.1./", "192.0.2.1", id="and the root's dot"),
    pytest.param("index.php.example", "index.php.example", id="no file"),
    pytest.param("https%3A%2F%2Fexample.com%2Fa%20b", "example.com/a%20b", id="twice"),
    pytest.param("https%253A%252F%252Fexample.com", "example.com", id="three times"),
    pytest.param("example.com%2Fa%2Fb", "example.com/a/b", id="twice, no scheme"),
    pytest.param("%2F%2Fexample.com%2Fx", "example.com/x", id="twice, no scheme, //"),
    pytest.param(
        "https%3A%2F%2Fa.example%2F%B2", "a.example/%B2", id="twice, no UTF-8"
    ),
    pytest.param("https%3A//m%C3%BCnchen.de", "xn--mnchen-3ya.de", id="twice, IDNA"),
    pytest.param("example.com/a%252Fb", "example.com/a%252Fb", id="it makes sense so"),
]
REFUSED = [
    "",
    " ",
    "/",
    "/relative/path",
    "///x",
    "./x",
    "../x",
    "?x",
    "#x",
    "http://",
    "https:///",
    "http://./",
    "ftp://example.com/",
    "mailto:someone@example.com",
    "javascript:alert(1)",
    "data:text/html,<script>",
    "file:///etc/passwd",
    "http://exa mple.com/",
    "http://ex{a}mple.com/",
    "http://example.com:99999/",
    "http://example.com:port/",
    "\ud800",
    "http://example.com/\ud800",
    "http://%00/",
    "https%3A%2F%2F",
    "\ud800%",
    "ftp%3A%2F%2Fexample.com",
]
NO_PAGES = [
    *((text, "IP address") for text in ("12345", "http://12345/", "0x7f.1", "127.1")),
    *(
        (text, "IP address")
        for text in ("1.2.3", "\uff11\uff12\uff17.0.0.1", "u@2130706433/x")
    ),
    ("http://192.0.2.1@12345/", "IP address"),
    *(
        (text, "only http")
        for text in ("post:hello", "mailto:a@b.example", "tel:1234567")
    ),
    *((text, "no dot|has a dot") for text in ("myblog", "http://myblog/x", "myblog.")),
    *((text, "no dot|has a dot") for text in ("undefined", "null", "N/A", "-")),
    *(
        (text, "no host")
        for text in ("about.html", "index.php?p=1", "http://a.b.aspx/")
    ),
    *((text, "valid URL") for text in ("a..example", ".example", "hello world.")),
]


@pytest.mark.parametrize(("raw", "key"), SAME)
def test_spelling_has_key(raw, key):
    """Each way to write a URL gives the key of the page it names."""
    assert normalise(raw) == key


@pytest.mark.parametrize("raw", REFUSED)
def test_what_is_no_web_url_is_refused(raw):
    """Other schemes, relative paths and malformed URLs raise the domain error."""
    with pytest.raises(InvalidURL):
        normalise(raw)


@pytest.mark.parametrize(("raw", "reason"), NO_PAGES)
def test_what_is_no_page_is_refused_with_a_sentence(raw, reason):
    """Nobody who types them means 0.0.48.57, a neighbour's machine or a top-level domain."""
    with pytest.raises(InvalidURL, match=reason):
        normalise(raw)


def test_longest_key_is_accepted():
    """A key of exactly the limit is counted."""
    key = "example.com/" + "a" * (MAX_KEY_BYTES - len("example.com/"))
    assert normalise(key) == key


def test_key_over_the_limit_is_refused():
    """One byte more than the limit raises URLTooLong."""
    with pytest.raises(URLTooLong, match="2048"):
        normalise("example.com/" + "a" * (MAX_KEY_BYTES - len("example.com/") + 1))


def test_limit_is_on_the_key_not_on_what_was_sent():
    """A long query does not matter, because it is not part of the key."""
    assert normalise("example.com/?" + "a" * 5000) == "example.com"


@pytest.mark.parametrize("form", ["{}", "http://{}", "//{}", "http:\\\\{}/x", "{}:80"])
@pytest.mark.parametrize(
    "host",
    [
        pytest.param("a" * 261, id="letters"),
        pytest.param("a." * 131, id="labels"),
        pytest.param("中" * 334, id="letters that are 1002 bytes"),
        pytest.param("".join(map(chr, range(0x4E00, 0x9C20))), id="20,000 letters"),
        pytest.param("%61" * 334, id="escapes"),
        pytest.param("@" * 1001 + "a.example", id="credentials"),
        pytest.param("\xad" * 501 + "a.example", id="letters that vanish"),
    ],
)
def test_a_host_that_no_name_server_knows_is_refused(form, host):
    """A name has 253 bytes at most, so Punycode never works on a long one."""
    with pytest.raises(InvalidURL, match=r"not a valid URL|longer than|no page"):
        normalise(form.format(host))


def test_the_longest_host_is_accepted():
    """253 bytes, the root's dot and a port."""
    host = "a." * 127 + ":65535"
    assert normalise(f"http://user@{host}/") == host


@pytest.mark.parametrize("part", ["%7e", "%", "a", "日", "/", "/..", "/%2e%2E"])
def test_what_is_longer_than_any_key_can_be_written_is_not_parsed(part):
    """Also if dot segments would leave a short key: that much work for nothing."""
    with pytest.raises(URLTooLong, match="2048"):
        normalise("example.com/" + part * (6200 // len(part)))


def test_letters_that_make_too_long_a_path_are_refused():
    """Each becomes nine bytes, and that is known only when it is parsed."""
    with pytest.raises(URLTooLong, match="2048"):
        normalise("example.com/" + "日" * 1000)


def test_a_key_may_be_written_in_three_times_its_length():
    """Every byte escaped."""
    path = "~" * (MAX_KEY_BYTES - len("example.com/"))
    assert normalise(f"https://example.com/{path.replace('~', '%7e')}") == (
        f"example.com/{path}"
    )


@given(st.text())
@example("#?" * 20_000)
def test_the_query_and_the_fragment_are_not_looked_at(rest):
    """Whatever is in them, and however long."""
    assert normalise(f"example.com/x?{rest}") == "example.com/x"
    assert normalise(f"http://example.com/x#{rest}") == "example.com/x"


PIECES = [
    "http:",
    "https:",
    "/",
    "//",
    "\\",
    "..",
    ".",
    "%",
    "%2e",
    "%7E",
    "%41",
    "%2f",
    "a",
    "Z",
    "ü",
    ":",
    "80",
    "443",
    "@",
    "?",
    "#",
    "[",
    "]",
    "::1",
    "{",
    "}",
    "\x7f",
    "example.com",
    "xn--",
    "ß",
    "。",
    "_",
    "-",
]
url_like = st.lists(
    st.sampled_from([*PIECES, " ", "\t", "\n", "\0"]),
    max_size=12,
).map("".join)


@given(st.one_of(st.text(), url_like))
@example("http:8080")
@example("example.com/%%37E")
def test_key_of_a_key_is_itself_and_clean(raw):
    """Any text gives a stable, printable key or the domain error, nothing else."""
    try:
        key = normalise(raw)
    except InvalidURL:
        return
    assert normalise(key) == key
    assert re.fullmatch(r"[!-z|~]+", key), key
    assert len(key) <= MAX_KEY_BYTES
