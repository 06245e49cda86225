"""Visits that are not to be counted: the operator's and the authors' own.

The operator names addresses; a person asks, in a browser, on a page of the service, which
sets a cookie. Both see the numbers and do not raise them.
"""

from ipaddress import ip_network

from hitsvc.request.client import Clients
from hitsvc.request.cookies import find_cookie, secure_name
from hitsvc.request.lists import entries
from hitsvc.request.visit import Visit

_NAME = "hits-off"
_SECURE_NAME = secure_name(_NAME)
_VALUE = "1"
# 400 days: browsers keep no cookie for longer (RFC 6265bis, 5.5).
_MAX_AGE_S = 34_560_000


class OwnVisits:
    """Tells visits from addresses that the operator names."""

    def __init__(self, addresses: str, clients: Clients) -> None:
        """Read the list.

        Args:
            addresses: Addresses or networks, separated by commas.
            clients: Tells who sends a request.

        Raises:
            ValueError: One of them is neither.
        """
        self._networks = [ip_network(name) for name in entries(addresses)]
        self._clients = clients

    def sent(self, visit: Visit) -> bool:
        """Return whether a visit comes from one of them."""
        address = self._clients.address_or_peer(visit.scope)
        return address is not None and any(address in net for net in self._networks)


def is_left_out(visit: Visit) -> bool:
    """Tell whether this browser is not to be counted."""
    name = _SECURE_NAME if visit.secure else _NAME
    return find_cookie(visit.cookies, name) == _VALUE


def leave_out(*, left_out: bool, secure: bool) -> str:
    """Return the ``Set-Cookie`` that leaves a browser out, or counts it again.

    Args:
        left_out: Which of them.
        secure: The visitor uses HTTPS.
    """
    name = _SECURE_NAME if secure else _NAME
    age = _MAX_AGE_S if left_out else 0
    # It is for all sites that embed us, so it is not partitioned.
    more = "; Secure; SameSite=None" if secure else "; SameSite=Lax"
    return f"{name}={_VALUE}; Max-Age={age}; Path=/; HttpOnly{more}"
