"""Which parameters of a page's query tell it from other pages, as a setting lists them."""

import re
from collections.abc import Callable, Iterable
from operator import itemgetter
from urllib.parse import quote, unquote_to_bytes

from hitsvc.errors import InvalidURL
from hitsvc.request.lists import ANY_SUBDOMAIN

# What may stand in a name or a value, beside letters and digits.
_KEPT = "!$'()*,-./:;?@_|~"
# A name, as the setting has it.
_NAME = re.compile(r"[^\s?#&=%+:]+")
_NONE: frozenset[str] = frozenset()


def split_entry(entry: str) -> tuple[str, str]:
    """Take an entry of the setting apart: its host, if it has one, and its name.

    Raises:
        ValueError: It is none.
    """
    host, colon, name = entry.rpartition(":")
    if not _NAME.fullmatch(name) or (colon and not host.removeprefix(ANY_SUBDOMAIN)):
        msg = f"{entry!r} is no parameter"
        raise ValueError(msg)
    return host, name


class Parameters:
    """The names of parameters that matter."""

    def __init__(self, entries: Iterable[str], site_of: Callable[[str], str]) -> None:
        """Read them.

        Args:
            entries: ``name``, ``host:name`` or ``*.host:name``.
            site_of: Spells a host as keys do, or raises `InvalidURL`.

        Raises:
            ValueError: One is none; the message says which.
        """
        self._by_host: dict[str, frozenset[str]] = {}
        for entry in entries:
            host, name = split_entry(entry)
            prefix = ANY_SUBDOMAIN if host.startswith(ANY_SUBDOMAIN) else ""
            try:
                site = site_of(host.removeprefix(prefix)) if host else ""
            except InvalidURL as ex:
                msg = f"{entry!r} names no host ({ex})"
                raise ValueError(msg) from ex
            self._by_host[prefix + site] = self._of(prefix + site) | {_spelled(name)}

    def _of(self, host: str) -> frozenset[str]:
        return self._by_host.get(host, _NONE)

    def on(self, site: str) -> frozenset[str]:
        """Return the names that matter on a site."""
        if not self._by_host:
            return _NONE
        names = self._of("") | self._of(site)
        while site:
            names |= self._of(ANY_SUBDOMAIN + site)
            site = site.partition(".")[2]
        return names


def chosen(query: str, names: frozenset[str]) -> str:
    """Return the parameters with these names, in order; one without a value is as none."""
    if not query or not names:
        return ""
    found = []
    for pair in query.split("&"):
        name, _, value = pair.partition("=")
        if value and (name := _spelled(name)) in names:
            found.append((name, f"{name}={_spelled(value)}"))
    # Those of one name may have an order.
    return "&".join(text for _, text in sorted(found, key=itemgetter(0)))


def _spelled(text: str) -> str:
    """Write a name or a value in one form."""
    # PERF: 2 us else, and a query has two thousand of them.
    if text.isalnum() and text.isascii():
        return text
    return quote(unquote_to_bytes(text.replace("+", " ")), _KEPT)
