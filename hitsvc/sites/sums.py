"""The sums of sites as they are kept, for whoever asks: strangers, and often.

What was read is shown for ten seconds by each worker, so that a site's own visitors cost the
store next to nothing. Sums that are too old are shown with their age, and made anew; a
worker starts that once in ten seconds at most.
"""

import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from typing import Any, NamedTuple

from hitsvc.admin import (
    Overview,
    SiteSums,
    Summing,
    SummingProcess,
    summing_order,
)
from hitsvc.counting import Keys, Visitors, spell
from hitsvc.errors import CounterUnavailable
from hitsvc.settings import Settings

_SHOWN_S = 10.0
# 30 kB each at most, with 200 pages of long addresses.
_CACHED_SITES = 64

Send = Callable[[str, int], Awaitable[Sequence[Any]]]


class Seen(NamedTuple):
    """What is known of a site.

    Attributes:
        sums: Its sums as they are kept; `None` if there are none.
        is_empty: It has no pages.
        visitors: Its visitors, where they are counted and to be had.
    """

    sums: SiteSums | None
    is_empty: bool
    visitors: Visitors | None = None


class PublicSums:
    """Reads sums, and has them made."""

    def __init__(
        self,
        keys: Keys,
        send: Send,
        summing: Summing,
        today: Callable[[], str],
        clock: Callable[[], float] = time.time,
        visitors: Callable[[str], Awaitable[Visitors]] | None = None,
    ) -> None:
        """Prepare; nothing is asked yet.

        Args:
            keys: What things are called.
            send: Sends commands once and returns a reply to each, or raises
                `CounterUnavailable`.
            summing: Has the sums of all sites made.
            today: Tells the day, as ``2026-11-29``.
            clock: Returns seconds since 1970.
            visitors: Reads the visitors of a site, or raises `CounterUnavailable`; `None`
                where they are not counted.
        """
        self._visitors = visitors
        self._keys = keys
        self._send = send
        self._summing = summing
        self._today = today
        self._clock = clock
        self._cached: OrderedDict[str, tuple[float, Seen]] = OrderedDict()
        self._look_at = 0.0

    async def of(self, site: str) -> Seen:
        """Return what is known of a site; it may have been read ten seconds ago.

        Raises:
            CounterUnavailable: The store does not answer.
        """
        now = self._clock()
        read_at, seen = self._cached.get(site, (0.0, None))
        if seen is None or not 0 <= now - read_at < _SHOWN_S:
            seen = await self._read(site)
            if seen.sums is not None or seen.is_empty:
                self._keep(site, now, seen)
        return seen

    def age_s(self, sums: SiteSums) -> int:
        """Tell how many seconds ago they were made."""
        return max(0, int(self._clock() - sums.at))

    def is_of_today(self, sums: SiteSums) -> bool:
        """Tell whether today still is the day that it was for them."""
        return sums.day == self._today()

    async def close(self) -> None:
        """End what goes on."""
        await self._summing.close()

    async def _read(self, site: str) -> Seen:
        keys = self._keys
        asked = [("GET", keys.sums(site)), ("EXISTS", keys.pages(site))]
        looks = self._clock() >= self._look_at
        if looks:
            self._look_at = self._clock() + _SHOWN_S
            asked.append(("GET", keys.overview))
        replies = await self._send("".join(spell(*a) for a in asked), len(asked))
        for reply in replies:
            if isinstance(reply, Exception):
                raise CounterUnavailable(str(reply)) from reply
        if looks:
            self._look(replies[2])
        text = replies[0]
        sums, is_empty = SiteSums.of(_text(text)) if text else None, not replies[1]
        visitors = None
        if self._visitors and (sums or is_empty):
            with suppress(CounterUnavailable):  # the sums are there all the same
                visitors = await self._visitors(site)
        return Seen(sums, is_empty, visitors)

    def _look(self, reply: str | bytes | None) -> None:
        """Have all sums made, if they are too old or of another day."""
        overview = Overview.of(_text(reply)) if reply else None
        if overview is not None and overview.day == self._today():
            age = self._clock() - overview.at
            if 0 <= age < overview.max_age_s:
                return
        self._summing.begin()

    def _keep(self, site: str, now: float, seen: Seen) -> None:
        self._cached[site] = now, seen
        self._cached.move_to_end(site)
        if len(self._cached) > _CACHED_SITES:
            self._cached.popitem(last=False)


def _text(reply: str | bytes) -> str:
    return reply if isinstance(reply, str) else reply.decode()


def open_sums(
    settings: Settings,
    send: Send,
    today: Callable[[], str],
    run: Callable[[], None] | None = None,
    visitors: Callable[[str], Awaitable[Visitors]] | None = None,
) -> PublicSums:
    """Put them together for a store.

    Args:
        settings: The configuration.
        send: Sends commands to the store; see `PublicSums`.
        today: Tells the day.
        run: Makes the sums, in place of a process.
        visitors: Reads the visitors of a site, where they are counted.
    """
    url = settings.admin_redis_url or settings.redis_url
    order = summing_order(url, settings.key_prefix, settings.timezone)
    process = SummingProcess(order)
    summing = Summing(run) if run else Summing(process, process.end)
    keys = Keys(settings.key_prefix)
    return PublicSums(keys, send, summing, today, visitors=visitors)
