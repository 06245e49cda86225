"""Changes of one page's numbers: set, add, move.

**What holds for a page that changes while it is visited.** Each change is one script, so it
falls between two commands of a hit, and adds up whatever the order:

- ``set``: at that moment the total is what was asked for; hits before are in it or replaced
  by it, and hits after raise it. ``add`` never loses one.
- ``move``: hits of the old page before that moment are the new page's; later ones begin the
  old page anew. In a cluster they are on their way for a moment, and at neither.
- A hit that is half written in that moment keeps its place in the totals, and may lose its
  day, which becomes none (`settling`).

No other page is touched.
"""

import time
from collections.abc import Callable
from datetime import date
from typing import Any, NamedTuple

from hitsvc.admin.contents import Contents, rows_of
from hitsvc.admin.crossing import Crossing
from hitsvc.admin.importers import MAX_HITS
from hitsvc.admin.locking import only_one
from hitsvc.admin.reading import Reader
from hitsvc.admin.saving import Save
from hitsvc.admin.scripting import FIRST_YEAR, LAST_YEAR, Scripts
from hitsvc.admin.settling import Settling
from hitsvc.counting import Day, Keys, site_of
from hitsvc.errors import ChangeRefused


class Changed(NamedTuple):
    """A page's total, before and after."""

    before: int
    after: int


class Moved(NamedTuple):
    """What two pages had before one was moved to the other."""

    old: int
    new: int


class Changes:
    """Changes pages of one store."""

    def __init__(
        self, client: Any, keys: Keys, *, sleep: Callable[[float], None] = time.sleep
    ) -> None:
        """Prepare.

        Args:
            client: As `open_client` makes it.
            keys: What things are called.
            sleep: Waits for so many seconds.
        """
        self._client = client
        self._keys = keys
        self._scripts = Scripts(client, keys)
        self._settling = Settling(client, keys, self._scripts, sleep)
        self._crossing = Crossing(client, keys)
        self._reader = Reader(client, keys)

    def set(self, page: str, total: int) -> Changed:
        """Let a page have so many hits; its days stay as they are.

        It may be a new page.

        Raises:
            ChangeRefused: It cannot be; nothing has changed.
            StoreError: Another change is under way.
        """
        if not 0 <= total <= MAX_HITS:
            msg = f"a page has from 0 to {MAX_HITS:,} hits, not {total:,}"
            raise ChangeRefused(msg)
        with only_one(self._client, self._keys):
            before = self._change("set", page, total)
        return Changed(before, total)

    def add(
        self,
        page: str,
        hits: int,
        day: date | None = None,
        until: date | None = None,
    ) -> Changed:
        """Add hits to a page, or take some away if `hits` is below 0.

        Args:
            page: Which; it may be a new one.
            hits: How many.
            day: To which day; none: without a date.
            until: The last day to which hits may be added, such as today; none: any. From
                later ones they can be taken, which mends a typing error.

        Raises:
            ChangeRefused: It would have fewer than none, or too many.
            StoreError: Another change is under way.
        """
        if abs(hits) > MAX_HITS:
            msg = f"at most {MAX_HITS:,} hits can be added, not {hits:,}"
            raise ChangeRefused(msg)
        place: tuple[int, ...] = ()
        if day is not None:
            if not FIRST_YEAR <= day.year <= LAST_YEAR:
                msg = f"a day is from {FIRST_YEAR} to {LAST_YEAR}, not {day}"
                raise ChangeRefused(msg)
            if until is not None and hits > 0 and day > until:
                msg = f"{day} has not come yet: today is {until}"
                raise ChangeRefused(msg)
            place = (day.year, int(Day.of(day).field))
        with only_one(self._client, self._keys):
            before = self._change("add", page, hits, *place)
        return Changed(before, before + hits)

    def move(self, old: str, new: str, save: Save | None = None) -> Moved:
        """Give all hits of a page to another, with their days.

        One script does it, or in a cluster, several; see `hitsvc.admin.crossing`.

        Args:
            old: Whose hits; they go on from 0 if it is still visited.
            new: Whose they become; it may have some.
            save: Writes down what both have, before.

        Raises:
            ChangeRefused: There is no such page, or they are one.
            StoreError: Another change is under way.
        """
        if old == new:
            msg = f"{old} is the same page"
            raise ChangeRefused(msg)
        with only_one(self._client, self._keys) as lock:
            if save is not None:
                save.write(rows_of(self._reader.contents([old, new])))
            self._list(new)
            self._client.srem(self._keys.pages(site_of(old)), old)
            try:
                before = self._crossing.move(old, new)
            except ChangeRefused:
                self._settling.relist([old, new])
                raise
            # Also where an earlier move has been cut off before this.
            self._settling.settle([old, new], lock)
            self._settling.relist([old, new])
        if before is None:
            msg = f"{old} has no hits"
            raise ChangeRefused(msg)
        return Moved(*(Contents.of(page).total for page in before))

    def _change(self, name: str, page: str, *args: int) -> int:
        self._list(page)
        try:
            before = int(self._scripts.run(name, [page], *args))
        except ChangeRefused:
            self._settling.relist([page])
            raise
        self._client.unlink(self._keys.sums(site_of(page)))
        return before

    def _list(self, page: str) -> None:
        """Write a page into the index, before it is there: it must not stay hidden."""
        site = site_of(page)
        self._client.sadd(self._keys.sites, site)
        self._client.sadd(self._keys.pages(site), page)
