"""Who a visitor seems to be, where no cookie tells: an address and a user agent.

Neither is stored, nor logged: they go into a keyed hash, see `hitsvc.counting.claims`.
"""

import logging
from collections.abc import Callable
from ipaddress import ip_network

from hitsvc.counting import Calendar, ClaimHash, ClaimNames, Day, DayKeys, site_of
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
        *,
        only_seen: bool = False,
        today: Callable[[], Day] | None = None,
    ) -> None:
        """Prepare.

        Args:
            clients: Tells who sends a request.
            claims: Names their claims.
            is_first: Tells whether no other process has said that a visitor is not known.
            only_seen: Claims are not made: only visitors are counted.
            today: Tells the day, where visitors are counted.
        """
        self._clients = clients
        self._claims = claims
        self._is_first = is_first
        self._only_seen = only_seen
        self._today = today
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
        who, page = (_household(address), agent), page_key.encode()
        names = ClaimNames("") if self._only_seen else self._claims.names(*who, page)
        if self._today is None:
            return names
        site = site_of(page_key).encode()
        return names._replace(seen=self._claims.seen(self._today(), page, site, *who))

    def _tell(self) -> None:
        if self._told:
            return
        self._told = True
        if self._is_first():
            log.warning(
                "HITSVC_REFRESH, HITSVC_VISITORS: a visitor's address is not known, so "
                "refreshes without a cookie count, and visitors do not; "
                "HITSVC_CLIENT_HEADER names the header in which a proxy of "
                "HITSVC_FORWARDED_ALLOW_IPS tells it"
            )


def claims_of(
    refresh: str,
    lifetime_s: int,
    clients: Clients,
    shared: BeforeFork,
    calendar: Calendar,
    *,
    visitors: bool = False,
) -> Callable[[Visit, str], ClaimNames | None] | None:
    """Return what names claims; `None` where none are made.

    Args:
        refresh: How a refresh is told, as the setting says.
        lifetime_s: Seconds for which a claim is there.
        clients: Tells who sends a request.
        shared: What the workers share.
        calendar: Tells the day.
        visitors: Count visitors, be there claims or not.
    """
    only_seen = refresh not in {"claim", "both"} or not lifetime_s
    if only_seen and not visitors:
        return None
    if shared.day_keys is None:
        keys = DayKeys(lifetime_s, calendar)
        claims = ClaimHash(keys, keys.turn)
    else:
        claims = ClaimHash(shared.day_keys)
    return Claimants(
        clients,
        claims,
        shared.tells_of_visitors,
        only_seen=only_seen,
        today=calendar.today if visitors else None,
    ).claim


def _household(address: Address) -> bytes:
    if address.version == 4:
        return address.packed
    return ip_network((int(address), _IPV6_BITS), strict=False).network_address.packed
