"""Falcon resources of sites: ``/site.json?host=`` and ``/s/HOST``."""

import csv
import io
import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

import falcon
from falcon.asgi import Request, Response

from hitsvc.admin import Numbers, SiteSums
from hitsvc.answer import ANY_ORIGIN, allow_origin, visitor_numbers
from hitsvc.drawing import readable
from hitsvc.request import Identity, the_only
from hitsvc.shell import HTML, Asset, Door, Shell, path_as_sent
from hitsvc.sites.sums import PublicSums, Seen
from hitsvc.statistics import stats_path

JSON = "application/json"
_CSV = "text/csv; charset=utf-8"
_TEN_SECONDS = "public, max-age=10"
_NOBODY_ELSES = "private, no-store"
# By the views of 30 days: the last of the orders that are kept.
_ORDER = -1
_SHOWN = 20
_RETRY_AFTER_S = 3
LATELY = ("today", "last_7_days", "last_30_days")


class SiteResource:
    """What the forms of a site's numbers have in common."""

    def __init__(self, identity: Identity, sums: PublicSums, door: Door) -> None:
        """Prepare.

        Args:
            identity: Says how sites are called.
            sums: Where the numbers are.
            door: Who may see them.
        """
        self._identity = identity
        self._sums = sums
        self._door = door

    async def _seen(self, req: Request, host: str) -> tuple[str, Seen]:
        """Find what is known of a host's site.

        Raises:
            HTTPForbidden: It is not for whoever asks.
            HTTPBadRequest: It names no host.
            InvalidURL: It is none.
        """
        self._door.open(req)
        if not host:
            raise falcon.HTTPBadRequest(
                title="400 no host", description="name a site: add ?host=example.com"
            )
        site = self._identity.host(host)
        return site, await self._sums.of(site)

    @property
    def _kept(self) -> str:
        return _TEN_SECONDS if self._door.is_public else _NOBODY_ELSES

    def _numbers(self, numbers: Numbers, sums: SiteSums) -> Mapping[str, int | None]:
        """Return them by name; of today nobody knows while it is younger than they are."""
        lately: list[int | None] = list(numbers.lately)
        if not self._sums.is_of_today(sums):
            lately[0] = None
        return {"total": numbers.total, **dict(zip(LATELY, lately, strict=True))}


class SiteJson(SiteResource):
    """The numbers for programs and scripts.

    Attributes:
        media_type: Of its answers; its errors take the same form.
    """

    media_type = JSON

    async def on_get(self, req: Request, resp: Response) -> None:
        """Tell the sums; with ``?top=`` so many pages, too."""
        host = req.get_param("host") or ""
        site, seen = await self._seen(req, host)
        top = req.get_param_as_int("top", min_value=0, default=0)
        resp.data = json.dumps(self._told(site, seen, top)).encode() + b"\n"
        resp.content_type = JSON
        resp.set_headers(
            (ANY_ORIGIN, ("cache-control", self._kept), ("vary", "Origin"))
        )
        resp.set_header("x-content-type-options", "nosniff")
        if origin := the_only(req.scope["headers"], b"origin"):
            allow_origin(resp, origin)

    on_head = on_get

    def _told(self, site: str, seen: Seen, top: int) -> Mapping[str, Any]:
        sums = seen.sums
        if sums is None:
            if not seen.is_empty:
                raise falcon.HTTPServiceUnavailable(
                    title="503 not yet",
                    description="the pages are being added up; ask again in a moment",
                    retry_after=_RETRY_AFTER_S,
                )
            nothing = dict.fromkeys(("pages", "total", *LATELY), 0)
            told = {"site": site, **nothing, **visitor_numbers(seen.visitors), "age": 0}
            return told | ({"top": []} if top else {})
        told = {"site": site, "pages": sums.pages, **self._numbers(sums.sums, sums)}
        told |= {**visitor_numbers(seen.visitors), "age": self._sums.age_s(sums)}
        if not top:
            return told
        pages = [
            {"url": page.page, **self._numbers(page, sums)}
            for page in sums.tops[_ORDER][:top]
        ]
        return {**told, "top": pages}


class SitePage(SiteResource):
    """The numbers for people."""

    def __init__(
        self, shell: Shell, identity: Identity, sums: PublicSums, door: Door
    ) -> None:
        """Prepare; see `SiteResource`. `shell` is the frame of the page."""
        super().__init__(identity, sums, door)
        self._shell = shell

    async def on_get(self, req: Request, resp: Response, host: str) -> None:
        """Show them; ``?as=csv`` is all that is known, as a table."""
        site, seen = await self._seen(req, host)
        sums = seen.sums
        resp.set_header("X-Robots-Tag", "noindex")
        if req.get_param("as") == "csv" and sums:
            Asset.for_one(_as_csv(sums), _CSV, self._kept).send(req, resp)
            return
        body = self._shell.render(
            "sites/site.html",
            path_as_sent(req),
            site=site,
            name=readable(site),
            query=quote(site, safe=""),
            seen=seen,
            sums=sums,
            numbers=self._numbers(sums.sums, sums) if sums else {},
            age=self._sums.age_s(sums) if sums else 0,
            pages=[
                (_path(page.page), stats_path(page.page), self._numbers(page, sums))
                for page in sums.tops[_ORDER][:_SHOWN]
            ]
            if sums
            else [],
        )
        # What is being added up is there in a moment.
        kept = self._kept if sums or seen.is_empty else _NOBODY_ELSES
        Asset.for_one(body, HTML, kept).send(req, resp)

    on_head = on_get


def _path(page: str) -> str:
    """Write where on its site a page is: the site is told above all of them."""
    return "/" + readable(page).partition("/")[2]


def _as_csv(sums: SiteSums) -> bytes:
    """Write the sums and those of the top pages, the site first."""
    text = io.StringIO()
    write = csv.writer(text, lineterminator="\n").writerow
    write(("url", "total", *LATELY))
    for numbers in (sums.sums, *sums.tops[_ORDER]):
        write((numbers.page, numbers.total, *numbers.lately))
    return text.getvalue().encode()


def site_routes(
    shell: Shell, identity: Identity, sums: PublicSums, door: Door
) -> dict[str, object]:
    """Say where sites are."""
    return {
        "/site.json": SiteJson(identity, sums, door),
        "/s/{host}": SitePage(shell, identity, sums, door),
    }
