"""Reading the index and what pages hold; nothing is changed."""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from redis.exceptions import ResponseError

from hitsvc.admin.batches import BATCH, batches
from hitsvc.admin.contents import Contents
from hitsvc.admin.scripting import YEARS, Scripts
from hitsvc.admin.searching import Search
from hitsvc.counting import Keys
from hitsvc.errors import InvalidURL
from hitsvc.request import PLAIN, Identity

# How many pages one part of a list looks at, at most: 20 ms of a store's time.
MAX_LOOKED_AT = 20_000
_PATH_AND_REST = re.compile(r"([^?#]*)(.*)", re.DOTALL)


class Listed(NamedTuple):
    """A page in a list."""

    page: str
    total: int


class Part(NamedTuple):
    """A part of a list.

    Attributes:
        pages: What is in it.
        cursor: Where the next part begins; 0: this was the last.
    """

    pages: list[Listed]
    cursor: int


class Reader:
    """Reads the index of a store, and its pages."""

    def __init__(self, client: Any, keys: Keys) -> None:
        """Prepare.

        Args:
            client: As `open_client` makes it.
            keys: What things are called.
        """
        self._client = client
        self._keys = keys
        self._scripts = Scripts(client, keys)

    def sites(self) -> list[str]:
        """Name all sites, in order."""
        return sorted(set(self._client.sscan_iter(self._keys.sites, count=BATCH)))

    def pages(self, site: str) -> Iterator[str]:
        """Name the pages of a site in the index, in no order.

        One may come twice if the index grows meanwhile, and one may be gone.
        """
        yield from self._client.sscan_iter(self._keys.pages(site), count=BATCH)

    def matching(self, pattern: str, identity: Identity = PLAIN) -> list[str]:
        """Name the pages of all sites that a pattern matches; see `Pattern`."""
        wanted = Pattern(pattern, identity)
        return sorted(
            {
                page
                for site in self.sites()
                if wanted.may_be_of(site)
                for page in self.pages(site)
                if wanted.matches(page)
            }
        )

    def part(
        self, site: str, *, search: str = "", cursor: int = 0, size: int = 100
    ) -> Part:
        """Read a part of the list of a site's pages, with their totals.

        Args:
            site: Whose pages.
            search: Only those with this text in them; see `Search`.
            cursor: What the part before has said; 0: from the start.
            size: About how many; a part may have none, and others still follow.
        """
        name, wanted = self._keys.pages(site), Search(search)
        found: dict[str, None] = {}
        looked_at = 0
        while True:
            cursor, pages = self._client.sscan(name, cursor, count=min(size, BATCH))
            looked_at += len(pages)
            found |= dict.fromkeys(p for p in pages if wanted.is_in(p))
            if not cursor or len(found) >= size or looked_at >= MAX_LOOKED_AT:
                break
        return Part(self.totals(sorted(found)), int(cursor))

    def totals(self, pages: Iterable[str]) -> list[Listed]:
        """Read the totals of pages; those that are gone are left out."""
        listed = []
        for batch in batches(pages):
            pipeline = self._client.pipeline(transaction=False)
            for page in batch:
                pipeline.get(self._keys.page(page).total)
            replies = pipeline.execute(raise_on_error=False)
            listed += [
                Listed(page, int(total))
                for page, total in zip(batch, replies, strict=True)
                if isinstance(total, str) and total.isdigit()
            ]
        return listed

    def contents(self, pages: Iterable[str]) -> Iterator[tuple[str, Contents]]:
        """Read what pages hold; one that is not there holds nothing.

        What cannot be read is left out: a change refuses it, and says why.
        """
        for batch in batches(pages):
            replies: Sequence[Any] = self._scripts.run_each("contents", batch, *YEARS)
            for page, reply in zip(batch, replies, strict=True):
                if not isinstance(reply, ResponseError):
                    yield page, Contents.of(reply)


class Pattern:
    """Which pages are meant: a URL in which ``*`` stands for any text, slashes too."""

    def __init__(self, pattern: str, identity: Identity = PLAIN) -> None:
        """Read it, spelled as people spell URLs.

        Args:
            pattern: A host and a path; what follows ``?`` or ``#`` is as keys have it.
            identity: What makes keys of hosts.

        Raises:
            InvalidURL: It is no such pattern.
        """
        text = re.sub(r"^https?://", "", pattern.strip(), flags=re.IGNORECASE)
        host, slash, path = text.partition("/")
        host = host.lower()
        if not re.sub(r"[*.]", "", host):
            msg = f"{pattern}: a pattern names a host, such as example.com/tag/*"
            raise InvalidURL(msg)
        if "*" not in host:
            host = identity.host(host)
        # The path is spelled as one of a host that always can be.
        path, rest = _PATH_AND_REST.fullmatch(path).groups()  # type: ignore[union-attr]
        path = PLAIN.key(f"x.example/{path}").removeprefix("x.example") if slash else ""
        if rest:
            path = (path or "/") + rest
        self._host = _expression(host)
        self._page = _expression(host + path)

    def may_be_of(self, site: str) -> bool:
        """Tell whether there may be such pages in a site."""
        return bool(self._host.fullmatch(site))

    def matches(self, page: str) -> bool:
        """Tell whether a page is meant."""
        return bool(self._page.fullmatch(page))


def _expression(pattern: str) -> re.Pattern[str]:
    return re.compile(".*".join(map(re.escape, pattern.split("*"))), re.DOTALL)
