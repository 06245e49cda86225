"""What a head says of how its request is to be understood: version, host, method, body."""

import re
from http import HTTPStatus
from typing import Any, Final

import httptools

# Names, in lower case, and values.
Headers = list[tuple[bytes, bytes]]

BETWEEN: Final = b"\n"  # what no field contains
_HOST = b"host"
_TRANSFER_ENCODING = b"transfer-encoding"
# What `check_head` looks at, and what the version and the end are not clear with;
# llhttp knows both of a connection, and ends the request where one offers an upgrade.
FRAMING: Final = frozenset(
    [_HOST, b"connection", b"proxy-connection", b"upgrade", _TRANSFER_ENCODING]
)
# RFC 9112 3.2 and RFC 3986 3.2.2, 3.2.3: a name, an IPv4 or a bracketed address, and
# perhaps a port. An http URL has no empty host (RFC 9110 4.2.1).
_A_HOST = re.compile(
    rb"(?:[\w.~!$&'()*+,;=-]|%[0-9A-Fa-f]{2})+(?::[0-9]*)?"
    rb"|\[(?:[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]+|[vV][0-9A-Fa-f]+\.[\w.~!$&'()*+,;=:-]+)\](?::[0-9]*)?"
)
_METHOD_LINE = re.compile(
    rb"[\r\n]*([!#$%&'*+.^_`|~0-9A-Za-z-]+) [^ \r\n]+ HTTP/1\.[01]\r\n"
)
# RFC 9110 9.3 and RFC 5789, without CONNECT: we are no proxy.
_METHODS = {
    name.encode(): name
    for name in ("GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "TRACE", "PATCH")
}


class Refused(Exception):
    """A request that is not answered.

    Attributes:
        status: What its client is told.
    """

    def __init__(self, status: HTTPStatus = HTTPStatus.BAD_REQUEST) -> None:
        """Say why."""
        super().__init__(status)
        self.status = status


def check_head(headers: Headers, version: str) -> None:
    """Refuse what is neither HTTP/1.0 nor 1.1, or not well-formed there."""
    if version not in ("1.0", "1.1"):
        raise Refused
    _check_coding(headers, version)
    _check_host(headers, version)


def _check_coding(headers: Headers, version: str) -> None:
    """Refuse a body in another coding than chunks (RFC 9112 6.1)."""
    lines = _values(headers, _TRANSFER_ENCODING)
    if not lines:
        return
    codings = [coding.strip().lower() for coding in b",".join(lines).split(b",")]
    if version == "1.0" or codings[-1] != b"chunked":
        # APPSEC: a proxy would see the end of the body elsewhere.
        raise Refused
    if len(codings) > 1:
        raise Refused(HTTPStatus.NOT_IMPLEMENTED)


def _check_host(headers: Headers, version: str) -> None:
    """Refuse a request that names no host, two, or what is none; HTTP/1.0 needs none."""
    hosts = _values(headers, _HOST)
    if not hosts and version == "1.0":
        return
    if len(hosts) != 1 or not _A_HOST.fullmatch(hosts[0].rstrip()):
        raise Refused


def length_of(headers: Headers) -> int | None:
    """Return the length that a body is announced with."""
    found = _values(headers, b"content-length")
    return int(found[0]) if found else None


def take_expectation(headers: Headers) -> bool:
    """Take out what asks us to ask for the body, if it is there."""
    for header in headers:
        if header[0] == b"expect" and header[1].rstrip().lower() == b"100-continue":
            headers.remove(header)
            return True
    return False


def among(headers: Headers, names: frozenset[bytes]) -> Headers:
    """Return the fields with these names."""
    return [header for header in headers if header[0] in names]


def packed(headers: Headers) -> bytes:
    """Return fields as few bytes."""
    return b"".join(b"%b\n%b\n" % header for header in headers)


def unpacked(fields: bytes) -> Headers:
    """Return the fields that `packed` has packed."""
    parts = fields.split(BETWEEN)
    return list(zip(parts[::2], parts[1::2], strict=False))  # nothing is last


def _values(headers: Headers, name: bytes) -> list[bytes]:
    return [value for other, value in headers if other == name]


def path_and_query(target: bytes, method: str) -> tuple[bytes, bytes]:
    """Take a target apart that is a URL, as sent to a proxy, or an asterisk.

    Raises:
        Refused: It is an asterisk, for another method than OPTIONS (RFC 9112 3.2.4).
        httptools.HttpParserInvalidURLError: It is neither.
    """
    if target.startswith(b"*") and (target != b"*" or method != "OPTIONS"):
        raise Refused  # llhttp takes what begins so for a path
    url: Any = httptools.parse_url(target)  # its types do not tell of what is missing
    return url.path or b"/", url.query or b""


def known_method(name: bytes) -> str:
    """Return a method's name as text.

    Raises:
        Refused: No RFC 9110 or 5789 says what it means; or it is CONNECT.
    """
    method = _METHODS.get(name)
    if method is None:
        raise Refused(HTTPStatus.NOT_IMPLEMENTED)
    return method


def unknown_method(beginning: bytes) -> bool:
    """Tell whether these bytes are a request but for a method that we do not know."""
    found = _METHOD_LINE.match(beginning)
    return found is not None and found[1] not in _METHODS
