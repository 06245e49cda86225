"""Who a client is: what proxies say of it, and what nobody may say for them."""

from ipaddress import ip_address, ip_network
from typing import Any

from hitsvc.request import Clients, TrustedProxies
from hitsvc.request.client import parse_address

_PROXIES = TrustedProxies("127.0.0.1,10.0.0.0/8,fd00::/8")
_CLIENTS = Clients(_PROXIES, "X-Forwarded-For")
_FORGED = b"203.0.113.66"


def TestOneInput(data: bytes) -> None:
    """Read one header, of which each line is a field."""
    fields = data.split(b"\n")
    found = _address(fields)
    stranger = _scope(fields, "8.8.4.4")
    assert _CLIENTS.address(stranger) == ip_address("8.8.4.4"), "a stranger is believed"
    network = _CLIENTS.network(_scope(fields))
    if found is None:
        assert network is None
        return
    assert not _PROXIES.lists(found)
    assert parse_address(str(found)) == found
    if network is not None:
        assert ip_network(network).prefixlen == (24 if found.version == 4 else 48)
        assert found.is_global
        assert int(found) >> _host_bits(found) == (
            int(ip_network(network).network_address) >> _host_bits(found)
        )
    # What a client writes stands left of what the proxies write.
    for forged in (
        [_FORGED, *fields],
        [_FORGED + b", " + fields[0], *fields[1:]],
        [b"," * 3000, *fields],
    ):
        assert _address(forged) == found, "the client chooses who it is"


def _host_bits(address: Any) -> int:
    return 8 if address.version == 4 else 80


def _address(fields: list[bytes]) -> Any:
    return _CLIENTS.address(_scope(fields))


def _scope(fields: list[bytes], peer: str = "127.0.0.1") -> dict[str, Any]:
    headers = [(b"x-forwarded-for", field) for field in fields]
    return {"headers": headers, "client": (peer, 1)}
