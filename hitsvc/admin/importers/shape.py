"""Turns what a source says into rows: page, day and hits, or a reason to leave it out."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, tzinfo
from functools import lru_cache

from hitsvc.admin.importers.keys import key_of as plain_key_of
from hitsvc.admin.importers.left_out import LeftOut
from hitsvc.admin.importers.refused import ImportRefused
from hitsvc.admin.importers.rows import MAX_HITS, Row
from hitsvc.admin.importers.url_map import UrlMap
from hitsvc.errors import InvalidURL

NO_HOST = "a path without a host: --site HOST says whose it is"
OTHER_SITE = "of another site than --site"
MAPPED_AWAY = "left out by --map"
OUT_OF_RANGE = "before --since or after --until"
UNDATED = "without a day, which --since and --until cannot judge"
NO_HITS = "no number of hits"
TOO_MANY = "more hits than can be counted exactly"
NO_DAY = "no day"


@dataclass(frozen=True, slots=True)
class Shape:
    """What the operator says about the rows.

    Attributes:
        site: The only host to import; for sources without hosts, the one they are of.
        urls: New names for pages.
        since: The first day to import.
        until: The last.
        zone: Where the service's days begin, for sources with times.
    """

    site: str | None = None
    urls: UrlMap | None = None
    since: date | None = None
    until: date | None = None
    zone: tzinfo = UTC

    def fingerprint(self) -> bytes:
        """Return bytes that differ where the rows of a source could.

        The zone is not in them: a file that was imported before the service's zone was
        changed is no other file.
        """
        return json.dumps(
            {
                "site": self.site,
                "map": self.urls.rules if self.urls else None,
                "since": self.since and self.since.isoformat(),
                "until": self.until and self.until.isoformat(),
            },
            sort_keys=True,
        ).encode()


@dataclass(frozen=True, slots=True)
class _Page:
    key: str
    refused: str


class Shaper:
    """Makes rows, and keeps the record of what it makes none of.

    Attributes:
        shape: What the operator says.
        left_out: The record.
    """

    def __init__(
        self, shape: Shape, key_of: Callable[[str], str] = plain_key_of
    ) -> None:
        """Start an import.

        Args:
            shape: What the operator says.
            key_of: Turns a URL into its key, or raises `InvalidURL`.

        Raises:
            ImportRefused: `shape.site` is no host.
        """
        self.shape = shape
        self.left_out = LeftOut()
        self._key_of = key_of
        self._site = self._host(shape.site) if shape.site else None
        self._ranged = shape.since is not None or shape.until is not None
        # PERF: logs name the same pages again and again: 0.3 us instead of 11. At most
        # 4,096, as each may be as long as a line.
        self._page = lru_cache(4096)(self._find_page)

    def row(
        self,
        raw: str,
        day: date | None,
        hits: int,
        name: str,
        line: int = 0,
        *,
        url: str | None = None,
        path: str | None = None,
    ) -> Row | None:
        """Make a row, or count it as left out.

        Args:
            raw: What the source calls the page: what ``--map`` may name.
            day: Its day.
            hits: Its hits.
            name: The file it is from.
            line: The line in it.
            url: The page's URL, where that is not `raw`.
            path: The page's path, where the source has no host.
        """
        page = self._page(raw, url, path)
        why = page.refused or self._refuse_day(day)
        if not why and abs(hits) > MAX_HITS:
            why = TOO_MANY
        elif not why and hits < 0 and day is not None:
            why = NO_HITS
        if why:
            self.left_out.add(why, raw, hits, name, line)
            return None
        return Row(page.key, day, hits)

    def row_at(
        self, host: str, path: str, day: date, hits: int, name: str, line: int
    ) -> Row | None:
        """Make a row of a host, which may be empty, and a path; see `row`."""
        if not host:
            return self.row(path, day, hits, name, line, path=path)
        raw = host + path
        return self.row(raw, day, hits, name, line, url=f"https://{raw}")

    def leave_out(
        self, why: str, text: str, name: str, line: int = 0, hits: int = 0
    ) -> None:
        """Count something as left out."""
        self.left_out.add(why, text, hits, name, line)

    def has_rule(self, raw: str) -> bool:
        """Tell whether the map knows what the source calls a page."""
        return self.shape.urls is not None and self.shape.urls.of_name(raw) is not None

    def day_at(self, moment: datetime) -> date | None:
        """Return the service's day at a moment; None where calendars end.

        A moment without a zone is UTC, as of every source that leaves it out.
        """
        try:
            if moment.tzinfo is None:
                moment = moment.replace(tzinfo=UTC)
            return moment.astimezone(self.shape.zone).date()
        except (OverflowError, ValueError):
            return None

    def _refuse_day(self, day: date | None) -> str:
        if not self._ranged:
            return ""
        if day is None:
            return UNDATED
        since, until = self.shape.since, self.shape.until
        outside = (since and day < since) or (until and day > until)
        return OUT_OF_RANGE if outside else ""

    def _find_page(self, raw: str, url: str | None, path: str | None) -> _Page:
        urls = self.shape.urls
        new = urls.of_name(raw) if urls else None
        try:
            if new is None:
                key = self._key(raw if url is None else url, path)
                new = urls.of_key(key) if urls and key else None
            if new is not None:
                key = self._key(new, None) if new else ""
        except InvalidURL as ex:
            return _Page("", str(ex))
        if not key:
            return _Page("", MAPPED_AWAY if new == "" else NO_HOST)
        if self._site and key.partition("/")[0] != self._site:
            return _Page("", OTHER_SITE)
        return _Page(key, "")

    def _key(self, url: str, path: str | None) -> str:
        """Return a key; an empty one where the host is missing."""
        if path is None and url[:1] == "/" and url[1:2] not in {"/", "\\"}:
            path = url
        if path is None:
            return self._key_of(url)
        if self._site is None:
            return ""
        return self._key_of(f"https://{self._site}{path}")

    def _host(self, site: str) -> str:
        try:
            host = self._key_of(site)
        except InvalidURL:
            host = "/"
        if "/" in host:
            msg = f"--site {site}: this is not a host, such as example.com"
            raise ImportRefused(msg)
        return host
