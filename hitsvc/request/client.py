"""Who a client is: the one place that says so.

It is the peer, unless the peer is a trusted proxy. Then it is what that proxy says: the
last entry, read from the right, that is no trusted proxy itself, of the one header that
the operator names. Any other entry, and any other header, may be the client's own invention.

Limits are for networks, and only for those that stand for a few people. A private address
is a proxy's that nobody told us of; GitHub's image proxy is everybody who reads READMEs.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Any

from hitsvc.request.image_proxies import is_image_proxy
from hitsvc.request.lists import entries

Address = IPv4Address | IPv6Address

# What one household or office is given, as a rule (RFC 6177 for IPv6).
_IPV4_BITS = 24
_IPV6_BITS = 48
# A chain of proxies is short; what is longer is not looked at.
_MAX_ENTRIES = 16
_MAX_ENTRY_LENGTH = 64
# An address, perhaps with a port (RFC 7239, section 6): IPv6 in brackets, IPv4, or alone.
_ENTRY = re.compile(r"\[([^\]]+)\](?::\d{1,5})?|([0-9.]+)(?::\d{1,5})?|(.+)")
# Networks that nobody on the internet sends from: there, a proxy stands between. Not
# `is_private`, which has addresses for documentation in it.
_PRIVATE = [
    ip_network(name)
    for name in (
        "10.0.0.0/8",
        "100.64.0.0/10",
        "127.0.0.0/8",
        "169.254.0.0/16",
        "172.16.0.0/12",
        "192.168.0.0/16",
        "::1/128",
        "fc00::/7",
        "fe80::/10",
    )
]
# What a proxy adds to what it passes on.
OF_PROXIES = frozenset(
    [
        b"forwarded",
        b"via",
        b"x-forwarded-for",
        b"x-forwarded-host",
        b"x-forwarded-proto",
        b"x-real-ip",
    ]
)


class TrustedProxies:
    """Tells which peers may say who the visitor is, and whether it uses HTTPS."""

    def __init__(
        self, allowed: str, unheeded: Callable[[str], None] | None = None
    ) -> None:
        """Parse a list of proxies.

        Args:
            allowed: Addresses or networks, separated by commas, or ``*`` for all.
            unheeded: Told the private address of whoever says that there is HTTPS, and
                is none of them.

        Raises:
            ValueError: One of them is neither.
        """
        names = entries(allowed)
        self._all = "*" in names
        self._networks = [ip_network(name) for name in names if name != "*"]
        self._unheeded = unheeded
        self._trusts = lru_cache(1024)(self._look_up)
        # PERF: 50 us for each connection, else.
        self._network_of_host = lru_cache(1024)(_network_of_host)

    def __contains__(self, client: Any) -> bool:
        """Tell whether an ASGI ``client`` is trusted; a unix socket's always is."""
        return self._all or not client or self._trusts(client[0])

    def lists(self, address: Address) -> bool:
        """Tell whether an address is that of a proxy; ``*`` names none."""
        return any(address in network for network in self._networks)

    def disbelieve(self, client: Any) -> None:
        """Note that an ASGI ``client`` that is not trusted says that there is HTTPS."""
        if self._unheeded is None:
            return
        address = parse_address(client[0])
        if address is not None and is_private(address):
            self._unheeded(str(address))

    def network_of_peer(self, client: tuple[str, int] | None) -> str | None:
        """Return the network of an ASGI ``client``, before it has said anything.

        Returns:
            `None` for a proxy, a private address and a unix socket's client.
        """
        if not client or client in self:
            return None
        return self._network_of_host(client[0])

    def _look_up(self, host: str) -> bool:
        address = parse_address(host)
        return address is not None and self.lists(address)


class Clients:
    """Finds out who sends a request."""

    def __init__(self, proxies: TrustedProxies, header: str = "") -> None:
        """Prepare.

        Args:
            proxies: Who is believed.
            header: The header in which a trusted proxy names its client; empty if none
                does.
        """
        self._proxies = proxies
        self._header = header.lower().encode()
        self._of_proxies = OF_PROXIES | {self._header}

    def address(self, scope: Mapping[str, Any]) -> Address | None:
        """Return the client's address; `None` if nobody knows it.

        Args:
            scope: The request's ASGI scope.
        """
        peer = scope.get("client")
        if peer and peer not in self._proxies:
            return parse_address(peer[0])
        for entry in _from_the_right(scope["headers"], self._header):
            address = _parse_entry(entry)
            if address is None:
                return None  # what stands left of it was not written by who we trust
            if not self._proxies.lists(address):
                return address
        return None

    def address_or_peer(self, scope: Mapping[str, Any]) -> Address | None:
        """Return the client's address, be it a proxy's host that asks for itself.

        That is so where all whom the header names are proxies, and where nothing in the
        request is of a proxy.

        Args:
            scope: The request's ASGI scope.
        """
        address = self.address(scope)
        peer = scope.get("client")
        if address is not None or not peer:
            return address
        if _has_any(scope["headers"], self._of_proxies):
            return self._farthest_proxy(scope)
        return parse_address(peer[0])

    def visitor(self, scope: Mapping[str, Any]) -> Address | None:
        """Return an address that stands for few; `None` where it may be everybody's.

        Args:
            scope: The request's ASGI scope.
        """
        peer = scope.get("client")
        if peer and peer not in self._proxies:
            address = parse_address(peer[0])
            # PERF: looked for first: a field takes 300 instructions, the next line 20,000.
            if address is None or not _has_any(scope["headers"], OF_PROXIES):
                return address
            # A proxy that nobody told us of?
            return None if is_private(address) else address
        # Without a header to look for, nobody knows what came through a proxy.
        return self.address_or_peer(scope) if self._header else None

    def _farthest_proxy(self, scope: Mapping[str, Any]) -> Address | None:
        """Return whom the header names first, if all whom it names are proxies."""
        farthest = None
        for entry in _from_the_right(scope["headers"], self._header):
            farthest = _parse_entry(entry)
            if farthest is None or not self._proxies.lists(farthest):
                return None
        return farthest

    def network(self, scope: Mapping[str, Any]) -> str | None:
        """Return the network that a limit may count; `None` for one of everybody's."""
        return None if is_image_proxy(scope) else _network_of(self.address(scope))


@lru_cache(1024)  # PERF: 3 us, each time that one visitor comes
def parse_address(text: str) -> Address | None:
    """Read an address; an IPv4 one in IPv6 clothes is the IPv4 one."""
    try:
        address = ip_address(text)
    except ValueError:
        return None
    # A socket for both families shows an IPv4 peer as ::ffff:192.0.2.1.
    return getattr(address, "ipv4_mapped", None) or address


def _parse_entry(text: str) -> Address | None:
    match = _ENTRY.fullmatch(text)
    return parse_address(match[match.lastindex or 0]) if match else None


def _has_any(headers: Iterable[tuple[bytes, bytes]], names: frozenset[bytes]) -> bool:
    for name, _ in headers:  # noqa: SIM110 - PERF: a tenth of `any`, compiled
        if name in names:
            return True
    return False


def is_private(address: Address) -> bool:
    """Tell whether nobody on the internet has this address."""
    return any(address in network for network in _PRIVATE)


def _network_of(address: Address | None) -> str | None:
    if address is None or not address.is_global:
        return None
    bits = _IPV4_BITS if address.version == 4 else _IPV6_BITS
    return str(ip_network((address, bits), strict=False))


def _network_of_host(host: str) -> str | None:
    return _network_of(parse_address(host))


def _from_the_right(
    headers: Iterable[tuple[bytes, bytes]], wanted: bytes
) -> Iterable[str]:
    """List the entries of a header, of all its fields, the nearest proxy's first."""
    values = [value for name, value in headers if name == wanted]
    most = _MAX_ENTRIES * _MAX_ENTRY_LENGTH
    entries = b",".join(values)[-most:].decode("latin-1").split(",")
    return [entry.strip() for entry in reversed(entries[-_MAX_ENTRIES:])]
