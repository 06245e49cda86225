"""The counter, joined of parts that know nothing of each other.

`Ways` carry operations to Redis, `CarefulHits` looks before it counts, `PageIndex` lists
the pages, and `Capacity` watches the store's memory.
"""

from collections.abc import Callable, Sequence
from datetime import date
from functools import lru_cache, partial

from hitsvc.counter.ways import Ways
from hitsvc.counting import (
    Asking,
    Capacity,
    CarefulHit,
    CarefulHits,
    ClaimNames,
    Count,
    Day,
    Hit,
    Keys,
    Outcome,
    PageCommands,
    PageIndex,
    Read,
    Reading,
    RefusedSites,
    Seen,
    Sightings,
    TokenSource,
    Totals,
    Visitors,
    is_wellformed,
    latest_days,
    utc_day,
)
from hitsvc.metrics import HitTally
from hitsvc.store import Backend

# URLs whose commands are kept ready: 0.9 kB each, 2.2 kB if every key is that long. Longer
# ones are spelled each time, so that nobody can fill our memory.
_CACHED_PAGES = 16_384
_CACHED_KEY_LENGTH = 256


class HitCounter:
    """Counts hits in Redis; of visitors, where `tells_visitors`.

    Every answer comes only after Redis has acknowledged, or is `CounterUnavailable` if
    it has not: the outcome of a hit is then unknown, and it is not repeated. So at any
    time, acknowledged <= stored <= attempted.

    `hit` and `read` begin at once and return an `Outcome`: what waits for it need be no
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
        self._token_ttl_s, self._tokens = token_ttl_s, TokenSource(token_length)
        self._today, self.tells_visitors, names = today, visitors, Keys(key_prefix)
        self._cached_page = lru_cache(_CACHED_PAGES)(self._new_page)
        self._capacity, send = capacity or Capacity(), backend.execute
        self._index, self._refused = PageIndex(names, send), RefusedSites(names, send)
        parts = backend, queue_limit, today, self._index.add, self._capacity
        self._ways = ways = Ways(*parts, tally, acknowledge)
        self._backend, self._keys, self._submit = backend, names, ways.submit
        self._sightings = Sightings(names, ways.submit, send, ways.is_full)
        self._careful = CarefulHits(ways.submit, send, ways.is_full, claim_ttl_s)

    def hit(
        self,
        page_key: str,
        presented: str | None = None,
        *,
        remember: bool | str = True,
        today: bool = False,
        new_pages: bool = True,
        claim: ClaimNames | None = None,
    ) -> Outcome[Hit]:
        """Count a hit, unless its visitor was counted a moment ago.

        Args:
            page_key: Of `hitsvc.request.Identity`.
            presented: The token of the visitor's cookie, if any; a wrong one is as none.
            remember: Give the visitor a token: a new one, or this.
            today: Tell the hits of today even if this one is not counted.
            new_pages: Count it even if the page has never been counted before.
            claim: What the visitor is known by without a cookie.

        Returns:
            What will hold the hit; or `CounterUnavailable` if Redis did not acknowledge
            it; or, of a page that is new, `CounterFull` or `TooManyNewPages`.

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
        return self._carefully(CarefulHit(page, token, claim, days, new_pages, count))

    def _carefully(self, hit: CarefulHit) -> Outcome[Hit]:
        claim = hit.claim
        if claim and claim.seen:
            count = partial(self._count_seen, hit.page, hit.then, claim.seen)
            hit = hit._replace(then=count)
        if not claim or claim.today:
            return self._careful.hit(hit)
        sure = hit.page.known or (hit.new_pages and not self._capacity.full)
        if sure and not hit.token:
            return hit.then()
        return self._careful.hit(hit._replace(claim=None))

    def _count_seen(
        self, page: PageCommands, count: Callable[[], Outcome[Hit]], seen: Seen
    ) -> Outcome[Hit]:
        hit = count()
        self._sightings.add(page, seen)  # in the same batch
        return hit

    def _count(self, page: PageCommands, remember: bool | str) -> Outcome[Hit]:
        token = None
        if remember and self._token_ttl_s:
            token = self._tokens.new() if remember is True else remember
        return self._submit(Count(page, token))

    def read(self, page_key: str, *, days: int = 0) -> Outcome[Reading]:
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
        visitors = await self.visitors(page_key) if self.tells_visitors else None
        return Totals(seen.total, dict(hits), seen.undated, visitors)

    async def visitors(self, page_key: str) -> Visitors:
        """Return the visitors of a page, each day; see `totals`."""
        return await self.asking(page_key, each=True).read()

    async def site_visitors(self, site: str) -> Visitors:
        """Return those of a site, as `site_of` names it: of two pages, a visitor is one."""
        page = self._sightings.site(site)
        return await Asking(self._sightings, page, self._today()).read()

    def asking(self, page_key: str, *, each: bool = False) -> Asking:
        """Return what asks for a page's visitors; `each` is for those of each day, too."""
        page = self._page(page_key)
        return Asking(self._sightings, page, self._today(), each=each)

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
        return await self._ways.check(self._page)

    async def close(self) -> None:
        """Settle what was accepted, refuse what comes, and close the connection."""
        await self._careful.close()
        await self._sightings.close()
        await self._ways.close()
        await self._index.close()
        await self._refused.close()
        await self._capacity.close()
        await self._backend.close()

    def _page(self, page_key: str) -> PageCommands:
        if len(page_key) > _CACHED_KEY_LENGTH:
            return self._new_page(page_key)
        return self._cached_page(page_key)

    def _new_page(self, page_key: str) -> PageCommands:
        keys = self._keys.page(page_key)
        return PageCommands(page_key, keys, self._tokens.length, self._token_ttl_s)
