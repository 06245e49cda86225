"""Falcon resources: parse the request, call the counter, render the answer."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

from falcon.asgi import Request, Response

from hitsvc.cookies import CookieWriter, cookie_name, find_cookie
from hitsvc.counter import HitCounter
from hitsvc.errors import InvalidURL
from hitsvc.headers import UNCACHED, allow_origin, allow_preflight
from hitsvc.urls import normalise
from hitsvc.visit import TrustedProxies, Visit

_METHODS = "GET, HEAD, OPTIONS"

# Longer ones are parsed each time, so that the cache stays below 8 MB.
_CACHED_URL_LENGTH = 512
_cached_key = lru_cache(8192)(normalise)


@dataclass(frozen=True, slots=True)
class Representation:
    """A way to show a count.

    Attributes:
        content_type: Its media type.
        render: Turns a count into a body.
    """

    content_type: str
    render: Callable[[int], bytes]


class CountReader:
    """Answers with the count of a URL, and counts nothing."""

    def __init__(
        self, counter: HitCounter, proxies: TrustedProxies, shown: Representation
    ) -> None:
        """Join a counter and a representation.

        Args:
            counter: Where the counts are.
            proxies: Who may say that the visitor uses HTTPS.
            shown: How the count is shown.
        """
        self._counter = counter
        self._proxies = proxies
        self._shown = shown

    async def on_get(self, req: Request, resp: Response) -> None:
        """Read the count."""
        visit = Visit(req.scope, self._proxies)
        self._answer(resp, visit, await self._counter.read(_url_key(req, visit)))

    on_head = on_get

    async def on_options(self, req: Request, resp: Response) -> None:
        """Answer a CORS preflight; Redis is not asked."""
        visit = Visit(req.scope, self._proxies)
        resp.status = "204 No Content"
        resp.set_header("allow", _METHODS)
        allow_origin(resp, visit.origin)
        if visit.origin:
            requested = req.get_header("Access-Control-Request-Headers")
            allow_preflight(resp, _METHODS, requested)

    def _answer(self, resp: Response, visit: Visit, count: int) -> None:
        resp.data = self._shown.render(count)
        resp.content_type = self._shown.content_type
        allow_origin(resp, visit.origin)


class HitTaker(CountReader):
    """Counts a hit of a URL and answers with its number. HEAD counts nothing."""

    def __init__(
        self,
        counter: HitCounter,
        proxies: TrustedProxies,
        shown: Representation,
        cookies: CookieWriter,
    ) -> None:
        """Join a counter and a representation; see `CountReader`.

        Args:
            counter: Where the counts are.
            proxies: Who may say that the visitor uses HTTPS.
            shown: How the count is shown.
            cookies: Writes the anti-refresh cookie.
        """
        super().__init__(counter, proxies, shown)
        self._cookies = cookies

    async def on_get(self, req: Request, resp: Response) -> None:
        """Count the hit, unless its visitor was counted a moment ago."""
        visit = Visit(req.scope, self._proxies)
        key = _url_key(req, visit)
        if visit.prefetch:
            self._answer(resp, visit, await self._counter.read(key))
            return
        name = cookie_name(key, visit.secure)
        presented = find_cookie(visit.cookies, name) if visit.cookies else None
        hit = await self._counter.hit(key, presented, remember=not visit.private)
        self._answer(resp, visit, hit.number)
        if hit.token:
            cookie = self._cookies.write(name, hit.token, secure=visit.secure)
            resp.append_header("set-cookie", cookie)


class Liveness:
    """Says that the process lives; Redis is not asked."""

    async def on_get(self, _req: Request, resp: Response) -> None:
        """Answer at once."""
        _say(resp, "alive\n")

    on_head = on_get


class Readiness:
    """Says whether hits can be counted now."""

    def __init__(self, counter: HitCounter) -> None:
        """Join a counter."""
        self._counter = counter

    async def on_get(self, _req: Request, resp: Response) -> None:
        """Ask Redis; a failure becomes a 503."""
        await self._counter.check()
        _say(resp, "ready\n")

    on_head = on_get


def _say(resp: Response, line: str) -> None:
    resp.data = line.encode()
    resp.content_type = "text/plain; charset=utf-8"
    resp.set_headers(UNCACHED)


def _url_key(req: Request, visit: Visit) -> str:
    """Find out which URL is meant: ``?url=``, else the page that embeds us."""
    raw = req.params.get("url") or visit.referer
    if not raw:
        msg = "no URL: add ?url= to this address, or link to it from a page"
        raise InvalidURL(msg)
    if not isinstance(raw, str):
        msg = "url is given more than once"
        raise InvalidURL(msg)
    return _cached_key(raw) if len(raw) <= _CACHED_URL_LENGTH else normalise(raw)
