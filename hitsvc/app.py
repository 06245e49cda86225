"""The application: which parts there are, how they are joined, and what is where.

A new resource is a module and a line of `_routes`.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, Protocol

import falcon.asgi
from redis.asyncio import Redis

from hitsvc.access import Operator
from hitsvc.answer import (
    PNG,
    BadgeRenderer,
    ChartRenderer,
    DefaultHeadersApp,
    Guesses,
    JsonHistoryRenderer,
    JsonRenderer,
    PixelRenderer,
    PngRenderer,
    ProblemSerializer,
    ShieldsRenderer,
    TextRenderer,
    add_problems,
    count_headers,
    error_pictures,
)
from hitsvc.badge import BadgeMaker, load_template
from hitsvc.base_path import also_below
from hitsvc.counting import Calendar, Closing, Keys, UnheededProxy, ZoneNote
from hitsvc.express import ExpressLane
from hitsvc.front import open_front
from hitsvc.health import Liveness, Readiness
from hitsvc.http1 import Client, ReadyHeaders
from hitsvc.many import ManyReader
from hitsvc.metrics import HitTally
from hitsvc.not_installed import NotInstalled, NotInstalledTaker
from hitsvc.png import Painter, open_painter
from hitsvc.request import (
    BeforeFork,
    Identity,
    ShortAddresses,
    TrustedProxies,
    understand,
)
from hitsvc.resources import (
    CountReader,
    CountResource,
    HistoryReader,
    HitTaker,
)
from hitsvc.services import Services, make_services
from hitsvc.settings import Settings
from hitsvc.shell import SECURITY_HEADERS, Door
from hitsvc.store import Backend, StoreCheck, open_backend, open_store_check


def create_app(
    settings: Settings,
    *,
    redis: Redis | None = None,
    tally: HitTally | None = None,
    open_painter: Callable[[], Painter | None] = open_painter,
    shared: BeforeFork | None = None,
    operator: Operator | None = None,
) -> falcon.asgi.App[Any, Any]:
    """Build the service. Nothing is connected before the first request.

    Args:
        settings: The configuration.
        redis: A client to count with instead of the settings' store; closed with it.
        tally: Told what is counted, for the metrics.
        open_painter: Returns what paints PNGs, if it is installed.
        shared: What it shares with other workers; `None` for one alone.
        operator: What the operator's side needs, if it is more than the settings have.

    Raises:
        SettingsError: A setting that only the app can judge is wrong.
    """
    shared, badges = shared or BeforeFork(), _badge_maker(settings)
    how = settings.redis_url, settings.redis_timeout, redis, settings.acknowledge
    check, backend = open_store_check(*how), open_backend(*how)
    proxies, unheeded = _proxies(settings, backend, shared)
    identity, painter = Identity.of(settings), open_painter()
    services = make_services(settings, check, backend, proxies, identity, tally, shared)
    front = open_front(settings, identity, services, badges, operator)
    routes = front.routes | _routes(services, badges, painter, front.statistics)
    routes = also_below(settings.base_path, routes | _health(services, check, shared))
    begun = _beside_hits(settings, backend, shared, services.calendar)
    ends = _Lifespan(begun, unheeded, services.counter, check, *front.ends)
    short = ShortAddresses(identity, settings.base_path, routes)
    app = _app(routes, services, ends, short)
    shown = error_pictures(badges, services.looks, painter), front.shell.error_page
    means = SECURITY_HEADERS, _guesses(settings, routes, short)
    problems = ProblemSerializer(routes, app.counts, *shown, *means)
    add_problems(app, problems, services.counter.refuse, tally.error if tally else None)
    return app


def _beside_hits(
    settings: Settings, backend: Backend, shared: BeforeFork, calendar: Calendar
) -> list[ZoneNote | Closing]:
    """Return what begins with the server."""
    keys, send = Keys(settings.key_prefix), backend.execute
    note = ZoneNote(keys, calendar.zone, send, shared.tells_of_zone)
    if settings.visitors == "off":
        return [note]
    return [note, Closing(keys, send, calendar.today)]


def _proxies(
    settings: Settings, backend: Backend, shared: BeforeFork
) -> tuple[TrustedProxies, UnheededProxy]:
    """Return who is believed, and what notes one that is not."""
    keys = Keys(settings.key_prefix)
    unheeded = UnheededProxy(keys, backend.execute, shared.tells_of_proxy)
    return TrustedProxies(settings.forwarded_allow_ips, unheeded.add), unheeded


def _app(
    routes: Mapping[str, object],
    services: Services,
    lifespan: "_Lifespan",
    short: ShortAddresses,
) -> "_App":
    """Put what answers where its address is."""
    counts = {p: r for p, r in routes.items() if isinstance(r, CountResource)}
    headers = _headers(counts)
    app = _App(headers, short, middleware=[lifespan])
    for path, resource in routes.items():
        app.add_route(path, resource)
    app.express = ExpressLane(counts, services, headers, short)
    return app


def _headers(counts: Mapping[str, CountResource]) -> dict[str, ReadyHeaders]:
    """Return what every answer of a count's address carries."""
    return {
        path: ReadyHeaders(count_headers(resource.media_type))
        for path, resource in counts.items()
    }


def _routes(
    services: Services,
    badges: BadgeMaker,
    painter: Painter | None,
    statistics: Door,
) -> dict[str, object]:
    """Return every address of the service with the resource that answers there."""
    text, badge = TextRenderer(), BadgeRenderer(badges)
    days = JsonHistoryRenderer(services.looks)
    chart = ChartRenderer(services.looks, services.calendar.zone)
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
        "/nocount.json": ManyReader(services, days, statistics),
        "/graph.svg": HistoryReader(services, chart, statistics),
    }


def _guesses(
    settings: Settings, routes: Mapping[str, object], short: ShortAddresses
) -> Guesses:
    """Return what knows the addresses that are not the operator's alone."""
    public = [p for p, r in routes.items() if not getattr(r, "is_closed", False)]
    return Guesses(public, short.names_page, settings.base_path)


def _health(
    services: Services, check: StoreCheck, shared: BeforeFork
) -> dict[str, object]:
    """Return the addresses that tell how the service is."""
    return {
        "/healthz": Liveness(shared.is_going),
        "/readyz": Readiness(services.counter, check, shared.is_going),
    }


def peer_network_of(settings: Settings) -> Callable[[Client], str | None]:
    """Return what names the network of a peer, where a limit on it would be fair."""
    return TrustedProxies(settings.forwarded_allow_ips).network_of_peer


def _badge_maker(settings: Settings) -> BadgeMaker:
    template = settings.svg_template and load_template(settings.svg_template)
    return BadgeMaker(settings.badge_label, template or None)


class _App(DefaultHeadersApp):
    """A Falcon app, and what answers most requests in its place.

    Attributes:
        counts: What each count's answers are sent with, by address.
        express: See `hitsvc.http1.express_exchange`.
    """

    __slots__ = ("_short", "counts", "express")

    express: ExpressLane

    def __init__(
        self,
        headers: Mapping[str, ReadyHeaders],
        short: ShortAddresses,
        **options: Any,
    ) -> None:
        """Take what each count's answers are sent with, by address."""
        super().__init__(headers, **options)
        self.counts = headers
        self._short = short

    def __call__(  # type: ignore[override]
        self, scope: dict[str, Any], receive: Any, send: Any
    ) -> Awaitable[None]:
        """Answer a request as it was meant."""
        if scope["type"] == "http":
            self._short.expand(scope)
            understand(scope, self.counts)
        return super().__call__(scope, receive, send)


class _Closed(Protocol):
    async def close(self) -> None: ...


class _Lifespan:
    """Begins with the server; ends the connections when every request was answered."""

    def __init__(self, begun: Sequence[ZoneNote | Closing], *parts: _Closed) -> None:
        self._begun = begun
        self._parts = *begun, *parts

    async def process_startup(self, _scope: Any, _event: Any) -> None:
        for part in self._begun:
            part.begin()

    async def process_shutdown(self, _scope: Any, _event: Any) -> None:
        for part in self._parts:
            await part.close()
