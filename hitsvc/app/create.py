"""The application, joined of its parts."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import falcon.asgi

from hitsvc.access import Operator
from hitsvc.answer import (
    Guesses,
    ProblemSerializer,
    add_problems,
    count_headers,
    error_pictures,
)
from hitsvc.app.asgi import CountingApp, Lifespan
from hitsvc.app.base_path import also_below
from hitsvc.app.front import open_front
from hitsvc.app.routes import of_counts, of_health
from hitsvc.badge import BadgeMaker, load_template
from hitsvc.counting import Calendar, Closing, Keys, UnheededProxy, ZoneNote
from hitsvc.http1 import Client, ReadyHeaders
from hitsvc.metrics import HitTally
from hitsvc.png import Painter, open_painter
from hitsvc.request import BeforeFork, Identity, ShortAddresses, TrustedProxies
from hitsvc.resources import CountResource, ExpressLane, Services, make_services
from hitsvc.settings import Settings
from hitsvc.shell import SECURITY_HEADERS
from hitsvc.store import Backend, open_backend, open_store_check

if TYPE_CHECKING:
    from redis.asyncio import Redis


def create_app(
    settings: Settings,
    *,
    redis: "Redis | None" = None,
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
        shared: What it shares with other workers, if there are any.
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
    routes = front.routes | of_counts(services, badges, painter, front.statistics)
    routes = also_below(settings.base_path, routes | of_health(services, check, shared))
    begun = _beside_hits(settings, backend, shared, services.calendar)
    ends = unheeded, services.counter, check, *front.ends
    short = ShortAddresses(identity, settings.base_path, routes)
    app = _app(routes, services, Lifespan(begun, *ends), short)
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
    lifespan: Lifespan,
    short: ShortAddresses,
) -> CountingApp:
    """Put what answers where its address is."""
    counts = {p: r for p, r in routes.items() if isinstance(r, CountResource)}
    headers = _headers(counts)
    app = CountingApp(headers, short, middleware=[lifespan])
    app.router_options.default_to_on_request = (
        True  # the operator's addresses have that
    )
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


def _guesses(
    settings: Settings, routes: Mapping[str, object], short: ShortAddresses
) -> Guesses:
    """Return what knows the addresses that are not the operator's alone."""
    public = [p for p, r in routes.items() if not getattr(r, "is_closed", False)]
    return Guesses(public, short.names_page, settings.base_path)


def peer_network_of(settings: Settings) -> Callable[[Client], str | None]:
    """Return what names the network of a peer, where a limit on it would be fair."""
    return TrustedProxies(settings.forwarded_allow_ips).network_of_peer


def _badge_maker(settings: Settings) -> BadgeMaker:
    template = settings.svg_template and load_template(settings.svg_template)
    return BadgeMaker(settings.badge_label, template or None)
