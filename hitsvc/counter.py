"""The counter layer: what the rest of the service calls to count and to read.

`HitCounter` joins parts that know nothing of each other: `Ways` carry operations to Redis,
`CarefulHits` looks before it counts, `PageIndex` lists the pages, and `Capacity` watches the
store's memory.
"""

import asyncio
from collections.abc import Callable, Sequence
from datetime import date
from functools import lru_cache, partial

from hitsvc.counting import (
    Capacity,
    CarefulHit,
    CarefulHits,
    ClaimNames,
    Count,
    Day,
    Hit,
    Keys,
    PageCommands,
    PageIndex,
    Probe,
    Read,
    Reading,
    RefusedSites,
    TokenSource,
    Totals,
    is_wellformed,
    latest_days,
    utc_day,
)
from hitsvc.metrics import HitTally
from hitsvc.store import Backend
from hitsvc.ways import Ways

# URLs whose commands are kept ready: 0.9 kB each, 2.2 kB if every key is that long. Longer
# ones are spelled each time, so that nobody can fill our memory.
_CACHED_PAGES = 16_384
_CACHED_KEY_LENGTH = 256


class HitCounter:
    """Counts hits in Redis.

    Every answer comes only after Redis has acknowledged, or is `CounterUnavailable` if
    it has not: the outcome of a hit is then unknown, and it is not repeated. So at any
    time, acknowledged <= stored <= attempted.

    `hit` and `read` begin at once and return a future: what waits for it need be no
    coroutine, and may go away.
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
        """
        self._token_ttl_s, self._tokens = token_ttl_s, TokenSource(token_length)
        self._today, self._keys = today, Keys(key_prefix)
        self._capacity = capacity or Capacity()
        self._cached_page = lru_cache(_CACHED_PAGES)(self._new_page)
        self._backend = backend
        self._index = PageIndex(self._keys, backend.execute)
        self._refused_sites = RefusedSites(self._keys, backend.execute)
        parts = backend, queue_limit, today, self._index.add, self._capacity
        self._ways = Ways(*parts, tally, acknowledge)
        self._submit, is_full = self._ways.submit, self._ways.is_full
        self._careful = CarefulHits(self._submit, backend.execute, is_full, claim_ttl_s)

    def hit(
        self,
        page_key: str,
        presented: str | None = None,
        *,
        remember: bool | str = True,
        today: bool = False,
        new_pages: bool = True,
        claim: ClaimNames | None = None,
    ) -> asyncio.Future[Hit]:
        """Count a hit, unless its visitor was counted a moment ago.

        Args:
            page_key: What `hitsvc.request.Identity.key` returned.
            presented: The token that the visitor's cookie holds, if any. One that is
                unknown, expired or malformed is as none.
            remember: Give the visitor a token: a new one, or this.
            today: Tell the hits of today even if this one is not counted.
            new_pages: Count it even if the page has never been counted before.
            claim: What the visitor is known by without a cookie.

        Returns:
            What will hold the hit; or `CounterUnavailable` if Redis did not acknowledge
            it; or, if the page is new, `CounterFull` if there is no room for it, or
            `TooManyNewPages` if new ones are not wanted.

        Raises:
            CounterBusy: Too many operations wait for Redis; this one is not sent.
        """
        page = self._page(page_key)
        token = None
        if presented and self._token_ttl_s and is_wellformed(presented):
            token = presented
        elif not claim and (page.known or (new_pages and not self._capacity.full)):
            return self._count(page, remember)
        days = (self._today(),) if today else ()
        count = partial(self._count, page, remember)
        return self._careful.hit(CarefulHit(page, token, claim, days, new_pages, count))

    def _count(self, page: PageCommands, remember: bool | str) -> asyncio.Future[Hit]:
        token = None
        if remember and self._token_ttl_s:
            token = self._tokens.new() if remember is True else remember
        return self._submit(Count(page, token))

    def read(self, page_key: str, *, days: int = 0) -> asyncio.Future[Reading]:
        """Read a URL's total without counting.

        Args:
            page_key: What `hitsvc.request.Identity.key` returned.
            days: Read the hits of so many latest days, too, today included.

        Returns:
            What will hold the total, and the days' hits, oldest first; or
            `CounterUnavailable`.

        Raises:
            CounterBusy: Too many operations wait for Redis; this one is not sent.
        """
        asked = latest_days(self._today(), days)
        return self._submit(Read(self._page(page_key), days=asked))

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
        read = Read(self._page(page_key), days=days, undated=True)
        seen = await self._submit(read)
        hits = zip((day.date for day in days), seen.days, strict=True)
        return Totals(seen.total, dict(hits), seen.undated)

    def refuse(self, site: str) -> None:
        """Note that somebody asked for a page of a site that is not counted."""
        self._refused_sites.add(site)

    async def check(self) -> dict[str, str]:
        """Make sure that Redis takes writes, on the way that hits take.

        A read would not do: a full or read-only store answers reads.

        Returns:
            Why each primary of a cluster does not, by its name; nothing for one that
            does. A store that is alone has no name.

        Raises:
            CounterUnavailable: None does.
        """
        probes = await self._ways.probes()
        asked = [self._submit(Probe(self._page(key))) for key in probes.values()]
        results = await asyncio.gather(*asked, return_exceptions=True)
        failures = [result for result in results if isinstance(result, Exception)]
        if len(failures) == len(results):
            raise failures[0]
        return {
            node: str(result) if isinstance(result, Exception) else ""
            for node, result in zip(probes, results, strict=True)
        }

    async def close(self) -> None:
        """Settle what was accepted, refuse what comes, and close the connection."""
        await self._careful.close()
        await self._ways.close()
        await self._index.close()
        await self._refused_sites.close()
        await self._capacity.close()
        await self._backend.close()

    def _page(self, page_key: str) -> PageCommands:
        if len(page_key) > _CACHED_KEY_LENGTH:
            return self._new_page(page_key)
        return self._cached_page(page_key)

    def _new_page(self, page_key: str) -> PageCommands:
        keys = self._keys.page(page_key)
        return PageCommands(page_key, keys, self._tokens.length, self._token_ttl_s)
