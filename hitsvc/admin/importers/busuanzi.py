"""Reads the Redis of busuanzi (soxft): a sorted set of pages for each site, no days.

``bsz:page_pv:SITE`` has a member for each page. Both are MD5 in most installations,
which cannot be undone: a sitemap says which pages there are, each is hashed in all the
ways that busuanzi knows, and what is not found is reported.
"""

import hashlib
from collections.abc import Iterable, Iterator
from urllib.parse import quote, unquote, urlsplit

from hitsvc.admin.importers.live import Store, names_of, numbers_of
from hitsvc.admin.importers.rows import MAX_HITS, Row
from hitsvc.admin.importers.shape import NO_HITS, Shaper
from hitsvc.admin.importers.vercount import PATH_SAFE

UNMATCHED = "a hashed page that is not in the sitemap"
UNKNOWN_SITE = "a page of a hashed site that is not in the sitemap"


class Busuanzi:
    """Reads its pages."""

    def __init__(
        self,
        store: Store,
        shaper: Shaper,
        sitemap: Iterable[str] = (),
        *,
        prefix: str = "bsz",
        name: str = "busuanzi",
    ) -> None:
        """Hash the sitemap.

        Args:
            store: Its Redis.
            shaper: Makes the rows.
            sitemap: URLs of all pages that may have been counted.
            prefix: Its setting ``Redis.Prefix``.
            name: What to call it in the record.
        """
        self._store = store
        self._shaper = shaper
        self._start = f"{prefix}:page_pv:"
        self._name = name
        self._hosts: dict[str, str] = {}
        self._pages: dict[tuple[str, str], str] = {}
        for url in sitemap:
            self._learn(url)

    def rows(self) -> Iterator[Row]:
        """Read the rows."""
        numbers: list[bytes] = []
        for key in names_of(self._store, f"{_literal(self._start)}*"):
            if self._store.type(key) == b"zset":
                yield from self._members(key)
            else:
                numbers.append(key)
        for key, hits in numbers_of(self._store, numbers):
            # Before version 2.5 each page was a number of its own.
            yield from self._row("", self._rest(key), hits)

    def _members(self, key: bytes) -> Iterator[Row]:
        site = self._rest(key)
        # ZSCAN may give a member twice.
        members = dict(self._store.zscan_iter(key))
        for member, score in members.items():
            exact = float(score).is_integer() and 0 <= score <= MAX_HITS
            hits = int(score) if exact else None
            yield from self._row(site, member.decode("utf-8", "surrogateescape"), hits)

    def _row(self, site: str, page: str, hits: int | None) -> Iterator[Row]:
        shaper, raw = self._shaper, f"{site}:{page}" if site else page
        url = self._pages.get((site, page)) or _plain(site, page)
        if hits is None:
            shaper.leave_out(NO_HITS, raw, self._name)
        elif url is None and not shaper.has_rule(raw):
            why = UNMATCHED if site in self._hosts or not site else UNKNOWN_SITE
            shaper.leave_out(why, raw, self._name, hits=hits)
        elif row := shaper.row(raw, None, hits, self._name, url=url):
            yield row

    def _rest(self, key: bytes) -> str:
        return key.decode("utf-8", "surrogateescape").removeprefix(self._start)

    def _learn(self, url: str) -> None:
        parts = urlsplit(url)
        host = parts.netloc.rpartition("@")[2]
        for path in _spellings(parts.path):
            target = _url(host, path)
            for site in _hashes(host):
                self._hosts[site] = host
                for page in (*_hashes(path), *_hashes(f"{host}&{path}")):
                    self._pages[site, page] = target
            for page in _hashes(host + path):
                self._pages["", page] = target


def _spellings(path: str) -> set[str]:
    """Return how a page's path may have been sent: decoded, with and without an end."""
    bare = unquote(path, errors="surrogateescape").rstrip("/")
    return {bare, f"{bare}/", f"{bare}/index.html"}


def _hashes(text: str) -> tuple[str, str]:
    digest = hashlib.md5(
        text.encode("utf-8", "surrogateescape"), usedforsecurity=False
    ).hexdigest()
    return digest, digest[8:24]


def _plain(site: str, page: str) -> str | None:
    """Return the URL where names are not hashed, which is a setting too."""
    path = page.removeprefix(f"{site}&")
    return _url(site, path) if "." in site and path.startswith("/") else None


def _url(host: str, path: str) -> str:
    return f"//{host}{quote(path, PATH_SAFE, errors='surrogateescape')}"


def _literal(text: str) -> str:
    """Escape what a Redis pattern gives a meaning."""
    return "".join(f"\\{char}" if char in "*?[]\\^-" else char for char in text)
