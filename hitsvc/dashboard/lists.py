"""Lists of pages and sites, as programs get them; and what orders of pages are called."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

import falcon
from falcon.asgi import Request

from hitsvc.admin import BY_ADDRESS, WINDOWS, History, Numbers, Summing, Wish
from hitsvc.dashboard.bodies import refused
from hitsvc.dashboard.book import Book
from hitsvc.dashboard.desk import Desk
from hitsvc.request import Identity

# What the sums of the last days are called, one for each of `WINDOWS`.
LATELY = ("today", "last_7_days", "last_30_days")
ORDERS = ("total", *LATELY)
ADDRESS = "page"
UP, DOWN = "up", "down"
# Nobody has more pages.
_MAX_START_DIGITS = 12
_DEFAULT_LIMIT = 50
_MAX_LIMIT = 100
_MAX_QUERY = 200
_MAX_SCAN = 2**64
# Where a list goes on: a number of SSCAN's, and which site it is in.
_CURSOR = re.compile(r"(\d{1,20})\.([!-~]{1,300})", re.ASCII)


class Lists:
    """Answers questions for lists."""

    def __init__(self, desk: Desk, summing: Summing, identity: Identity) -> None:
        """Prepare.

        Args:
            desk: Reads.
            summing: Has sums computed.
            identity: Says how sites are called.
        """
        self._desk = desk
        self._summing = summing
        self._identity = identity

    async def sites(self, req: Request) -> Mapping[str, Any]:
        """List sites, with what is known of their sums.

        Raises:
            HTTPBadRequest: It asks for what there is not.
        """
        limit = _limit(req)
        after = _one(req, "cursor")
        await self._see_sums()

        def work(book: Book) -> Mapping[str, Any]:
            sites = [site for site in book.reader.sites() if site > after][: limit + 1]
            more, sites = len(sites) > limit, sites[:limit]
            sums = book.sums.kept(sites)
            found = [
                {
                    "site": site,
                    "pages": known and known.pages,
                    **_sums(known and known.sums),
                    "at": known and known.at,
                }
                for site, known in zip(sites, sums, strict=True)
            ]
            return {"sites": found, "next": sites[-1] if more else None}

        return await self._desk.read(work)

    async def pages(self, req: Request) -> Mapping[str, Any]:
        """List pages part by part: in an order, or as they come.

        Raises:
            HTTPBadRequest: It asks for what there is not.
            InvalidURL: The site is none.
        """
        limit, order = _limit(req), _one(req, "sort")
        site = _one(req, "site")
        site = self._identity.host(site) if site else ""
        query, cursor = _one(req, "query"), _one(req, "cursor")
        if len(query) > _MAX_QUERY:
            msg = f"query has at most {_MAX_QUERY} characters"
            raise refused(msg)
        direction = _one(req, "direction")
        if order:
            wish = wish_of(order, direction, site=site, text=query, size=limit)
            return await self._sorted(wish._replace(start=start_of(cursor)))
        if direction:
            msg = "direction wants sort, too"
            raise refused(msg)
        at = place_of(cursor, site)
        found, following = await self._desk.read(
            lambda book: book.part(site, query, at, limit)
        )
        return _listed(found) | {"next": following or None, "at": None, "found": None}

    async def _see_sums(self) -> None:
        if not await self._desk.read(Book.has_fresh_sums):
            await self._summing.wait()

    async def _sorted(self, wish: Wish) -> Mapping[str, Any]:
        await self._see_sums()
        ranked = await self._desk.read(lambda book: book.ranked(wish))
        if ranked is None:
            raise falcon.HTTPServiceUnavailable(
                title="503 not yet",
                description="the pages are still being added up; ask again later",
                retry_after=1,
            )
        pages, part = ranked
        end = wish.start + wish.size
        following = str(end) if end < part.found else None
        return _listed(pages) | {"next": following, "at": part.at, "found": part.found}


def wish_of(order: str, direction: str, **more: Any) -> Wish:
    """Read which order is asked for.

    Args:
        order: One of `ORDERS`, or `ADDRESS`.
        direction: `UP` or `DOWN`; empty: numbers go down, and addresses from A to Z.
        **more: What else `Wish` takes.

    Raises:
        HTTPBadRequest: There is no such order.
    """
    if order not in (*ORDERS, ADDRESS):
        msg = f"sort is one of {', '.join((*ORDERS, ADDRESS))}"
        raise refused(msg)
    if direction not in {"", UP, DOWN}:
        msg = f"direction is {UP} or {DOWN}"
        raise refused(msg)
    is_address = order == ADDRESS
    up = direction == UP or (is_address and not direction)
    return Wish(BY_ADDRESS if is_address else ORDERS.index(order), up, **more)


def start_of(text: str) -> int:
    """Read where an order goes on.

    Raises:
        HTTPBadRequest: It is no such place.
    """
    if not text:
        return 0
    if not (text.isascii() and text.isdecimal()) or len(text) > _MAX_START_DIGITS:
        msg = "cursor is what next was in the answer before, to the same question"
        raise refused(msg)
    return int(text)


def _listed(pages: Sequence[History]) -> dict[str, Any]:
    return {"pages": [{"page": page.page, **_history(page)} for page in pages]}


def _history(page: History) -> Mapping[str, int]:
    sums = map(page.last, WINDOWS)
    return {"total": page.total, **dict(zip(LATELY, sums, strict=True))}


def _sums(numbers: Numbers | None) -> Mapping[str, int | None]:
    if numbers is None:
        return dict.fromkeys(ORDERS)
    return dict(zip(ORDERS, (numbers.total, *numbers.lately), strict=True))


def _one(req: Request, name: str) -> str:
    value: str | Sequence[str] = req.params.get(name, "")
    if not isinstance(value, str):
        msg = f"{name} is given more than once"
        raise refused(msg)
    return value


def _limit(req: Request) -> int:
    value = _one(req, "limit")
    if not value:
        return _DEFAULT_LIMIT
    if not (value.isascii() and value.isdecimal()) or not (
        len(value) < 9 and 1 <= int(value) <= _MAX_LIMIT
    ):
        msg = f"limit is a whole number from 1 to {_MAX_LIMIT}"
        raise refused(msg)
    return int(value)


def place_of(cursor: str, site: str) -> tuple[int, str]:
    """Read where a list goes on.

    Raises:
        HTTPBadRequest: It is no cursor of this list.
    """
    if not cursor:
        return 0, site
    found = _CURSOR.fullmatch(cursor)
    if found is None or int(found[1]) >= _MAX_SCAN or (site and found[2] != site):
        msg = "cursor is what next was in the answer before, to the same question"
        raise refused(msg)
    return int(found[1]), found[2]
