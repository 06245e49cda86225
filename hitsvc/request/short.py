"""Short addresses of badges: ``/example.com/post.svg`` counts ``example.com/post``.

Such an address means ``/count/tag.svg?url=example.com/post``, and becomes it before anybody
looks at it: there is one way to count. What follows the question mark is for the badge, and
of it that for the page which settings say tells pages apart.

A path is taken as it was sent. Proxies may decode its escapes and merge its slashes, which
no rule of ours could undo: ``url=`` reaches us as it was sent.
"""

import re
from collections.abc import Iterable
from string import ascii_letters, digits
from typing import Any
from urllib.parse import unquote, unquote_to_bytes

from hitsvc.errors import InvalidURL
from hitsvc.request.identity import PLAIN, Identity
from hitsvc.request.query import printable

_ENDING = b".svg"
_BADGE = "/count/tag.svg"
# A host as people see it, perhaps behind a scheme, whose slashes a proxy may have merged.
_SCHEME = re.compile(r"https?:/+", re.IGNORECASE)
_HOST = re.compile(r"[^/.:][^/]*[.:\u3002][^/]*")
_BETWEEN = re.compile(rb"(?:^|&)(?:amp;)*")
# APPSEC: no host needs more bytes to be told, escaped and behind its scheme.
_LONGEST_HOST = 4096
# What is escaped in a value of a query, the percent sign first. PERF: `quote` takes a
# letter at a time, 8 KB in 0.4 ms.
_KEPT = frozenset(f"{ascii_letters}{digits}_.-~/:")
_ESCAPES = {
    letter: f"%{ord(letter):02X}"
    for letter in ("%", *map(chr, range(0x21, 0x7F)))
    if letter not in _KEPT
}


class ShortAddresses:
    """Knows them from others."""

    def __init__(
        self, identity: Identity = PLAIN, base: str = "", ours: Iterable[str] = ()
    ) -> None:
        """Prepare.

        Args:
            identity: What is one page, and which names without a dot are hosts.
            base: The path that a proxy leaves on, or ``""``.
            ours: The service's own addresses: what they begin with is no host.
        """
        self._key = identity.key
        self._base = f"{base}/".encode()
        self._bare_hosts = identity.bare_hosts.difference(
            path.split("/")[1] for path in ours
        )

    def expand(self, scope: dict[str, Any]) -> bool:
        """Let the scope of a request say what a short address means.

        Args:
            scope: Of ASGI; changed if its address is one.

        Returns:
            Whether it is.
        """
        if scope["path"] == _BADGE:
            return False  # it was spelled out already, or as a whole
        path: bytes = scope.get("raw_path") or scope["path"].encode()
        path = path.rstrip(b"/")
        if not path.endswith(_ENDING):
            return False
        named = path.removesuffix(_ENDING).removeprefix(self._base).lstrip(b"/")
        if not self.begins_with_host(named):
            return False
        query: bytes = scope["query_string"]
        pairs = [
            pair for pair in _BETWEEN.split(query) if pair and not _names_url(pair)
        ]
        page = named + b"?" + query if query else named
        text = _escaped(printable(page))
        scope["query_string"] = b"&".join([b"url=" + text.encode(), *pairs])
        scope["path"] = _BADGE
        return True

    def begins_with_host(self, path: bytes) -> bool:
        """Tell whether a path, without the slash before it, begins with a host."""
        head = printable(path[:_LONGEST_HOST])
        text = _SCHEME.sub("", unquote(head), count=1)
        host = text.partition("/")[0]
        return _HOST.fullmatch(host) is not None or host in self._bare_hosts

    def names_page(self, path: bytes) -> bool:
        """Tell whether a path, without the slash before it, is one that can be counted."""
        try:
            return self.begins_with_host(path) and bool(self._key(printable(path)))
        except InvalidURL:
            return False


def _names_url(pair: bytes) -> bool:
    """Tell whether a parameter is the one that the address stands for, however spelled."""
    name = pair.partition(b"=")[0]
    return (unquote_to_bytes(name) if b"%" in name else name) == b"url"


def _escaped(text: str) -> str:
    """Escape printable ASCII for the value of a parameter."""
    for letter, escape in _ESCAPES.items():
        if letter in text:
            text = text.replace(letter, escape)
    return text
