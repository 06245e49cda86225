"""Takes URLs apart as browsers do, each part in one spelling.

Parsing follows the WHATWG URL standard (https://url.spec.whatwg.org), so that hosts,
dot segments and odd slashes mean what they mean to a browser. On top, percent-encoding
takes the one form of RFC 3986, section 6.2.2. `hitsvc.request.identity` makes keys of it.

**What a page's host may be**, is one rule: a name with a dot, a name with a port,
``localhost``, an IP address written in full, or a name that the operator lists. To a
browser ``12345`` is 0.0.48.57, ``myblog`` a machine that only its own network knows, and
``about.html`` a host: nobody who types them means that.
"""

import re
from itertools import product
from string import hexdigits
from typing import NamedTuple

import can_ada

from hitsvc.errors import InvalidURL, URLTooLong

MAX_KEY_BYTES = 2048
# APPSEC: What may be parsed at all. Punycode takes time that grows with the square of the
# length: 0.3 s for a host of 20,000 letters.
# A name has at most 253 bytes (RFC 1035, 2.3.4); a dot, a colon and a port may follow.
_MAX_HOST_BYTES = 260
# A host whose every byte is escaped, and credentials. Longer ones make no host.
_MAX_AUTHORITY_BYTES = 1000
# A key whose every byte is escaped, and a scheme.
_MAX_TEXT_LENGTH = len("https://") + 3 * MAX_KEY_BYTES

# Browsers strip these before they parse (URL standard, "basic URL parser", 1 and 3).
_EDGE = "".join(map(chr, range(0x21)))
_TAB_OR_NEWLINE = str.maketrans("", "", "\t\n\r")

# A path, and what follows it.
_PARTS = re.compile(r"([^?#]*)(?:\?([^#]*))?(?:#(.*))?", re.DOTALL)
_AUTHORITY = re.compile(r"[/\\]*([^/\\]*)")
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*):")
# In `localhost:5000/x` the colon starts a port, so there is no scheme.
_PORT = re.compile(r":\d{1,5}(?=[/\\?#]|$)")
# The standard lets more through, `{` and empty labels among it. No real host needs them.
_HOST = re.compile(
    r"(?:[a-z0-9_-]+(?:\.[a-z0-9_-]+)*\.?|\[[0-9a-f:.]+\])(?::\d+)?", re.ASCII
)
_IPV4 = re.compile(r"\d+(?:\.\d+){3}", re.ASCII)
# PERF: an escaped byte of a letter that is not ASCII stands in its one form already when
# can_ada wrote it; to look at each made 16 KB of letters twice as dear.
_ESCAPE = re.compile(r"%(?![89A-F][0-9A-F])(?:([0-9A-Fa-f]{2}))?")
_UNRESERVED = frozenset(
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~"
)
# No domain ends so.
_FILE_NAME = re.compile(r".*\.(?:html?|php|aspx?|jsp)", re.ASCII)
LOCAL = frozenset({"localhost"})
_UNSUPPORTED = "only http and https URLs can be counted"
_MALFORMED = "this is not a valid URL"
_NO_HOST = "this is no URL: it has no host"
_NUMBER = "this is no page: an IP address is written in full, such as 192.0.2.1"
_NO_DOT = "this is no page: a host has a dot, such as example.com, or a port"
_A_FILE = "this is no page: it has no host, such as example.com/about.html"


class URL(NamedTuple):
    """The parts of a URL that can tell pages apart.

    Attributes:
        host: With its port, unless that is its scheme's own; in lower case and ASCII.
        path: Percent-encoded in the one form.
        query: What follows the question mark, as it was sent.
        fragment: What follows ``#``, as it was sent.
    """

    host: str
    path: str
    query: str
    fragment: str


def parse(raw: str, bare_hosts: frozenset[str] = LOCAL) -> URL:
    """Take a URL apart, with or without a scheme.

    Args:
        raw: What a person or a page sent, such as ``https://Example.com/a/``.
        bare_hosts: Names that are hosts, whatever the rule says.

    Raises:
        InvalidURL: Not http or https, a relative path, malformed, or no page.
        URLTooLong: It could only make a key that is too long.
    """
    text = raw.strip(_EDGE).translate(_TAB_OR_NEWLINE)
    before, query, fragment = _PARTS.fullmatch(text).groups("")  # type: ignore[union-attr]
    try:
        text.encode()  # a lone surrogate is no character, and can_ada's TypeError
        host, path = _parse(before)
    except ValueError as ex:
        raise InvalidURL(_MALFORMED) from ex
    if len(host) > _MAX_HOST_BYTES or not _HOST.fullmatch(host):
        raise InvalidURL(_MALFORMED)
    if ":" not in host and (name := host.removesuffix(".")) not in bare_hosts:
        if "." not in name:
            raise InvalidURL(_NO_DOT)
        if _FILE_NAME.fullmatch(name):
            raise InvalidURL(_A_FILE)
    if len(path) > _MAX_TEXT_LENGTH:  # letters that were escaped only now
        raise too_long()
    return URL(host, spelled(path), query, fragment)


def _parse(text: str) -> tuple[str, str]:
    """Find the host, with its port, and the path."""
    scheme = _SCHEME.match(text)
    if scheme and not _PORT.match(text, scheme.end() - 1):
        if scheme[1].lower() not in {"http", "https"}:
            raise InvalidURL(_UNSUPPORTED)
        start = scheme.end()
        authority = _bounded(text, start)
        url = can_ada.parse(text)
    else:
        if text[:2] in {"//", "\\\\"}:
            text = text[2:]
        if text[:1] in {"", "/", "\\"}:
            raise InvalidURL(_NO_HOST)
        authority = _bounded(text, 0)
        url = can_ada.parse("http://" + text)
        if not url.port and ":" in text:
            # Without a scheme there is no default port, so `:80` stays, else the key of
            # https://example.com:80 would not be its own key.
            url = can_ada.parse("https://" + text)
    address = url.hostname
    if _IPV4.fullmatch(address) and not _names(authority, address):
        raise InvalidURL(_NUMBER)
    return url.host, url.pathname


def _bounded(text: str, start: int) -> str:
    """Return the authority, which begins at `start`; refuse what is too long to be parsed.

    Raises:
        InvalidURL: So long a host does not exist.
        URLTooLong: So long a URL has no key.
    """
    if len(text) > _MAX_TEXT_LENGTH:
        raise too_long()
    authority = _AUTHORITY.match(text, start)[1]  # type: ignore[index]
    if len(authority.encode()) > _MAX_AUTHORITY_BYTES:
        raise InvalidURL(_MALFORMED)
    return authority


def _names(authority: str, address: str) -> bool:
    """Tell whether an authority has an address as it is, with or without a port."""
    name = authority.rpartition("@")[2].partition(":")[0]
    return name.removesuffix(".") == address


def too_long() -> URLTooLong:
    """Say that a key would be too long."""
    return URLTooLong(f"the URL is longer than {MAX_KEY_BYTES} bytes")


def spelled(text: str) -> str:
    """Write percent-encoding in the one form: unreserved characters are not escaped."""
    return _ESCAPE.sub(_canonical_escape, text) if "%" in text else text


def _canonical_escape(match: re.Match[str]) -> str:
    return _SPELLED[match[0]]


def _spelled_escape(digits: str) -> str:
    char = chr(int(digits, 16))
    return char if char in _UNRESERVED else "%" + digits.upper()


# PERF: every escape there is; to work each out took twice as long.
_SPELLED = {
    f"%{digits}": _spelled_escape(digits)
    for digits in map("".join, product(hexdigits, repeat=2))
}
# A lone one is escaped, or decoding could make a new escape.
_SPELLED["%"] = "%25"
