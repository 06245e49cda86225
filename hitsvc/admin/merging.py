"""Pages whose key is no key by the present settings: they become the page that they mean.

Settings say what is one page (`hitsvc.request.identity`). When they change, hits of before
stand at addresses where none is counted any more. Each is moved as ``hitsvc move`` does it,
in one script; so it can be cut off anywhere, and run again, while hits are counted.
"""

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from hitsvc.admin.crossing import Crossing
from hitsvc.admin.settling import Settling
from hitsvc.counting import Keys, site_of
from hitsvc.errors import ChangeRefused, InvalidURL
from hitsvc.request import Identity


class Renamed(NamedTuple):
    """A page, and the key that it has now."""

    old: str
    new: str


class Merging:
    """Moves pages to the keys that they have now."""

    def __init__(
        self,
        client: Any,
        keys: Keys,
        identity: Identity,
        settling: Settling,
    ) -> None:
        """Prepare.

        Args:
            client: As `open_client` makes it.
            keys: What things are called.
            identity: What makes keys of pages.
            settling: Looks at changed pages again.
        """
        self._client = client
        self._keys = keys
        self._identity = identity
        self._crossing = Crossing(client, keys)
        self._settling = settling

    def find(self, pages: Iterable[str], no_pages: list[str]) -> Iterator[Renamed]:
        """Give the pages that have another key now.

        Args:
            pages: Their keys as they are.
            no_pages: Told those that are none by the present rules, and why.
        """
        for page in pages:
            try:
                key = self._identity.key(page)
            except InvalidURL as ex:
                no_pages.append(f"{page}: {ex}")
                continue
            if key != page:
                yield Renamed(page, key)

    def merge(self, renamed: list[Renamed], lock: Any) -> list[str]:
        """Move pages, and add up where there are hits already.

        Args:
            renamed: Which.
            lock: What `only_one` gave.

        Returns:
            What could not be moved, and why; it is as it was.
        """
        refused = []
        for old, new in renamed:
            # First: a page that is listed and not there yet does no harm.
            self._client.sadd(self._keys.sites, site_of(new))
            self._client.sadd(self._keys.pages(site_of(new)), new)
            self._client.srem(self._keys.pages(site_of(old)), old)
            try:
                self._crossing.move(old, new)
            except ChangeRefused as ex:
                refused.append(str(ex))
        changed = list(dict.fromkeys(page for pair in renamed for page in pair))
        self._settling.settle(changed, lock)
        self._settling.relist(changed)
        return refused
