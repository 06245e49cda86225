"""Counting and reading: what is asked of Redis for a view, and whether it is a hit.

It begins at once and returns what will be known: what waits for it need be no coroutine,
and may go away.
"""

from collections.abc import Callable
from functools import lru_cache, partial
from typing import Any, Final

from hitsvc.counting.asking import Asking
from hitsvc.counting.capacity import Capacity
from hitsvc.counting.careful import CarefulHits
from hitsvc.counting.claims import ClaimNames
from hitsvc.counting.commands import PageCommands
from hitsvc.counting.days import Day, latest_days
from hitsvc.counting.keys import Keys
from hitsvc.counting.looking import CarefulHit
from hitsvc.counting.operations import Count, Hit, Operation, Read, Reading
from hitsvc.counting.outcome import Outcome
from hitsvc.counting.sightings import Sightings
from hitsvc.counting.tokens import TokenSource, is_wellformed
from hitsvc.counting.visitors import Seen

# URLs whose commands are kept ready: 0.9 kB each, 2.2 kB if every key is that long. Longer
# ones are spelled each time, so that nobody can fill our memory.
_CACHED_PAGES = 16_384
_CACHED_KEY_LENGTH: Final = 256


class Counting:
    """Decides of views whether they are hits, and asks Redis."""

    def __init__(
        self,
        keys: Keys,
        submit: Callable[[Operation], Outcome[Any]],
        careful: CarefulHits,
        sightings: Sightings,
        capacity: Capacity,
        today: Callable[[], Day],
        token_length: int,
        token_ttl_s: int,
    ) -> None:
        """Prepare.

        Args:
            keys: Names pages.
            submit: Sends an operation once.
            careful: Counts hits before which the store is asked.
            sightings: Notes visitors.
            capacity: Knows how full the store is.
            today: Returns the day that hits are counted under.
            token_length: Characters in a token.
            token_ttl_s: Seconds for which a token is there; 0 is for no tokens.
        """
        self._keys = keys
        self._submit = submit
        self._careful = careful
        self._sightings = sightings
        self._capacity = capacity
        self._today = today
        self._tokens = TokenSource(token_length)
        self._token_ttl_s = token_ttl_s
        self._cached_page = lru_cache(_CACHED_PAGES)(self._new_page)

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
        page = self.page(page_key)
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
        return self._submit(Read(self.page(page_key), days=asked))

    def asking(self, page_key: str, *, each: bool = False) -> Asking:
        """Return what asks for a page's visitors; `each` is for those of each day, too."""
        return Asking(self._sightings, self.page(page_key), self._today(), each=each)

    def page(self, page_key: str) -> PageCommands:
        """Return the commands of a page."""
        if len(page_key) > _CACHED_KEY_LENGTH:
            return self._new_page(page_key)
        return self._cached_page(page_key)

    def _new_page(self, page_key: str) -> PageCommands:
        keys = self._keys.page(page_key)
        return PageCommands(page_key, keys, self._tokens.length, self._token_ttl_s)
