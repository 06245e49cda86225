"""Who a visitor seems to be, where no cookie tells: an address and a user agent.

Neither is stored, nor logged: they go into a keyed hash, see `hitsvc.counting.claims`.
"""

import logging
from collections.abc import Callable
from ipaddress import ip_network

from hitsvc.counting import Calendar, ClaimHash, ClaimNames, DayKeys
from hitsvc.request.client import Address, Clients
from hitsvc.request.image_proxies import is_image_proxy
from hitsvc.request.shared import BeforeFork
from hitsvc.request.visit import Visit

log = logging.getLogger(__name__)

# What one household has in IPv6 (RFC 8981: a device takes another address now and then).
_IPV6_BITS = 64
# What is taken of a user agent. Those of browsers have some 120 characters.
_AGENT_BYTES = 256


class Claimants:
    """Names the claims that visitors make."""

    def __init__(
        self,
        clients: Clients,
        claims: ClaimHash,
        is_first: Callable[[], bool] = lambda: True,
    ) -> None:
        """Prepare.

        Args:
            clients: Tells who sends a request.
            claims: Names their claims.
            is_first: Tells whether no other process has said that a visitor is not known.
        """
        self._clients = clients
        self._claims = claims
        self._is_first = is_first
        self._told = False

    def claim(self, visit: Visit, page_key: str) -> ClaimNames | None:
        """Name the claim that a visit makes on a page.

        Args:
            visit: The visit.
            page_key: What `hitsvc.request.Identity.key` returned.

        Returns:
            `None` for a visitor who does not want that, or is not told from others.
        """
        scope = visit.scope
        if visit.private or is_image_proxy(scope):
            return None
        address = self._clients.visitor(scope)
        if address is None:
            self._tell()
            return None
        agent = b", ".join(visit.agents)[:_AGENT_BYTES]
        return self._claims.names(_household(address), agent, page_key.encode())

    def _tell(self) -> None:
        if self._told:
            return
        self._told = True
        if self._is_first():
            log.warning(
                "HITSVC_REFRESH: a visitor's address is not known, so refreshes without a "
                "cookie count; HITSVC_CLIENT_HEADER names the header in which a proxy of "
                "HITSVC_FORWARDED_ALLOW_IPS tells it"
            )


def claims_of(
    refresh: str,
    lifetime_s: int,
    clients: Clients,
    shared: BeforeFork,
    calendar: Calendar,
) -> Callable[[Visit, str], ClaimNames | None] | None:
    """Return what names claims; `None` where none are made.

    Args:
        refresh: How a refresh is told, as the setting says.
        lifetime_s: Seconds for which a claim is there.
        clients: Tells who sends a request.
        shared: What the workers share.
        calendar: Tells the day, of which a process alone makes its own keys.
    """
    if refresh not in {"claim", "both"} or not lifetime_s:
        return None
    if shared.day_keys is None:
        keys = DayKeys(lifetime_s, calendar)
        claims = ClaimHash(keys, keys.turn)
    else:
        claims = ClaimHash(shared.day_keys)
    return Claimants(clients, claims, shared.tells_of_visitors).claim


def _household(address: Address) -> bytes:
    if address.version == 4:
        return address.packed
    return ip_network((int(address), _IPV6_BITS), strict=False).network_address.packed
