"""Falcon resources that count and read: parse the request, ask, render the answer."""

from dataclasses import dataclass

from falcon.asgi import Request, Response

from hitsvc.cookies import CookieWriter, find_cookie, secure_name
from hitsvc.counter import HitCounter
from hitsvc.headers import allow_origin, allow_preflight
from hitsvc.looks import PLAIN, Look, Looks
from hitsvc.target import find_target
from hitsvc.views import HistoryView, View
from hitsvc.visit import TrustedProxies, Visit


@dataclass(frozen=True, slots=True)
class Shared:
    """What these resources have in common.

    Attributes:
        counter: Where the counts are.
        proxies: Who may say that the visitor uses HTTPS.
        looks: What query parameters say about a count's look.
        cookies: Writes the anti-refresh cookie.
    """

    counter: HitCounter
    proxies: TrustedProxies
    looks: Looks
    cookies: CookieWriter


class _Readable:
    """What may be read from any page: it answers CORS preflights without Redis."""

    methods = "GET, HEAD, OPTIONS"

    def __init__(self, shared: Shared) -> None:
        self._counter = shared.counter
        self._proxies = shared.proxies
        self._looks = shared.looks
        self._cookies = shared.cookies

    async def on_options(self, req: Request, resp: Response) -> None:
        """Answer a CORS preflight."""
        visit = Visit(req.scope, self._proxies)
        resp.status = "204 No Content"
        resp.set_header("allow", self.methods)
        if visit.origin:
            allow_origin(resp, visit.origin)
            requested = req.get_header("Access-Control-Request-Headers")
            allow_preflight(resp, self.methods, requested)

    def _look(self, req: Request) -> Look:
        """Find out how the count is to be shown."""
        params = req.params
        # PERF: 0.1 us; most requests have no other parameter than the URL.
        return self._looks.of(params) if len(params) > ("url" in params) else PLAIN


class CountReader(_Readable):
    """Answers with the count of a URL, and counts nothing."""

    def __init__(self, shared: Shared, view: View) -> None:
        """Show counts in this view."""
        super().__init__(shared)
        self._view = view

    async def on_get(self, req: Request, resp: Response) -> None:
        """Read the count."""
        visit = Visit(req.scope, self._proxies)
        key, _ = find_target(req.params, visit.referer)
        await self._read(resp, visit, key, self._look(req))

    on_head = on_get

    async def _read(self, resp: Response, visit: Visit, key: str, look: Look) -> None:
        if self._view.needs_today or look.needs_today:
            totals = await self._counter.totals(key)
            total, today = totals.total, totals.today
        else:
            total, today = await self._counter.read(key), 0
        self._answer(resp, visit, self._view.show(key, total, today, look))

    def _answer(self, resp: Response, visit: Visit, body: bytes) -> None:
        resp.data = body
        resp.content_type = self._view.content_type
        if visit.origin:
            allow_origin(resp, visit.origin)


class HitTaker(CountReader):
    """Counts a hit of a URL and answers with its number. HEAD counts nothing."""

    methods = "GET, HEAD, OPTIONS, POST"

    async def on_get(self, req: Request, resp: Response) -> None:
        """Count the hit, unless its visitor was counted a moment ago."""
        visit = Visit(req.scope, self._proxies)
        key, name = find_target(req.params, visit.referer)
        look, view = self._look(req), self._view
        if visit.prefetch:
            await self._read(resp, visit, key, look)
            return
        if visit.secure:
            name = secure_name(name)
        hit = await self._counter.hit(
            key,
            find_cookie(visit.cookies, name) if visit.cookies else None,
            remember=not visit.private,
            today=view.needs_today or look.needs_today,
        )
        self._answer(resp, visit, view.show(key, hit.number, hit.today or 0, look))
        if hit.token:
            cookie = self._cookies.write(name, hit.token, secure=visit.secure)
            resp.append_header("set-cookie", cookie)

    on_post = on_get


class HistoryReader(_Readable):
    """Answers with the hits of a URL day by day, and counts nothing."""

    def __init__(self, shared: Shared, view: HistoryView) -> None:
        """Show histories in this view."""
        super().__init__(shared)
        self._view = view

    async def on_get(self, req: Request, resp: Response) -> None:
        """Read the days."""
        visit = Visit(req.scope, self._proxies)
        key, _ = find_target(req.params, visit.referer)
        totals = await self._counter.totals(key, self._view.days(req.params))
        resp.data = self._view.show(key, totals, req.params)
        resp.content_type = self._view.content_type
        if visit.origin:
            allow_origin(resp, visit.origin)

    on_head = on_get
