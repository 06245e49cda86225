"""Who a client is: the one place that says so.

It is the peer, unless the peer is a trusted proxy. Then it is what that proxy says: the
last entry, read from the right, that is no trusted proxy itself, of the one header that
the operator names. Any other entry, and any other header, may be the client's own invention.

Limits are for networks, and only for those that stand for a few people. A private address
is a proxy's that nobody told us of; GitHub's image proxy is everybody who reads READMEs.
"""

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Any

Address = IPv4Address | IPv6Address

# What one household or office is given, as a rule (RFC 6177 for IPv6).
_IPV4_BITS = 24
_IPV6_BITS = 48
# A chain of proxies is short; what is longer is not looked at.
_MAX_ENTRIES = 16
_MAX_ENTRY_LENGTH = 64
# An address, perhaps with a port (RFC 7239, section 6): IPv6 in brackets, IPv4, or alone.
_ENTRY = re.compile(r"\[([^\]]+)\](?::\d{1,5})?|([0-9.]+)(?::\d{1,5})?|(.+)")
# GitHub's and its kin (npm, PyPI, GitLab, ...) are all some camo; then mail's and feeds'.
_IMAGE_PROXY = re.compile(
    rb"\bcamo\b|ima?ge?[-_ ]?proxy|YahooMailProxy|\b(?:images\.)?weserv\b|\bwsrv\.nl\b",
    re.IGNORECASE,
)
# Camo says who it is in both, whatever an operator makes of the one.
_PROXY_HEADERS = (b"user-agent", b"via")


class TrustedProxies:
    """Tells which peers may say who the visitor is, and whether it uses HTTPS."""

    def __init__(self, allowed: str) -> None:
        """Parse a list of proxies.

        Args:
            allowed: Addresses or networks, separated by commas, or ``*`` for all.

        Raises:
            ValueError: One of them is neither.
        """
        names = [name.strip() for name in allowed.split(",") if name.strip()]
        self._all = "*" in names
        self._networks = [ip_network(name) for name in names if name != "*"]
        self._trusts = lru_cache(1024)(self._look_up)
        # PERF: 50 us for each connection, else.
        self._network_of_host = lru_cache(1024)(_network_of_host)

    def __contains__(self, client: Any) -> bool:
        """Tell whether an ASGI ``client`` is trusted; a unix socket's always is."""
        return self._all or not client or self._trusts(client[0])

    def lists(self, address: Address) -> bool:
        """Tell whether an address is that of a proxy; ``*`` names none."""
        return any(address in network for network in self._networks)

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

    def address(self, scope: Mapping[str, Any]) -> Address | None:
        """Return the client's address; `None` if nobody knows it.

        Args:
            scope: The request's ASGI scope.
        """
        peer = scope.get("client")
        if peer and peer not in self._proxies:
            return parse_address(peer[0])
        for entry in _from_the_right(scope["headers"], self._header):
            match = _ENTRY.fullmatch(entry)
            address = parse_address(match[match.lastindex or 0]) if match else None
            if address is None:
                return None  # what stands left of it was not written by who we trust
            if not self._proxies.lists(address):
                return address
        return None

    def network(self, scope: Mapping[str, Any]) -> str | None:
        """Return the network that a limit may count; `None` for one of everybody's."""
        return None if is_image_proxy(scope) else _network_of(self.address(scope))


def parse_address(text: str) -> Address | None:
    """Read an address; an IPv4 one in IPv6 clothes is the IPv4 one."""
    try:
        address = ip_address(text)
    except ValueError:
        return None
    # A socket for both families shows an IPv4 peer as ::ffff:192.0.2.1.
    return getattr(address, "ipv4_mapped", None) or address


def _network_of(address: Address | None) -> str | None:
    if address is None or not address.is_global:
        return None
    bits = _IPV4_BITS if address.version == 4 else _IPV6_BITS
    return str(ip_network((address, bits), strict=False))


def _network_of_host(host: str) -> str | None:
    return _network_of(parse_address(host))


def is_image_proxy(scope: Mapping[str, Any]) -> bool:
    """Tell whether many people look through this client, and all it shows is images.

    The one rule of what such a proxy is: for limits, and for the status of errors.
    """
    return any(
        name in _PROXY_HEADERS and _IMAGE_PROXY.search(value[:512]) is not None
        for name, value in scope["headers"]
    )


def _from_the_right(
    headers: Iterable[tuple[bytes, bytes]], wanted: bytes
) -> Iterable[str]:
    """List the entries of a header, of all its fields, the nearest proxy's first."""
    values = [value for name, value in headers if name == wanted]
    most = _MAX_ENTRIES * _MAX_ENTRY_LENGTH
    entries = b",".join(values)[-most:].decode("latin-1").split(",")
    return [entry.strip() for entry in reversed(entries[-_MAX_ENTRIES:])]
