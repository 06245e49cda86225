"""The counter, joined of parts that know nothing of each other.

`Counting` tells hits from other views, `Ways` carry operations to Redis, `CarefulHits` looks
before it counts, `PageIndex` lists the pages, and `Capacity` watches the store's memory.
"""

from collections.abc import Callable, Sequence
from datetime import date

from hitsvc.counter.ways import Ways
from hitsvc.counting import (
    Asking,
    Capacity,
    CarefulHits,
    Counting,
    Day,
    Keys,
    PageIndex,
    Read,
    RefusedSites,
    Sightings,
    Totals,
    Visitors,
    latest_days,
    utc_day,
)
from hitsvc.metrics import HitTally
from hitsvc.store import Backend


class HitCounter:
    """Counts hits in Redis; of visitors, where `tells_visitors`.

    Every answer comes only after Redis has acknowledged, or is `CounterUnavailable` if
    it has not: the outcome of a hit is then unknown, and it is not repeated. So at any
    time, acknowledged <= stored <= attempted.

    Attributes:
        counting: Counts and reads.
        hit: Counts a hit; see `Counting.hit`.
        read: Reads a total; see `Counting.read`.
        asking: Asks for visitors; see `Counting.asking`.
    """

    def __init__(
        self,
        backend: Backend,
        *,
        key_prefix: str,
        token_ttl_s: int,
        token_length: int,
        queue_limit: int,
        claim_ttl_s: int = 0,
        capacity: Capacity | None = None,
        tally: HitTally | None = None,
        acknowledge: str = "primary",
        today: Callable[[], Day] = utc_day,
        visitors: bool = False,
    ) -> None:
        """Prepare a counter; nothing is sent before the first call.

        Args:
            backend: Carries commands to Redis; closed with the counter.
            key_prefix: What every key starts with.
            token_ttl_s: Seconds for which a token is there; 0 is for no tokens.
            token_length: Characters in a token.
            queue_limit: Operations that may wait for Redis.
            claim_ttl_s: Seconds for which a claim is there.
            capacity: Watches how full the store is; `None` for one that cannot be.
            tally: Told what becomes of each batch.
            acknowledge: Who must have a hit: the primary, or a ``replica``, too.
            today: Returns the day that hits are counted under.
            visitors: Tell visitors with totals.
        """
        self._today, self.tells_visitors, names = today, visitors, Keys(key_prefix)
        self._capacity, send = capacity or Capacity(), backend.execute
        self._index, self._refused = PageIndex(names, send), RefusedSites(names, send)
        parts = backend, queue_limit, today, self._index.add, self._capacity
        self._backend, self._ways = backend, (ways := Ways(*parts, tally, acknowledge))
        self._sightings = Sightings(names, ways.submit, send, ways.is_full)
        self._careful = CarefulHits(ways.submit, send, ways.is_full, claim_ttl_s)
        asked = names, ways.submit, self._careful, self._sightings, self._capacity
        self.counting = counting = Counting(*asked, today, token_length, token_ttl_s)
        self.hit, self.read, self.asking = counting.hit, counting.read, counting.asking

    @property
    def today(self) -> date:
        """The day that hits are counted under now."""
        return self._today().date

    async def totals(self, page_key: str, days: int = 1) -> Totals:
        """Return a URL's total and its hits of the latest days without counting.

        Args:
            page_key: What `hitsvc.request.Identity.key` returned.
            days: How many, today included; at least 1.

        Raises:
            CounterUnavailable: Redis did not answer.
        """
        return await self.totals_of(page_key, latest_days(self._today(), days))

    async def totals_of(self, page_key: str, days: Sequence[Day]) -> Totals:
        """Return a URL's total and its hits of some days without counting.

        Args:
            page_key: What `hitsvc.request.Identity.key` returned.
            days: Those days, oldest first.

        Raises:
            CounterUnavailable: Redis did not answer.
        """
        read = Read(self.counting.page(page_key), days=days, undated=True)
        seen = await self._ways.submit(read)
        hits = zip((day.date for day in days), seen.days, strict=True)
        visitors = await self.visitors(page_key) if self.tells_visitors else None
        return Totals(seen.total, dict(hits), seen.undated, visitors)

    async def visitors(self, page_key: str) -> Visitors:
        """Return the visitors of a page, each day; see `totals`."""
        return await self.asking(page_key, each=True).read()

    async def site_visitors(self, site: str) -> Visitors:
        """Return those of a site, as `site_of` names it: of two pages, a visitor is one."""
        page = self._sightings.site(site)
        return await Asking(self._sightings, page, self._today()).read()

    def refuse(self, site: str) -> None:
        """Note that somebody asked for a page of a site that is not counted."""
        self._refused.add(site)

    async def check(self) -> dict[str, str]:
        """Make sure that Redis takes writes, on the way that hits take.

        A read would not do: a full or read-only store answers reads.

        Returns:
            Why each primary of a cluster does not, by its name; nothing for one that
            does. A store that is alone has no name.

        Raises:
            CounterUnavailable: None does.
        """
        return await self._ways.check(self.counting.page)

    async def close(self) -> None:
        """Settle what was accepted, refuse what comes, and close the connection."""
        await self._careful.close()
        await self._sightings.close()
        await self._ways.close()
        await self._index.close()
        await self._refused.close()
        await self._capacity.close()
        await self._backend.close()
