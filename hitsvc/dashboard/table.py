"""``/admin/pages``: the table of pages; ``/admin/page``: one of them, and what to do to it."""

import time
from typing import NamedTuple
from urllib.parse import urlencode

import falcon
from falcon.asgi import Request, Response

from hitsvc.admin import LATEST_DAYS, History, Summing, Wish
from hitsvc.counting import latest_days, site_of
from hitsvc.dashboard.book import Book
from hitsvc.dashboard.drawings import bars, first_of, in_words, spark
from hitsvc.dashboard.lists import ADDRESS, DOWN, UP, place_of, wish_of
from hitsvc.dashboard.web import Web, WebResource, params_of

ROWS = 20
_DEFAULT = "last_30_days"
_MAX_QUERY = 200
_MAX_START_DIGITS = 9
# The columns that pages can be sorted by.
WORDS = {
    ADDRESS: "page",
    "today": "today",
    "last_7_days": "7 days",
    "last_30_days": "30 days",
    "total": "total",
}


class Asked(NamedTuple):
    """What a table is asked for; what makes no sense in it is left out.

    Attributes:
        query: Only pages with this in their address.
        site: Only this site's.
        order: One of `WORDS`.
        direction: `UP`, `DOWN` or empty, which is what is usual for the order.
        start: How many pages come before.
        listed: As they come, without an order.
        cursor: Where that goes on.
    """

    query: str
    site: str
    order: str
    direction: str
    start: int
    listed: bool
    cursor: str

    @classmethod
    def of(cls, req: Request, web: Web) -> "Asked":
        """Read it.

        Raises:
            InvalidURL: The site is none.
        """
        asked = params_of(req)
        site = asked.get("site", "").strip()
        order, start = asked.get("sort", ""), asked.get("from", "")
        direction, cursor = asked.get("direction", ""), asked.get("cursor", "")
        is_number = start.isascii() and start.isdecimal()
        return cls(
            asked.get("q", "")[:_MAX_QUERY].strip(),
            web.identity.host(site) if site else "",
            order if order in WORDS else _DEFAULT,
            direction if direction in {UP, DOWN} else "",
            int(start) if is_number and len(start) <= _MAX_START_DIGITS else 0,
            bool(asked.get("all") or cursor),
            cursor,
        )

    @property
    def wish(self) -> Wish:
        """What part of which order that is."""
        more = {"site": self.site, "text": self.query, "start": self.start}
        return wish_of(self.order, self.direction, size=ROWS, **more)

    def at(self, start: int) -> str:
        """Return the query for the same order, from another place."""
        order = {"sort": self.order, "direction": self.direction}
        return self._query(order | {"from": str(start or "")})

    def by(self, order: str) -> str:
        """Return the query for another order, or for this one the other way round."""
        up = self.wish.up
        turned = {"direction": DOWN if up else UP} if order == self.order else {}
        return self._query({"sort": order} | turned)

    def as_they_come(self, cursor: str = "") -> str:
        """Return the query for the pages without an order."""
        return self._query({"all": "1", "cursor": cursor})

    def _query(self, more: dict[str, str]) -> str:
        values = {"site": self.site, "q": self.query} | more
        return urlencode({name: value for name, value in values.items() if value})


class Table(WebResource):
    """Pages: in an order, or as they come where none can be made."""

    def __init__(self, web: Web, summing: Summing) -> None:
        """Prepare; `summing` has sums computed."""
        super().__init__(web)
        self._summing = summing

    async def on_get(self, req: Request, resp: Response) -> None:
        """Show a part."""
        web = self._web
        session = web.session(req)
        asked = Asked.of(req, web)
        why = await web.desk.why_read_only()
        seen = await web.desk.read(lambda book: _look(book, asked, why))
        if not (seen.is_fresh or why):
            self._summing.begin()
        web.show(
            req,
            resp,
            "pages",
            session,
            asked=asked,
            rows=[(page, spark(page.days)) for page in seen.pages],
            seen=seen,
            end=min(asked.start + ROWS, seen.found or 0),
            rows_a_part=ROWS,
            words=WORDS,
            age=int(time.time() - seen.at) if seen.at else 0,
            read_only=why,
        )

    on_head = on_get


class Seen(NamedTuple):
    """What the table shows.

    Attributes:
        pages: Those in this part.
        found: How many there are in all; `None`: they come as they come.
        at: When the order was made, in seconds since 1970; 0: there is none.
        following: Where pages without an order go on; empty: this is the last part.
        is_waiting: They are being added up.
        is_fresh: They need not be added up again.
    """

    pages: list[History]
    found: int | None
    at: float
    following: str
    is_waiting: bool
    is_fresh: bool


def _look(book: Book, asked: Asked, why_read_only: str) -> Seen:
    is_fresh = asked.listed or book.has_fresh_sums()
    ranked = None if asked.listed else book.ranked(asked.wish)
    if ranked:
        pages, part = ranked
        return Seen(pages, part.found, part.at, "", is_waiting=False, is_fresh=is_fresh)
    if not (asked.listed or why_read_only):
        return Seen([], None, 0, "", is_waiting=True, is_fresh=is_fresh)
    place = place_of(asked.cursor, asked.site)
    pages, following = book.part(asked.site, asked.query, place, ROWS)
    return Seen(pages, None, 0, following, is_waiting=False, is_fresh=is_fresh)


class OnePage(WebResource):
    """One page, and what may be done to it."""

    async def on_get(self, req: Request, resp: Response) -> None:
        """Show its numbers, and the forms."""
        web = self._web
        session = web.session(req)
        key = web.identity.key(params_of(req).get("url", ""))
        found = await web.desk.read(lambda book: book.histories.whole(key))
        why = await web.desk.why_read_only()
        today = await web.desk.read(lambda book: book.today())
        days = latest_days(today, LATEST_DAYS)
        hits = [found.days.get(day.date, 0) if found else 0 for day in days]
        history = History(key, found.total if found else 0, tuple(hits))
        if found is None:
            resp.status = falcon.HTTP_404
        web.show(
            req,
            resp,
            "page",
            session,
            page=history,
            is_there=found is not None,
            undated=found.total - sum(found.days.values()) if found else 0,
            first_day=in_words(min(found.days)) if found and found.days else "",
            chart=bars(hits, str(days[-1].date)),
            first_shown=first_of(hits, str(days[-1].date)),
            site=site_of(key),
            read_only=why,
        )

    on_head = on_get
