"""Whose pages are counted: the sites that the operator allows and denies."""

from collections.abc import Iterable

from hitsvc.errors import InvalidURL
from hitsvc.request.urls import normalise

_ANY_SUBDOMAIN = "*."


class Sites:
    """A choice of sites."""

    def __init__(self, allowed: str = "", denied: str = "") -> None:
        """Read the two lists.

        Args:
            allowed: Hosts, separated by commas; ``*.example.org`` is ``example.org`` and
                all below it. A port is part of a host. Empty: all.
            denied: The same; it wins.

        Raises:
            ValueError: An entry is no host; the message says which.
        """
        self.all = not allowed.strip(" ,")
        self._allowed = _Hosts(_entries(allowed))
        self._denied = _Hosts(_entries(denied))

    def __contains__(self, site: str) -> bool:
        """Tell whether the pages of a site are counted."""
        return (self.all or site in self._allowed) and site not in self._denied


class _Hosts:
    """A set of hosts, some with all below them."""

    def __init__(self, entries: Iterable[str]) -> None:
        self._exact: set[str] = set()
        self._with_subdomains: set[str] = set()
        for entry in entries:
            host = entry.removeprefix(_ANY_SUBDOMAIN)
            chosen = self._exact if host == entry else self._with_subdomains
            chosen.add(_host(host, entry))

    def __contains__(self, site: str) -> bool:
        if site in self._exact:
            return True
        while site:
            if site in self._with_subdomains:
                return True
            site = site.partition(".")[2]
        return False


def _entries(text: str) -> list[str]:
    return [name for entry in text.split(",") if (name := entry.strip())]


def _host(text: str, entry: str) -> str:
    """Write a host as the keys of its pages do: lower case, in ASCII."""
    try:
        host = normalise(text)
    except InvalidURL:
        host = "/"
    if "/" in host or "://" in text or "*" in text:
        msg = f"{entry!r} is not a host, such as example.org or *.example.org"
        raise ValueError(msg)
    return host
