"""``/admin/change``: says in numbers what will happen, and does it when that is confirmed."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import falcon
from falcon.asgi import Request, Response

from hitsvc.admin import Listed
from hitsvc.answer import UNCACHED
from hitsvc.dashboard.bodies import day, refused
from hitsvc.dashboard.book import Book
from hitsvc.dashboard.done import Done
from hitsvc.dashboard.web import WHO, Form, Web, WebResource
from hitsvc.errors import ChangeRefused

_ONCE_S = 3_600
_DONE_ALREADY = "this was done already; look at the numbers before you do it again"


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody wants done.

    Attributes:
        what: ``set``, ``add``, ``move``, ``reset`` or ``delete``.
        pages: To which pages.
        number: The total, or how many hits to add.
        when: The day to add them to.
        to: Where to move the hits.
    """

    what: str
    pages: list[str]
    number: int = 0
    when: date | None = None
    to: str = ""

    @classmethod
    def of(cls, form: Form, web: Web) -> "Wish":
        """Read it.

        Raises:
            HTTPBadRequest: It is none.
            InvalidURL: A page is none.
        """
        what, pages = form.one("do"), web.keys(form.get("page", []))
        if what in {"reset", "delete"}:
            return cls(what, pages)
        if len(pages) != 1 or what not in {"set", "add", "move"}:
            msg = "nobody knows what to do with that"
            raise refused(msg)
        if what == "move":
            return cls(what, pages, to=web.identity.key(form.one("to").strip()))
        number = _number(form.one("number"))
        return cls(what, pages, number, day(form.one("day").strip()))

    def do(self, book: Book) -> Done:
        """Do it."""
        page = self.pages[0]
        match self.what:
            case "set":
                return book.set(page, self.number)
            case "add":
                return book.add(page, self.number, self.when)
            case "move":
                return book.move(page, self.to)
            case "reset":
                return book.reset(self.pages)
        return book.delete(self.pages)


class Change(WebResource):
    """Asks, and then does."""

    async def on_post(self, req: Request, resp: Response) -> None:
        """Say what will happen, or do it."""
        web = self._web
        session, form = await web.form(req)
        wish = Wish.of(form, web)
        if wish.pages and (once := form.one("once")):
            done = await web.desk.change(WHO, lambda book: _once(book, once, wish))
            web.show(req, resp, "done", session, done=done, word=wish.what)
            return
        pages = [*wish.pages, *([wish.to] if wish.to else [])]
        found = await web.desk.read(lambda book: book.reader.totals(pages))
        listed = [page for page in found if page.page in wish.pages]
        web.show(
            req,
            resp,
            "confirm",
            session,
            wish=wish,
            listed=listed,
            hits=sum(page.total for page in listed),
            there=next((page.total for page in found if page.page == wish.to), 0),
            once=secrets.token_urlsafe(12),
            nothing=_nothing(wish, listed),
        )


class TakeBack(WebResource):
    """Takes a change back."""

    async def on_post(self, req: Request, resp: Response) -> None:
        """Do it, once."""
        session, form = await self._web.form(req)
        number = form.one("number")
        done = await self._web.desk.change(WHO, lambda book: book.undo(number))
        self._web.show(req, resp, "done", session, done=done, word="undo")


class RemovedRows(WebResource):
    """What was removed, as a file."""

    async def on_get(self, req: Request, resp: Response, number: str) -> None:
        """Send it, while it is kept."""
        self._web.session(req)
        export = await self._web.desk.read(lambda book: book.export(number))
        if export is None:
            raise falcon.HTTPNotFound(description="this is no longer kept")
        resp.data = export
        resp.content_type = "text/csv; charset=utf-8"
        resp.downloadable_as = "hitsvc-removed.csv"
        resp.set_headers((*UNCACHED, ("x-content-type-options", "nosniff")))


def _once(book: Book, once: str, wish: Wish) -> Done:
    """Do it, unless the same form has come before: a page may be loaded again."""
    if not book.use_once(f"form:{once[:64]}", _ONCE_S):
        raise ChangeRefused(_DONE_ALREADY)
    return wish.do(book)


def _nothing(wish: Wish, listed: Sequence[Listed]) -> str:
    """Say why there is nothing to do; empty if there is."""
    if not wish.pages:
        return "No page was chosen: tick some in the list first."
    if wish.what in {"move", "reset", "delete"} and not listed:
        return "No such page has hits."
    if wish.what == "move" and wish.to == wish.pages[0]:
        return "Both are the same page."
    return ""


def _number(text: str) -> int:
    """Read a number as people write it."""
    plain = text.strip().replace(",", "").replace("\N{NO-BREAK SPACE}", "")
    plain = plain.replace("\N{MINUS SIGN}", "-")
    digits = plain.removeprefix("-").removeprefix("+")
    if not (digits.isascii() and digits.isdecimal()) or len(digits) > 16:
        msg = f"{text[:40]!r} is no whole number, such as 20,000"
        raise refused(msg)
    return int(plain)
