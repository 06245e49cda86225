"""What header fields say about a request's frame: its version, its host, its body.

Fields are a flat list of names, in lower case, and values, in turns.
"""

import re
from http import HTTPStatus

import httptools

Fields = list[bytes]

HOST = b"host"
CONNECTION = b"connection"
PROXY_CONNECTION = b"proxy-connection"
_TRANSFER_ENCODING = b"transfer-encoding"
# RFC 9112 3.2 and RFC 3986 3.2.2, 3.2.3: a name, an IPv4 or a bracketed address, and
# perhaps a port. An http URL has no empty host (RFC 9110 4.2.1).
_A_HOST = re.compile(
    rb"(?:[\w.~!$&'()*+,;=-]|%[0-9A-Fa-f]{2})+(?::[0-9]*)?"
    rb"|\[(?:[0-9A-Fa-f:.]+|[vV][0-9A-Fa-f]+\.[\w.~!$&'()*+,;=:-]+)\](?::[0-9]*)?"
)
_METHOD_LINE = re.compile(
    rb"[\r\n]*([!#$%&'*+.^_`|~0-9A-Za-z-]+) [^ \r\n]+ HTTP/1\.[01]\r\n"
)
# RFC 9110 9.3 without CONNECT, and RFC 5789.
METHODS = {
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


def check_version(version: str, names: list[bytes]) -> None:
    """Refuse what is neither HTTP/1.0 nor 1.1, or not framed as its version is."""
    if version not in ("1.0", "1.1"):
        raise Refused
    if version == "1.0" and _TRANSFER_ENCODING in names:
        # APPSEC: a proxy that speaks 1.0 would see the end of the body elsewhere.
        raise Refused


def the_host(fields: Fields, version: str) -> bytes | None:
    """Return the value of ``Host``; `None` where HTTP/1.0 has none.

    Raises:
        Refused: It is missing, there are two, or it is no host.
    """
    hosts = values(fields, HOST)
    if not hosts and version == "1.0":
        return None
    if len(hosts) != 1 or not _A_HOST.fullmatch(hosts[0].rstrip()):
        raise Refused
    return hosts[0]


def values(fields: Fields, name: bytes) -> list[bytes]:
    """Return the values that a name has."""
    return [fields[at + 1] for at in range(0, len(fields), 2) if fields[at] == name]


def check_target(target: bytes, method: str) -> None:
    """Refuse a target in another form than the method's (RFC 9112 3.2).

    Raises:
        Refused: It is an asterisk, for another method than OPTIONS.
        httptools.HttpParserInvalidURLError: It is neither a path nor a URL.
    """
    if target == b"*":
        if method != "OPTIONS":
            raise Refused
    elif not target.startswith(b"/"):
        httptools.parse_url(target)


def unknown_method(beginning: bytes) -> bool:
    """Tell whether these bytes are a request but for a method that we do not know."""
    found = _METHOD_LINE.match(beginning)
    return found is not None and found[1] not in METHODS
