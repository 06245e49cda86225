"""Falcon resources that count and read: parse the request, ask, render the answer."""

from collections.abc import Callable
from functools import partial

from falcon.asgi import Request, Response

from hitsvc.answer import (
    CountRenderer,
    HistoryRenderer,
    allow_origin,
    allow_preflight,
    name_page,
)
from hitsvc.badge import PLAIN, Look
from hitsvc.counting import Reading, site_of
from hitsvc.http1 import FAILURE
from hitsvc.request import Target, Visit, is_left_out, secure_name
from hitsvc.resources.further import Answer, Further, Pending
from hitsvc.resources.services import Services
from hitsvc.shell import Door

_Begin = Callable[[Visit, Target, Look], Pending]


class CountResource:
    """What may be read from any page: it answers CORS preflights without Redis.

    Attributes:
        methods: What it takes, as ``Allow`` says it.
        media_type: Of its answers; its errors take the same form.
    """

    methods = "GET, HEAD, OPTIONS"

    def __init__(self, services: Services, media_type: str) -> None:
        """Share these services, and answer in this form."""
        self.media_type = media_type
        self._counter = services.counter
        self._targets = services.targets
        self._new_pages = services.new_pages
        self._claim = services.claim
        self._uncounted = services.uncounted
        self._proxies = services.proxies
        self._looks = services.looks
        self._cookies = services.cookies
        self._shared = services.shared

    async def on_options(self, req: Request, resp: Response) -> None:
        """Answer a CORS preflight."""
        visit = Visit(req.scope, self._proxies)
        resp.status = "204 No Content"
        resp.set_header("allow", self.methods)
        if visit.origin:
            allow_origin(resp, visit.origin)
            requested = req.get_header("Access-Control-Request-Headers")
            allow_preflight(resp, self.methods, requested)

    def _target(self, req: Request, visit: Visit) -> Target:
        """Find the page. A blank URL is a mistake, and not the page that looks it up."""
        referer = "" if "url" in req.params else visit.referer
        return self._targets.find(req.params, referer)

    def _look(self, req: Request) -> Look:
        """Find out how the count is to be shown."""
        params = req.params
        # PERF: 0.1 us; most requests have no other parameter than the URL.
        return self._looks.parse(params) if len(params) > ("url" in params) else PLAIN


class CountReader(CountResource):
    """Answers with the count of a URL, and counts nothing."""

    def __init__(self, services: Services, renderer: CountRenderer) -> None:
        """Show counts in this form."""
        super().__init__(services, renderer.content_type)
        self.renderer = renderer
        self._further = Further(services.counter, renderer)

    async def on_get(self, req: Request, resp: Response) -> None:
        """Answer with the count."""
        await self._respond(req, resp, self.begin)

    async def on_head(self, req: Request, resp: Response) -> None:
        """Read the count."""
        await self._respond(req, resp, self.begin_read)

    def begin(self, visit: Visit, target: Target, look: Look) -> Pending:
        """Ask Redis for what a GET needs, but do not wait.

        Raises:
            CounterBusy: Too many wait already.
        """
        return self.begin_read(visit, target, look)

    def begin_read(self, visit: Visit, target: Target, look: Look) -> Pending:
        """Ask Redis for the count, whoever visits; see `begin`."""
        renderer, key = self.renderer, target.key
        if look.of_visitors:
            begin = partial(self.begin_read, visit, target, PLAIN)
            return self._further.begin(key, look, begin, counts=False)
        days = look.days or int(renderer.needs_today)
        future = self._counter.read(key, days=days)

        def answer() -> Answer:
            return Answer(_shown(renderer, key, future.result(), look))

        return Pending(future, answer)

    async def _respond(self, req: Request, resp: Response, begin: _Begin) -> None:
        if failure := req.scope.get(FAILURE):
            raise failure  # the express lane has begun this request already
        visit = Visit(req.scope, self._proxies)
        target = self._target(req, visit)
        if painter := self.renderer.painter:
            painter.admit()
        pending = begin(visit, target, self._look(req))
        await pending.future
        answer = pending.answer()
        resp.data = await painter.paint(answer.body) if painter else answer.body
        resp.content_type = self.media_type
        name_page(resp, target.key)
        if visit.origin:
            allow_origin(resp, visit.origin)
        if answer.cookie:
            resp.append_header("set-cookie", answer.cookie)


class HitTaker(CountReader):
    """Counts a hit of a URL and answers with its number. HEAD counts nothing."""

    methods = "GET, HEAD, OPTIONS, POST"

    async def on_post(self, req: Request, resp: Response) -> None:
        """Count a hit, as a GET does."""
        await self.on_get(req, resp)

    def _target(self, req: Request, visit: Visit) -> Target:
        """Find the page; a view is of the one that embeds us, if no other is named."""
        return self._targets.find(req.params, visit.referer)

    def begin(self, visit: Visit, target: Target, look: Look) -> Pending:
        """Count the hit, unless its visitor was counted a moment ago; do not wait."""
        if visit.prefetch or (self._uncounted and self._uncounted(visit)):
            return self.begin_read(visit, target, look)
        if visit.cookies and is_left_out(visit):
            return self.begin_read(visit, target, look)
        if look.further:
            begin = partial(self.begin, visit, target, PLAIN)
            return self._further.begin(target.key, look, begin)
        renderer, cookies, secure = self.renderer, self._cookies, visit.secure
        key, name = target
        if secure:
            name = secure_name(name)
        presented = shared = None
        if visit.cookies:
            presented, shared = self._shared.carried(visit, key, name)
            name = shared.name if shared else name
        new_pages = self._new_pages
        wanted = not new_pages.active or new_pages.admit(site_of(key), visit.scope)
        future = self._counter.hit(
            key,
            presented,
            remember=not visit.private and (shared is None or shared.token),
            today=renderer.needs_today or look.days > 0,
            new_pages=wanted,
            claim=self._claim and self._claim(visit, key),
        )

        def answer() -> Answer:
            hit = future.result()
            if hit.number == 1 and hit.counted:
                new_pages.made(site_of(key), visit.scope)
            today = hit.today or 0
            body = renderer.render(key, hit.number, today, look, today)
            if not hit.token:
                return Answer(body)
            value = hit.token if shared is None else shared.secret
            return Answer(body, cookies.write(name, value, secure=secure))

        return Pending(future, answer)


class VisitedTaker(HitTaker):
    """Answers with the visitors of the page, too."""

    def begin(self, visit: Visit, target: Target, look: Look) -> Pending:
        """Count the hit, and ask for the visitors; do not wait."""
        begin = partial(super().begin, visit, target, PLAIN)
        return self._further.begin(target.key, look, begin)

    async def on_head(self, req: Request, resp: Response) -> None:
        """Read the count."""
        await self._respond(req, resp, self._begin_head)

    def _begin_head(self, visit: Visit, target: Target, look: Look) -> Pending:
        begin = partial(super().begin_read, visit, target, PLAIN)
        return self._further.begin(target.key, look, begin, counts=False)


class HistoryReader(CountResource):
    """Answers with the hits of a URL day by day, and counts nothing."""

    def __init__(
        self, services: Services, renderer: HistoryRenderer, door: Door
    ) -> None:
        """Show histories in this form, to those whom the door lets in."""
        super().__init__(services, renderer.content_type)
        self._renderer = renderer
        self._door = door

    async def on_get(self, req: Request, resp: Response) -> None:
        """Read the days."""
        if self._renderer.tells_days(req.params):
            self._door.open(req)
        visit = Visit(req.scope, self._proxies)
        key, _ = self._target(req, visit)
        totals = await self._counter.totals(key, self._renderer.days(req.params))
        resp.data = self._renderer.render(key, totals, req.params)
        resp.content_type = self.media_type
        name_page(resp, key)
        if visit.origin:
            allow_origin(resp, visit.origin)

    async def on_head(self, req: Request, resp: Response) -> None:
        """Read the days."""
        await self.on_get(req, resp)


def _shown(renderer: CountRenderer, key: str, seen: Reading, look: Look) -> bytes:
    today = seen.days[-1] if seen.days else 0
    return renderer.render(key, seen.total, today, look, sum(seen.days))
