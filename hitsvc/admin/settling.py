"""After a page was reset, moved or deleted: what hits on their way have left.

A hit raises the total, and a moment later its day. If the page changes in between, the day
lands on what is no longer that page: there it stands apart from the total. So the page is
looked at again, when such a moment has passed, and the difference that stays becomes hits
without a date; days of a page that is gone are removed. No total changes. If a command is
killed before that, ``hitsvc repair`` does it.
"""

import time
from collections.abc import Callable, Iterable
from typing import Any

from hitsvc.admin.batches import batches
from hitsvc.admin.client import extend_lock
from hitsvc.admin.scripting import YEARS, Scripts
from hitsvc.counting import Keys, site_of

# Longer than a batch may be on its way; then some looks, of which the smallest difference
# is the one that stays: a hit on its way makes it larger.
PAUSE_S = 0.5
LOOKS = 4
BETWEEN_S = 0.05


class Settling:
    """Looks at changed pages again."""

    def __init__(
        self,
        client: Any,
        keys: Keys,
        scripts: Scripts,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        """Prepare.

        Args:
            client: As `open_client` makes it.
            keys: What things are called.
            scripts: The scripts of this store.
            sleep: Waits for so many seconds.
        """
        self._client = client
        self._keys = keys
        self._scripts = scripts
        self._sleep = sleep

    def settle(self, pages: Iterable[str], lock: Any) -> None:
        """Do it, for pages that were changed a moment ago.

        Args:
            pages: Which.
            lock: What `only_one` gave.
        """
        smallest: dict[str, int] = {}
        pages = list(pages)
        for look in range(LOOKS):
            self._sleep(BETWEEN_S if look else PAUSE_S)
            found: dict[str, int] = {}
            for batch in batches(pages):
                extend_lock(lock)
                found |= self._differences(batch)
            smallest = {
                page: min(difference, smallest.get(page, difference))
                for page, difference in found.items()
            }
            # What is gone stays so, but for new hits, which nothing disturbs.
            pages = list(smallest)
            if not pages:
                break
        for page, difference in smallest.items():
            if difference:
                self._client.incrby(self._keys.page(page).undated, difference)

    def relist(self, pages: Iterable[str]) -> None:
        """Take pages that are gone out of the index, and leave those that are not in it.

        A late hit may have listed one that was being removed, or begun it anew.
        """
        sites: set[str] = set()
        for batch in batches(pages):
            for page in batch:
                sites.add(site_of(page))
            self._unlist(batch)
            there = self._there(batch)
            pipeline = self._client.pipeline(transaction=False)
            for page in there:
                pipeline.sadd(self._keys.sites, site_of(page))
                pipeline.sadd(self._keys.pages(site_of(page)), page)
            pipeline.execute()
        for site in sites:
            self.forget_if_empty(site)

    def _differences(self, pages: list[str]) -> dict[str, int]:
        replies = self._scripts.run_each("settle", pages, *YEARS)
        return {
            page: int(reply)
            for page, reply in zip(pages, replies, strict=True)
            if isinstance(reply, str)
        }

    def _unlist(self, pages: list[str]) -> None:
        there = set(self._there(pages))
        pipeline = self._client.pipeline(transaction=False)
        for page in pages:
            if page not in there:
                pipeline.srem(self._keys.pages(site_of(page)), page)
        pipeline.execute()

    def _there(self, pages: list[str]) -> list[str]:
        pipeline = self._client.pipeline(transaction=False)
        for page in pages:
            pipeline.exists(self._keys.page(page).total)
        return [
            page for page, there in zip(pages, pipeline.execute(), strict=True) if there
        ]

    def forget_if_empty(self, site: str) -> None:
        """Take a site without pages out of the list of sites."""
        name = self._keys.pages(site)
        if not self._client.exists(name):
            self._client.srem(self._keys.sites, site)
            if self._client.exists(name):  # it has just been visited
                self._client.sadd(self._keys.sites, site)
        self._client.unlink(self._keys.sums(site))
