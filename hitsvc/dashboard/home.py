"""``/admin/``: all at a glance, and what to do first."""

import time
from typing import Any, NamedTuple

from falcon.asgi import Request, Response

from hitsvc.admin import Overview, Summing
from hitsvc.counting import FULL_ABOVE, Fill
from hitsvc.dashboard.book import Book
from hitsvc.dashboard.drawings import bars, first_of
from hitsvc.dashboard.signing import open_by_code
from hitsvc.dashboard.web import Web, WebResource, params_of
from hitsvc.request import the_only

_TOP = 10
# Until so many views the page goes on saying that the first one has come.
_FIRST_VIEWS = 20
# What a page takes, where nothing is known: docs/keys.md.
_BYTES_A_PAGE = 600


class Seen(NamedTuple):
    """What the page shows.

    Attributes:
        overview: The sums that are kept; `None` if there are none.
        is_fresh: They need not be made again.
        first: A page, if there may be none yet: one that was counted, or nothing.
        fill: How full the store is; `None` if it does not say.
        refused: The sites that were refused most, and how often.
    """

    overview: Overview | None
    is_fresh: bool
    first: str
    fill: Fill | None
    refused: list[tuple[str, int]]

    @property
    def is_empty(self) -> bool:
        """Tell whether nothing has been counted yet."""
        return not self.first and not (self.overview and self.overview.pages)


class Home(WebResource):
    """The first page."""

    def __init__(self, web: Web, summing: Summing, sites: str, zone: str) -> None:
        """Prepare.

        Args:
            web: The common ground.
            summing: Has sums computed.
            sites: The setting with the sites that are counted.
            zone: The time zone of days.
        """
        super().__init__(web)
        self._summing = summing
        self._sites = sites
        self._zone = zone

    async def on_get(self, req: Request, resp: Response) -> None:
        """Show it, or where to sign in."""
        web = self._web
        session = web.gate.session(req)
        if code := params_of(req).get("code"):
            await open_by_code(web, req, resp, code)
            return
        if session is None:
            web.show(req, resp, "sign-in", None, problem="")
            return
        seen = await web.desk.read(_look)
        why = await web.desk.why_read_only()
        if not (seen.is_fresh or why):
            self._summing.begin()
        overview = seen.overview
        web.show(
            req,
            resp,
            "home",
            session,
            seen=seen,
            overview=overview,
            zone=self._zone,
            age=int(time.time() - overview.at) if overview else 0,
            tops=_tops(overview),
            chart=bars(overview.days, overview.day) if overview else "",
            first_day=first_of(overview.days, overview.day) if overview else "",
            room=room_of(seen),
            is_full=bool(seen.fill and seen.fill.share > FULL_ABOVE),
            read_only=why,
            site_list=_sites_with(self._sites, seen.refused),
            site=_own_site(req, web),
        )

    on_head = on_get


def _look(book: Book) -> Seen:
    overview = book.overviews.kept()
    first = ""
    if overview is None or overview.sums.total <= _FIRST_VIEWS:
        first = book.any_page()
    return Seen(
        overview,
        book.overviews.is_fresh(overview),
        first,
        book.fill(),
        book.refused(),
    )


def _tops(overview: Overview | None) -> dict[str, list[Any]]:
    if overview is None:
        return {"sites": [], "pages": []}
    month = len(overview.top_sites) - 1
    return {
        "sites": overview.top_sites[month][:_TOP],
        "pages": [n for n in overview.top_pages[month] if n.by(month)][:_TOP],
    }


def _sites_with(sites: str, refused: list[tuple[str, int]]) -> str:
    """Return the setting that counts the site that was refused most, too."""
    return ",".join(filter(None, [sites, *(site for site, _ in refused[:1])]))


def room_of(seen: Seen) -> int | None:
    """Tell for about how many more pages there is room; `None` if nobody knows."""
    if seen.fill is None or not seen.fill.limit:
        return None
    pages = seen.overview.pages if seen.overview else 0
    each = max(_BYTES_A_PAGE, seen.fill.used // pages if pages > 1_000 else 0)
    room = max(0, int(seen.fill.room) // each)
    return int(float(f"{room:.1e}"))  # it is a guess: two digits


def _own_site(req: Request, web: Web) -> str:
    """Return this service's address, as the browser has it."""
    host = the_only(req.scope["headers"], b"host")
    scheme = "https" if web.gate.is_secure(req) else "http"
    return f"{scheme}://{host}{web.base}"
