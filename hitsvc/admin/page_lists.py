"""The lists of a site's pages, made whole: a kill may leave a page out, or one too many in."""

from collections.abc import Callable, Iterable
from typing import Any

from hitsvc.admin.batches import BATCH, batches
from hitsvc.counting import Keys, site_of


class PageLists:
    """Adds what is missing, and takes out what is gone."""

    def __init__(self, client: Any, keys: Keys, *, dry_run: bool) -> None:
        """Prepare.

        Args:
            client: As `open_client` makes it.
            keys: What things are called.
            dry_run: Only look.
        """
        self._client = client
        self._keys = keys
        self._dry_run = dry_run

    def add(self, pages: list[str]) -> int:
        """Write pages into the lists.

        Returns:
            How many were not there.
        """
        pipeline = self._client.pipeline(transaction=False)
        for page in pages:
            name = self._keys.pages(site_of(page))
            if self._dry_run:
                pipeline.sismember(name, page)
            else:
                pipeline.sadd(name, page)
        if not self._dry_run:
            for site in {site_of(page) for page in pages}:
                pipeline.sadd(self._keys.sites, site)
        there = 1 if self._dry_run else 0
        replies = pipeline.execute()[: len(pages)]
        return sum(reply != there for reply in replies)

    def prune(
        self, meanwhile: Callable[[], None], forget_if_empty: Callable[[str], None]
    ) -> int:
        """Take out pages that are gone; they come back with their next hit.

        Args:
            meanwhile: Called before each batch.
            forget_if_empty: Called with each site that was looked at.

        Returns:
            How many they were.
        """
        stale = 0
        for site in list(self._client.sscan_iter(self._keys.sites, count=BATCH)):
            pages = self._client.sscan_iter(self._keys.pages(site), count=BATCH)
            for batch in batches(pages):
                meanwhile()
                gone = self._missing(batch)
                stale += len(gone)
                if gone and not self._dry_run:
                    self._client.srem(self._keys.pages(site), *gone)
                    # One that has just been counted again is listed again.
                    self._relist(set(gone) - set(self._missing(gone)))
            if not self._dry_run:
                forget_if_empty(site)
        return stale

    def _relist(self, pages: Iterable[str]) -> None:
        for page in pages:
            self._client.sadd(self._keys.pages(site_of(page)), page)

    def _missing(self, pages: list[str]) -> list[str]:
        pipeline = self._client.pipeline(transaction=False)
        for page in pages:
            pipeline.exists(self._keys.page(page).total)
        return [
            p for p, there in zip(pages, pipeline.execute(), strict=True) if not there
        ]
