"""What counts as one URL: `normalise` turns what people send into one key.

Parsing follows the WHATWG URL standard (https://url.spec.whatwg.org), so that hosts,
dot segments and odd slashes mean what they mean to a browser. On top come the rules
that make two spellings of a page one counter: scheme, credentials, default port,
query, fragment and trailing slashes do not matter, and percent-encoding takes the
one form of RFC 3986, section 6.2.2.

A key is plain ASCII without ``{``, ``}``, white space or control characters: it can
stand inside a Redis hash tag, a header and an XML text as it is.
"""

import re

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

# The query and the fragment are no part of a key, whatever is in them.
_IGNORED = re.compile(r"[?#]")
_AUTHORITY = re.compile(r"[/\\]*([^/\\]*)")
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*):")
# In `localhost:5000/x` the colon starts a port, so there is no scheme.
_PORT = re.compile(r":\d{1,5}(?=[/\\?#]|$)")
# The standard lets more through, `{` among it. No real host needs them.
_HOST = re.compile(r"(?:[a-z0-9_-][a-z0-9_.-]*|\[[0-9a-f:.]+\])(?::\d+)?")
_ESCAPE = re.compile(r"%(?:([0-9A-Fa-f]{2}))?")
_UNRESERVED = frozenset(
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~"
)
_UNSUPPORTED = "only http and https URLs can be counted"
_MALFORMED = "this is not a valid URL"


def normalise(raw: str) -> str:
    """Turn a URL, with or without a scheme, into its key: host and path.

    Idempotent: a key's key is itself.

    Args:
        raw: What a person or a page sent, such as ``https://Example.com/a/``.

    Returns:
        The key, such as ``example.com/a``.

    Raises:
        InvalidURL: Not http or https, a relative path, or malformed.
        URLTooLong: The key is longer than `MAX_KEY_BYTES`, or what was sent could only
            make one that is.
    """
    text = raw.strip(_EDGE).translate(_TAB_OR_NEWLINE)
    try:
        text.encode()  # a lone surrogate is no character, and can_ada's TypeError
        host, path = _parse(_IGNORED.split(text, maxsplit=1)[0])
    except ValueError as ex:
        raise InvalidURL(_MALFORMED) from ex
    if len(host) > _MAX_HOST_BYTES or not _HOST.fullmatch(host):
        raise InvalidURL(_MALFORMED)
    if len(path) > _MAX_TEXT_LENGTH:  # letters that were escaped only now
        raise _too_long()
    if "%" in path:
        path = _ESCAPE.sub(_canonical_escape, path)
    key = host + path.rstrip("/")
    if len(key) > MAX_KEY_BYTES:
        raise _too_long()
    return key


def _parse(text: str) -> tuple[str, str]:
    """Find the host, with its port, and the path."""
    scheme = _SCHEME.match(text)
    if scheme and not _PORT.match(text, scheme.end() - 1):
        if scheme[1].lower() not in {"http", "https"}:
            raise InvalidURL(_UNSUPPORTED)
        _bound(text, scheme.end())
        url = can_ada.parse(text)
        return url.host, url.pathname
    if text[:2] in {"//", "\\\\"}:
        text = text[2:]
    if text[:1] in {"", "/", "\\"}:
        msg = "this is no URL: it has no host"
        raise InvalidURL(msg)
    _bound(text, 0)
    url = can_ada.parse("http://" + text)
    if not url.port and ":" in text:
        # Without a scheme there is no default port, so `:80` stays, else the key of
        # https://example.com:80 would not be its own key.
        url = can_ada.parse("https://" + text)
    return url.host, url.pathname


def _bound(text: str, start: int) -> None:
    """Refuse what is too long to be parsed; the authority begins at `start`.

    Raises:
        InvalidURL: So long a host does not exist.
        URLTooLong: So long a URL has no key.
    """
    if len(text) > _MAX_TEXT_LENGTH:
        raise _too_long()
    authority = _AUTHORITY.match(text, start)
    if authority and len(authority[1].encode()) > _MAX_AUTHORITY_BYTES:
        raise InvalidURL(_MALFORMED)


def _too_long() -> URLTooLong:
    return URLTooLong(f"the URL is longer than {MAX_KEY_BYTES} bytes")


def _canonical_escape(match: re.Match[str]) -> str:
    digits = match[1]
    if digits is None:  # a lone "%": escaped, or decoding could make a new escape
        return "%25"
    char = chr(int(digits, 16))
    return char if char in _UNRESERVED else "%" + digits.upper()
