"""Whose pages are counted: the sites that the operator allows and denies."""

from collections.abc import Iterable

from hitsvc.errors import InvalidURL
from hitsvc.request.identity import Identity
from hitsvc.request.lists import ANY_SUBDOMAIN, entries


class Sites:
    """A choice of sites."""

    def __init__(
        self, allowed: str = "", denied: str = "", identity: Identity | None = None
    ) -> None:
        """Read the two lists.

        Args:
            allowed: Hosts, separated by commas; ``*.example.org`` is ``example.org`` and
                all below it. A port is part of a host. Empty: all.
            denied: The same; it wins.
            identity: What makes keys of pages; `None` for what always holds.

        Raises:
            ValueError: An entry is no host; the message says which.
        """
        self.all = not allowed.strip(" ,")
        identity = identity or Identity(hosts=f"{allowed},{denied}")
        self._allowed = _Hosts(entries(allowed), identity)
        self._denied = _Hosts(entries(denied), identity)

    def __contains__(self, site: str) -> bool:
        """Tell whether the pages of a site are counted."""
        return (self.all or site in self._allowed) and site not in self._denied


class _Hosts:
    """A set of hosts, some with all below them."""

    def __init__(self, listed: Iterable[str], identity: Identity) -> None:
        self._exact: set[str] = set()
        self._with_subdomains: set[str] = set()
        for entry in listed:
            host = entry.removeprefix(ANY_SUBDOMAIN)
            # What is folded away has no pages: `www.example.org` is `example.org`.
            try:
                self._exact.add(identity.host(host))
                if host != entry:
                    self._with_subdomains.add(identity.host(host, as_it_is=True))
            except InvalidURL as ex:
                msg = f"{entry!r} is not a host"
                raise ValueError(msg) from ex

    def __contains__(self, site: str) -> bool:
        if site in self._exact:
            return True
        while site:
            if site in self._with_subdomains:
                return True
            site = site.partition(".")[2]
        return False
