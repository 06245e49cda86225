"""Understands lines of the combined log format, with or without a host before them."""

import re

from hitsvc.admin.importers.requests import Request, clf_moment, host_of

# Servers escape quotes in what a client sends, so it can end no field.
_TIME = re.compile(r' \[([^\[\]"]{20,40})\] "')
_REST = re.compile(
    r'(?P<request>(?:[^"\\]|\\.)*+)" (?P<status>\d{3}) \S+'
    r'(?: "(?:[^"\\]|\\.)*+" "(?P<agent>(?:[^"\\]|\\.)*+)")?',
    re.ASCII,
)
_ESCAPE = re.compile(r"\\(?:x([0-9A-Fa-f]{2})|(.))")


def combined_request(line: str) -> Request | None:
    """Read a line; None if it is none, or its request is none.

    What speaks TLS to a plain port, or says nothing, is logged without a protocol.
    """
    time, rest = _parts(line)
    if not time or not rest:
        return None
    method, _, target = rest["request"].partition(" ")
    target, _, protocol = target.rpartition(" ")
    if not protocol.startswith("HTTP/"):
        return None
    agent = rest["agent"] or ""
    return Request(
        clf_moment(time[1]),
        _virtual_host(line[: time.start()]),
        method,
        _ESCAPE.sub(_unescaped, target) if "\\" in target else target,
        int(rest["status"]),
        "" if agent == "-" else agent,
    )


def is_logged(line: str) -> bool:
    """Tell whether a server wrote the line, be its request one or not."""
    return all(_parts(line))


def _parts(line: str) -> tuple[re.Match[str] | None, re.Match[str] | None]:
    time = _TIME.search(line)
    return time, _REST.match(line, time.end()) if time else None


def _virtual_host(left: str) -> str:
    """Find the host before address, identity and user."""
    words = left.split(" ", 3)
    # The identity is `-` everywhere: nobody runs identd. A user's name may have spaces.
    if len(words) < 4 or words[1] == "-" or words[2] != "-":
        return ""
    return host_of(words[0])


def _unescaped(match: re.Match[str]) -> str:
    """Return what the server has escaped, as a URL's path writes it."""
    return f"%{match[1]}" if match[1] else f"%{ord(match[2]) & 0xFF:02X}"
