"""Falcon resources that count and read: parse the request, view, send the answer."""

from collections.abc import Callable

from falcon.asgi import Request, Response

from hitsvc.answer import (
    CountRenderer,
    HistoryRenderer,
    allow_origin,
    allow_preflight,
    name_page,
)
from hitsvc.badge import PLAIN, Look
from hitsvc.http1 import FAILURE
from hitsvc.request import Target, Visit
from hitsvc.resources.pending import Pending
from hitsvc.resources.services import Services
from hitsvc.resources.views import Hits, Views
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
        self._proxies = services.proxies
        self._looks = services.looks

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
    """Answers with the count of a URL, and counts nothing.

    Attributes:
        renderer: Makes the answer.
        views: Asks Redis for it.
    """

    def __init__(self, services: Services, renderer: CountRenderer) -> None:
        """Show counts in this form."""
        super().__init__(services, renderer.content_type)
        self.renderer = renderer
        self.views = self._views(services, renderer)

    def _views(self, services: Services, renderer: CountRenderer) -> Views:
        return Views(services, renderer)

    async def on_get(self, req: Request, resp: Response) -> None:
        """Answer with the count."""
        await self._respond(req, resp, self.views.begin)

    async def on_head(self, req: Request, resp: Response) -> None:
        """Read the count."""
        await self._respond(req, resp, self.views.begin_read)

    async def _respond(self, req: Request, resp: Response, begin: _Begin) -> None:
        if failure := req.scope.get(FAILURE):
            raise failure  # the express lane has begun this request already
        visit = Visit(req.scope, self._proxies)
        target = self._target(req, visit)
        if painter := self.renderer.painter:
            painter.admit()
        pending = begin(visit, target, self._look(req))
        await pending.future
        body, cookie = pending.answer()
        resp.data = await painter.paint(body) if painter else body
        resp.content_type = self.media_type
        name_page(resp, target.key)
        if visit.origin:
            allow_origin(resp, visit.origin)
        if cookie:
            resp.append_header("set-cookie", cookie)


class HitTaker(CountReader):
    """Counts a hit of a URL and answers with its number. HEAD counts nothing."""

    methods = "GET, HEAD, OPTIONS, POST"

    def _views(self, services: Services, renderer: CountRenderer) -> Views:
        return Hits(services, renderer)

    async def on_post(self, req: Request, resp: Response) -> None:
        """Count a hit, as a GET does."""
        await self.on_get(req, resp)

    def _target(self, req: Request, visit: Visit) -> Target:
        """Find the page; a view is of the one that embeds us, if no other is named."""
        return self._targets.find(req.params, visit.referer)


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
