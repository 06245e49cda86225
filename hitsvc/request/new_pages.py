"""A price on new pages: so many a minute for a client, a site, and everybody.

Whoever visits pages makes few new ones: only the first visitor of each. A loop that invents
addresses makes nothing else. So new pages are counted, and once there are too many of them,
whoever made them has its pages looked up first; what is known is counted as ever. Each
worker process counts for itself.
"""

import logging
import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from hitsvc.request.client import Clients

log = logging.getLogger(__name__)

WINDOW_S = 60.0
# Networks and sites that are told apart in a minute; beyond, the limit for all holds.
MAX_TOLD_APART = 10_000


@dataclass(frozen=True, slots=True)
class NewPageLimits:
    """How many new pages there may be in a minute; 0 is no limit.

    Attributes:
        by_client: Of one client's network.
        by_site: Of one site.
        in_all: Of everybody.
    """

    by_client: int = 0
    by_site: int = 0
    in_all: int = 0


class NewPages:
    """Counts new pages, and says whose are too many.

    Attributes:
        active: Somebody is over a limit: ask `admit` before a hit is counted.
    """

    def __init__(
        self,
        limits: NewPageLimits,
        clients: Clients,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Begin with nobody over a limit.

        Args:
            limits: How many there may be.
            clients: Tells who makes a page.
            clock: Returns seconds that never go back.
        """
        self.active = False
        self._limits = limits
        self._clients = clients
        self._clock = clock
        self._ends_at = float("-inf")
        self._by_client: Counter[str] = Counter()
        self._by_site: Counter[str] = Counter()
        self._in_all = 0
        self._told = False

    def made(self, site: str, scope: Mapping[str, Any]) -> None:
        """Note that a page was counted for the first time.

        Args:
            site: Its site.
            scope: The ASGI scope of the request that did it.
        """
        self._turn()
        self._in_all += 1
        over = _over(self._in_all, self._limits.in_all)
        over |= self._raise(self._by_site, site, self._limits.by_site)
        if network := self._clients.network(scope):
            over |= self._raise(self._by_client, network, self._limits.by_client)
        elif self._limits.by_client and not self._told:
            self._told = True
            log.info(
                "New pages are not limited for each client where all come from one "
                "address, as through a proxy; see HITSVC_CLIENT_HEADER"
            )
        if over and not self.active:
            self.active = True
            log.warning(
                "Too many new pages: %d in this minute, %d of them of %s; those of whoever "
                "is over a limit are refused until it is over",
                self._in_all,
                self._by_site[site],
                site,
            )

    def admit(self, site: str, scope: Mapping[str, Any]) -> bool:
        """Tell whether a page that is new may be counted now."""
        self._turn()
        if not self.active:
            return True
        limits = self._limits
        if _over(self._in_all, limits.in_all):
            return False
        if _over(self._by_site[site], limits.by_site):
            return False
        network = self._clients.network(scope)
        return not network or not _over(self._by_client[network], limits.by_client)

    def _turn(self) -> None:
        """Begin a new minute, if the last one is over."""
        now = self._clock()
        if now >= self._ends_at:
            self._ends_at = now + WINDOW_S
            self.active = False
            self._in_all = 0
            self._by_client.clear()
            self._by_site.clear()

    def _raise(self, counted: Counter[str], name: str, limit: int) -> bool:
        if name in counted or len(counted) < MAX_TOLD_APART:
            counted[name] += 1
        return _over(counted[name], limit)


def _over(number: int, limit: int) -> bool:
    return 0 < limit <= number
