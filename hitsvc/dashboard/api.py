"""``/api/v1/``: what programs of the operator's may see and do, by a bearer token."""

import json
from collections.abc import Mapping
from typing import Any

from falcon.asgi import Request, Response

from hitsvc.access import Right
from hitsvc.admin import LATEST_DAYS, WINDOWS
from hitsvc.answer import UNCACHED
from hitsvc.counting import latest_days
from hitsvc.dashboard.addresses import page_named
from hitsvc.dashboard.bodies import (
    day,
    read_object,
    refused,
    text,
    whole_number,
)
from hitsvc.dashboard.book import Book
from hitsvc.dashboard.desk import Desk
from hitsvc.dashboard.done import Done, NoSuchPage
from hitsvc.dashboard.gate import Gate
from hitsvc.dashboard.lists import LATELY, Lists
from hitsvc.request import Identity

JSON = "application/json"
_CSV = "text/csv; charset=utf-8"
_WHO = "API"
_PAGES = b"/api/v1/pages/"
_NO_SNIFFING = ("x-content-type-options", "nosniff")


class ApiResource:
    """What the resources of the API have in common.

    Attributes:
        media_type: Of its answers; its errors take the same form.
        is_closed: No page of another site may read its answers.
    """

    media_type = JSON
    is_closed = True

    def __init__(self, gate: Gate, desk: Desk, identity: Identity) -> None:
        """Prepare.

        Args:
            gate: Lets programs in.
            desk: Does the work.
            identity: What is one page.
        """
        self._gate = gate
        self._desk = desk
        self._identity = identity

    def _say(self, resp: Response, value: Mapping[str, Any]) -> None:
        resp.data = json.dumps(value).encode() + b"\n"
        resp.content_type = JSON
        resp.set_headers((*UNCACHED, _NO_SNIFFING))


class ApiPage(ApiResource):
    """One page: its numbers, and changes of them."""

    async def on_get(self, req: Request, resp: Response, page: str = "") -> None:
        """Tell the numbers, and the days."""
        self._gate.admit_program(req, Right.READ)
        key = self._key(req)
        self._say(resp, await self._desk.read(lambda book: _page(book, key)))

    on_head = on_get

    async def on_put(self, req: Request, resp: Response, page: str = "") -> None:
        """Set the total."""
        self._gate.admit_program(req, Right.WRITE)
        key = self._key(req)
        total = whole_number(await read_object(req, ["total"]), "total")
        done = await self._desk.change(_WHO, lambda book: book.set(key, total))
        self._say_done(resp, done)

    on_patch = on_put

    async def on_post(self, req: Request, resp: Response, page: str = "") -> None:
        """Add hits, give them to another page, or begin again at 0."""
        self._gate.admit_program(req, Right.WRITE)
        key = self._key(req)
        found = await read_object(req, ["add", "day", "move", "reset"])
        asked = found.keys() & {"add", "move", "reset"}
        if len(asked) != 1 or ("day" in found and "add" not in found):
            msg = (
                'say one of {"add": 250}, {"move": "example.com/new"}, {"reset": true}'
            )
            raise refused(msg)
        if "add" in asked:
            hits, when = whole_number(found, "add"), day(found.get("day"))
            done = await self._desk.change(_WHO, lambda book: book.add(key, hits, when))
        elif "move" in asked:
            to = self._identity.key(text(found, "move"))
            done = await self._desk.change(_WHO, lambda book: book.move(key, to))
        elif found["reset"] is not True:
            msg = 'to begin again at 0, send {"reset": true}'
            raise refused(msg)
        else:
            done = await self._desk.change(_WHO, lambda book: book.reset([key]))
        self._say_done(resp, done)

    async def on_delete(self, req: Request, resp: Response, page: str = "") -> None:
        """Remove the page; the answer is what was removed, as an export."""
        self._gate.admit_program(req, Right.WRITE)
        key = self._key(req)
        done = await self._desk.change(_WHO, lambda book: book.delete([key]))
        resp.data = done.export
        resp.content_type = _CSV
        resp.set_headers((*UNCACHED, _NO_SNIFFING))
        resp.set_header("x-hits-undo", done.undo)

    def _key(self, req: Request) -> str:
        """Find the page: ``?url=``, or the rest of the path as it was sent.

        Raises:
            HTTPBadRequest: There are two, or none.
            InvalidURL: It is none.
        """
        return self._identity.key(page_named(req, _PAGES))

    def _say_done(self, resp: Response, done: Done) -> None:
        facts = {**done.facts, "undo": done.undo or None}
        if done.export:
            facts["export"] = done.export.decode()
        self._say(resp, facts)


class ApiPages(ApiPage):
    """The list of pages; or with ``?url=`` one page, whatever its address holds."""

    def __init__(
        self, gate: Gate, desk: Desk, identity: Identity, lists: Lists
    ) -> None:
        """Prepare; see `ApiResource` and `Lists`."""
        super().__init__(gate, desk, identity)
        self._lists = lists

    async def on_get(self, req: Request, resp: Response, page: str = "") -> None:
        """List pages, or tell one page's numbers."""
        if "url" in req.params:
            await super().on_get(req, resp)
            return
        self._gate.admit_program(req, Right.READ)
        self._say(resp, await self._lists.pages(req))

    on_head = on_get


class ApiSites(ApiResource):
    """The list of sites."""

    def __init__(
        self, gate: Gate, desk: Desk, identity: Identity, lists: Lists
    ) -> None:
        """Prepare; see `ApiResource` and `Lists`."""
        super().__init__(gate, desk, identity)
        self._lists = lists

    async def on_get(self, req: Request, resp: Response) -> None:
        """List sites with their sums."""
        self._gate.admit_program(req, Right.READ)
        self._say(resp, await self._lists.sites(req))

    on_head = on_get


class ApiUndo(ApiResource):
    """What takes a change back."""

    async def on_post(self, req: Request, resp: Response, number: str) -> None:
        """Take it back, once."""
        self._gate.admit_program(req, Right.WRITE)
        done = await self._desk.change(_WHO, lambda book: book.undo(number))
        self._say(resp, done.facts)


def _page(book: Book, key: str) -> Mapping[str, Any]:
    """Read all that is counted of a page."""
    found = book.histories.whole(key)
    if found is None:
        msg = "no such page has hits"
        raise NoSuchPage(msg)
    hits = [found.days.get(d.date, 0) for d in latest_days(book.today(), LATEST_DAYS)]
    sums = (sum(hits[-window:]) for window in WINDOWS)
    return {
        "page": key,
        "total": found.total,
        **dict(zip(LATELY, sums, strict=True)),
        "undated": found.total - sum(found.days.values()),
        "days": {str(d): found.days[d] for d in sorted(found.days)},
    }
