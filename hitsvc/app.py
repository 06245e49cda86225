"""The application: which parts there are, and how they are joined."""

from typing import Any

import falcon.asgi
from redis.asyncio import Redis

from hitsvc.answer.default_headers import DefaultHeadersApp
from hitsvc.answer.headers import COUNT_HEADERS
from hitsvc.answer.problems import COUNT_ROUTES, ProblemSerializer, add_problems
from hitsvc.answer.renderers import (
    BadgeView,
    GraphHistory,
    JsonHistory,
    JsonView,
    ShieldsView,
    TextView,
)
from hitsvc.badge.looks import Looks
from hitsvc.badge.maker import Badges
from hitsvc.badge.templates import load_template
from hitsvc.counter import HitCounter
from hitsvc.express import ExpressLane
from hitsvc.health import Liveness, Readiness
from hitsvc.http1.ready_headers import ReadyHeaders
from hitsvc.pages.page import SECURITY_HEADERS, Assets, add_page
from hitsvc.request.cookies import CookieWriter
from hitsvc.request.visit import TrustedProxies
from hitsvc.resources import CountReader, HistoryReader, HitTaker, Shared
from hitsvc.settings import Settings
from hitsvc.store.backend import open_backend
from hitsvc.store.check import StoreCheck, open_store_check


def create_app(
    settings: Settings, *, redis: Redis | None = None
) -> falcon.asgi.App[Any, Any]:
    """Build the service. Nothing is connected before the first request.

    Args:
        settings: The configuration.
        redis: A client to count with instead of ``settings.redis_url``; closed with
            the app.

    Raises:
        SettingsError: The badge template cannot be used.
    """
    template = settings.svg_template and load_template(settings.svg_template)
    badges = Badges(settings.badge_label, template or None)
    counter = HitCounter(
        open_backend(settings.redis_url, settings.redis_timeout, redis),
        key_prefix=settings.key_prefix,
        token_ttl_s=settings.cookie_timeout,
        token_length=settings.random_value_length,
        queue_limit=settings.queue_limit,
    )
    check = open_store_check(settings.redis_url, settings.redis_timeout, redis)
    headers = ReadyHeaders(COUNT_HEADERS)
    app = _App(COUNT_ROUTES, headers, middleware=[_Lifespan(counter, check)])
    looks = Looks()
    shared = Shared(
        counter,
        TrustedProxies(settings.forwarded_allow_ips),
        looks,
        CookieWriter(settings.cookie_timeout),
    )
    resources = _counts(shared, badges, settings.badge_label)
    for path, resource in resources.items():
        app.add_route(path, resource)
    app.add_route("/graph.svg", HistoryReader(shared, GraphHistory()))
    app.add_route("/nocount.json", HistoryReader(shared, JsonHistory()))
    app.express = ExpressLane(resources, shared, headers)
    app.add_route("/healthz", Liveness())
    app.add_route("/readyz", Readiness(counter, check))
    assets = Assets()
    add_page(app, assets)
    add_problems(
        app,
        ProblemSerializer(
            lambda reason, params: badges.error(reason, looks.of(params)),
            assets.error_page,
            SECURITY_HEADERS,
        ),
    )
    return app


def _counts(shared: Shared, badges: Badges, label: str) -> dict[str, CountReader]:
    text, badge = TextView(), BadgeView(badges)
    return {
        "/count": HitTaker(shared, text),
        "/count/tag.svg": HitTaker(shared, badge),
        "/count.json": HitTaker(shared, JsonView()),
        "/nocount": CountReader(shared, text),
        "/nocount/tag.svg": CountReader(shared, badge),
        "/nocount/shields.json": CountReader(shared, ShieldsView(label)),
    }


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
