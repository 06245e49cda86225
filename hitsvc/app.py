"""The application: which parts there are, how they are joined, and what is where.

A new resource is a module and a line of `_routes`.
"""

from collections.abc import Callable, Mapping
from typing import Any

import falcon.asgi
from redis.asyncio import Redis

from hitsvc.answer import (
    GIF,
    PNG,
    SVG,
    BadgeRenderer,
    ChartRenderer,
    DefaultHeadersApp,
    Drawing,
    ErrorPictures,
    JsonHistoryRenderer,
    JsonRenderer,
    PixelRenderer,
    PngRenderer,
    ProblemSerializer,
    ShieldsRenderer,
    TextRenderer,
    add_problems,
    count_headers,
    pixel_error,
    png_error,
)
from hitsvc.badge import BadgeMaker, LookParser, load_template
from hitsvc.counter import HitCounter
from hitsvc.counting import Capacity
from hitsvc.errors import SettingsError
from hitsvc.express import ExpressLane
from hitsvc.health import Liveness, Readiness
from hitsvc.http1 import Client, ReadyHeaders
from hitsvc.metrics import Tally, TimedBackend
from hitsvc.pages import SECURITY_HEADERS, Assets, page_routes
from hitsvc.png import Painter, open_painter
from hitsvc.request import (
    Clients,
    CookieWriter,
    NewPageLimits,
    NewPages,
    Sites,
    TargetFinder,
    TrustedProxies,
)
from hitsvc.resources import (
    CountReader,
    CountResource,
    HistoryReader,
    HitTaker,
    NotInstalled,
    NotInstalledTaker,
    Services,
)
from hitsvc.settings import Settings
from hitsvc.store import StoreCheck, open_backend, open_store_check


def create_app(
    settings: Settings,
    *,
    redis: Redis | None = None,
    tally: Tally | None = None,
    open_painter: Callable[[], Painter | None] = open_painter,
) -> falcon.asgi.App[Any, Any]:
    """Build the service. Nothing is connected before the first request.

    Args:
        settings: The configuration.
        redis: A client to count with instead of ``settings.redis_url``; closed with
            the app.
        tally: Told what is counted, for the metrics.
        open_painter: Returns what paints PNGs, if it is installed.

    Raises:
        SettingsError: A setting that only the app can judge is wrong.
    """
    badges = _badge_maker(settings)
    check = open_store_check(settings.redis_url, settings.redis_timeout, redis)
    services = _services(settings, check, redis, tally)
    assets = Assets()
    painter = open_painter()
    routes = _routes(services, check, badges, assets, painter)
    counts = _counts(routes)
    headers = _headers(counts)
    app = _App(headers, middleware=[_Lifespan(services.counter, check)])
    for path, resource in routes.items():
        app.add_route(path, resource)
    app.express = ExpressLane(counts, services, headers)
    pictures = _error_pictures(badges, services.looks, painter)
    problems = ProblemSerializer(
        routes, counts, pictures, assets.error_page, SECURITY_HEADERS
    )
    add_problems(app, problems, services.counter.refuse, tally.error if tally else None)
    return app


def _counts(routes: Mapping[str, object]) -> dict[str, CountResource]:
    """Return those addresses that may be read from any page."""
    return {
        path: resource
        for path, resource in routes.items()
        if isinstance(resource, CountResource)
    }


def _headers(counts: Mapping[str, CountResource]) -> dict[str, ReadyHeaders]:
    """Return what every answer of a count's address carries."""
    return {
        path: ReadyHeaders(count_headers(resource.media_type))
        for path, resource in counts.items()
    }


def _error_pictures(
    badges: BadgeMaker, looks: LookParser, painter: Painter | None
) -> ErrorPictures:
    """Return what shows errors to those who want an image."""

    def badge(words: str, params: Mapping[str, str | list[str]], color: str) -> bytes:
        return badges.error(words, looks.parse(params), color)

    drawings: dict[str, Drawing] = {SVG: badge, GIF: pixel_error}
    if painter:
        drawings[PNG] = png_error(badges, painter)
    return ErrorPictures(drawings)


def _routes(
    services: Services,
    check: StoreCheck,
    badges: BadgeMaker,
    assets: Assets,
    painter: Painter | None,
) -> dict[str, object]:
    """Return every address of the service with the resource that answers there."""
    text, badge = TextRenderer(), BadgeRenderer(badges)
    png = painter and PngRenderer(badges, painter)
    take_png = HitTaker(services, png) if png else NotInstalledTaker(services, PNG)
    read_png = CountReader(services, png) if png else NotInstalled(services, PNG)
    return {
        "/count": HitTaker(services, text),
        "/count/tag.svg": HitTaker(services, badge),
        "/count/tag.png": take_png,
        "/count/pixel.gif": HitTaker(services, PixelRenderer()),
        "/count.json": HitTaker(services, JsonRenderer()),
        "/nocount": CountReader(services, text),
        "/nocount/tag.svg": CountReader(services, badge),
        "/nocount/tag.png": read_png,
        "/nocount/shields.json": CountReader(services, ShieldsRenderer(badges.label)),
        "/nocount.json": HistoryReader(services, JsonHistoryRenderer()),
        "/graph.svg": HistoryReader(services, ChartRenderer()),
        "/healthz": Liveness(),
        "/readyz": Readiness(services.counter, check),
        **page_routes(assets),
    }


def peer_network_of(settings: Settings) -> Callable[[Client], str | None]:
    """Return what names the network of a peer, where a limit on it would be fair."""
    return TrustedProxies(settings.forwarded_allow_ips).network_of_peer


def _badge_maker(settings: Settings) -> BadgeMaker:
    template = settings.svg_template and load_template(settings.svg_template)
    return BadgeMaker(settings.badge_label, template or None)


def _services(
    settings: Settings, check: StoreCheck, redis: Redis | None, tally: Tally | None
) -> Services:
    """Make what the resources of counts have in common."""
    backend = open_backend(settings.redis_url, settings.redis_timeout, redis)
    proxies = TrustedProxies(settings.forwarded_allow_ips)
    limits = NewPageLimits(
        by_client=settings.new_pages_by_client,
        by_site=settings.new_pages_by_site,
        in_all=settings.new_pages_in_all,
    )
    return Services(
        HitCounter(
            TimedBackend(backend, tally) if tally else backend,
            key_prefix=settings.key_prefix,
            token_ttl_s=settings.cookie_timeout,
            token_length=settings.random_value_length,
            queue_limit=settings.queue_limit,
            capacity=Capacity(check.info),
            tally=tally,
        ),
        TargetFinder(_sites(settings)),
        NewPages(limits, Clients(proxies, settings.client_header)),
        proxies,
        LookParser(),
        CookieWriter(settings.cookie_timeout),
    )


def _sites(settings: Settings) -> Sites:
    try:
        return Sites(settings.sites, settings.deny)
    except ValueError as ex:
        msg = f"HITSVC_SITES or HITSVC_DENY: {ex}"
        raise SettingsError(msg) from ex


class _App(DefaultHeadersApp):
    """A Falcon app, and what answers most requests in its place.

    Attributes:
        express: See `hitsvc.http1.express_exchange`.
    """

    __slots__ = ("express",)

    express: ExpressLane


class _Lifespan:
    """Ends the connections with the server, when every request has been answered."""

    def __init__(self, counter: HitCounter, check: StoreCheck) -> None:
        self._counter = counter
        self._check = check

    async def process_shutdown(self, _scope: Any, _event: Any) -> None:
        await self._counter.close()
        await self._check.close()
