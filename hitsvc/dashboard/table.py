"""``/admin/pages``: the table of pages; ``/admin/page``: one of them, and what to do to it."""

from typing import Any, NamedTuple
from urllib.parse import urlencode

import falcon
from falcon.asgi import Request, Response

from hitsvc.admin import LATEST_DAYS, History, Summing
from hitsvc.counting import latest_days, site_of
from hitsvc.dashboard.book import Book
from hitsvc.dashboard.drawings import bars, spark
from hitsvc.dashboard.lists import ORDERS, place_of
from hitsvc.dashboard.web import Web, WebResource, params_of

ROWS = 20
_DEFAULT = "last_30_days"
_MAX_QUERY = 200
WORDS = {
    "total": "Total",
    "today": "Today",
    "last_7_days": "7 days",
    "last_30_days": "30 days",
}


class Rows(NamedTuple):
    """A part of the table.

    Attributes:
        pages: What is in it.
        at: When the order was made, in seconds since 1970; `None`: there is none.
        more: What to ask for the next part; empty: this is the last.
    """

    pages: list[History]
    at: float | None
    more: dict[str, str]


class Table(WebResource):
    """Pages: the first of an order, or those that are looked for."""

    def __init__(self, web: Web, summing: Summing) -> None:
        """Prepare; `summing` has sums computed."""
        super().__init__(web)
        self._summing = summing

    async def on_get(self, req: Request, resp: Response) -> None:
        """Show a part."""
        web = self._web
        session = web.session(req)
        asked = params_of(req)
        query = asked.get("q", "")[:_MAX_QUERY].strip()
        site = asked.get("site", "").strip()
        site = web.identity.host(site) if site else ""
        order = asked.get("sort", _DEFAULT)
        order = order if order in ORDERS else _DEFAULT
        cursor = asked.get("cursor", "")
        listed = bool(query or cursor or asked.get("all"))
        why = await web.desk.why_read_only()
        if not (listed or why or await web.desk.read(Book.has_fresh_sums)):
            self._summing.begin()

        def work(book: Book) -> Rows:
            if listed:
                return _found(book, site, query, cursor)
            return _ordered(book, site, ORDERS.index(order), asked.get("from", ""))

        rows = await web.desk.read(work)
        kept = {"site": site, "q": query} | ({} if listed else {"sort": order})
        web.show(
            req,
            resp,
            "pages",
            session,
            rows=[(page, spark(page.days)) for page in rows.pages],
            words=WORDS,
            site=site,
            query=query,
            order="" if listed else order,
            waiting=rows.at is None and not listed,
            read_only=why,
            next_query=_query(kept | rows.more) if rows.more else "",
            sorts={name: _query({"site": site, "sort": name}) for name in WORDS},
            all_query=_query({"site": site, "all": "1"}),
        )

    on_head = on_get


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
            first_day=min(found.days) if found and found.days else None,
            chart=bars(hits, str(days[-1].date)),
            site=site_of(key),
            read_only=why,
        )

    on_head = on_get


def _found(book: Book, site: str, query: str, cursor: str) -> Rows:
    """Look for pages, in no order."""
    at, here = place_of(cursor, site)
    listed, following = book.part(site, query, (at, here), ROWS)
    more = {"cursor": following, "all": "1"} if following else {}
    return Rows(listed, None, more)


def _ordered(book: Book, site: str, order: int, start: str) -> Rows:
    """Take the first pages of an order, with their numbers of now."""
    first = (
        int(start) if start.isascii() and start.isdecimal() and len(start) < 5 else 0
    )
    tops: list[Any]
    if site:
        kept = book.sums.kept([site])[0]
        at, tops = (kept.at, kept.tops[order]) if kept else (None, [])
    else:
        overview = book.overviews.kept()
        at, tops = (overview.at, overview.top_pages[order]) if overview else (None, [])
    pages = [numbers.page for numbers in tops if numbers.by(order)]
    more = {"from": str(first + ROWS)} if len(pages) > first + ROWS else {}
    return Rows(book.histories.of(pages[first : first + ROWS]), at, more)


def _query(values: dict[str, str]) -> str:
    return urlencode({name: value for name, value in values.items() if value})
