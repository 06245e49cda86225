"""Pages whose days do not add up to their totals, as a kill between the two leaves them."""

import time
from collections.abc import Callable, Iterable
from typing import Any

from redis.exceptions import ResponseError

from hitsvc.admin.batches import batches
from hitsvc.admin.client import extend_lock, script
from hitsvc.counting import Keys

# How often, and with what pause in seconds, pages that do not add up are looked at again:
# longer than a batch may be on its way.
LOOKS = 4
PAUSE_S = 0.5


class AddingUp:
    """Compares totals with days.

    Attributes:
        years: Those that any page has days of; complete before the first look.
        unreadable: What cannot be compared, and why.
    """

    def __init__(
        self,
        client: Any,
        keys: Keys,
        unreadable: list[str],
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        """Prepare.

        Args:
            client: As `open_client` makes it.
            keys: What things are called.
            unreadable: Where to note what cannot be compared.
            sleep: Waits for so many seconds.
        """
        self._client = client
        self._keys = keys
        self._sleep = sleep
        self.years: set[str] = set()
        self.unreadable = unreadable

    def differences(self, pages: Iterable[str]) -> dict[str, int]:
        """Return the pages that do not add up now, with their differences."""
        years = sorted(self.years)
        text = script("difference")
        found = {}
        for batch in batches(pages):
            pipeline = self._client.pipeline(transaction=False)
            for page in batch:
                pipeline.eval(text, 1, self._keys.page(page).total, *years)
            replies = pipeline.execute(raise_on_error=False)
            for page, reply in zip(batch, replies, strict=True):
                if isinstance(reply, ResponseError):
                    self.unreadable.append(f"{page}: {reply}")
                elif int(reply):
                    found[page] = int(reply)
        return found

    def lasting(self, apart: dict[str, int], lock: Any) -> dict[str, int]:
        """Return what of the differences is not that of hits on their way.

        A total is ahead of its day while a hit is being written, and never behind. So
        the smallest difference of several looks is the lasting one.

        Args:
            apart: What a first look has found.
            lock: What `only_one` gave.
        """
        for _ in range(LOOKS - 1):
            if not apart:
                break
            self._sleep(PAUSE_S)
            extend_lock(lock)
            now = self.differences(apart)
            apart = {page: min(apart[page], now.get(page, 0)) for page in apart}
            apart = {
                page: difference for page, difference in apart.items() if difference
            }
        return apart

    def mend(self, differences: dict[str, int]) -> None:
        """Count what no day has as hits without a date: totals stay as they are."""
        for page, difference in differences.items():
            self._client.incrby(self._keys.page(page).undated, difference)
