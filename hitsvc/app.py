"""The application: which parts there are, and how they are joined."""

from typing import Any

import falcon.asgi
from redis.asyncio import Redis

from hitsvc.backend import open_backend
from hitsvc.badges import Badges
from hitsvc.cookies import CookieWriter
from hitsvc.counter import HitCounter
from hitsvc.fixed_headers import FixedHeadersApp
from hitsvc.headers import COUNT_HEADERS
from hitsvc.page import SECURITY_HEADERS, Assets, add_page
from hitsvc.problems import COUNT_ROUTES, ProblemSerializer, add_problems
from hitsvc.resources import CountReader, HitTaker, Liveness, Readiness, Representation
from hitsvc.settings import Settings
from hitsvc.templates import load_template
from hitsvc.visit import TrustedProxies


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
    app = FixedHeadersApp(COUNT_ROUTES, COUNT_HEADERS, middleware=[_Lifespan(counter)])
    _add_counts(app, counter, badges, settings)
    app.add_route("/healthz", Liveness())
    app.add_route("/readyz", Readiness(counter))
    assets = Assets()
    add_page(app, assets)
    add_problems(
        app, ProblemSerializer(badges.error, assets.error_page, SECURITY_HEADERS)
    )
    return app


def _add_counts(
    app: falcon.asgi.App[Any, Any],
    counter: HitCounter,
    badges: Badges,
    settings: Settings,
) -> None:
    proxies = TrustedProxies(settings.forwarded_allow_ips)
    cookies = CookieWriter(settings.cookie_timeout)
    text = Representation("text/plain; charset=utf-8", lambda count: b"%d" % count)
    badge = Representation("image/svg+xml", badges.count)
    for suffix, shown in (("", text), ("/tag.svg", badge)):
        app.add_route(f"/count{suffix}", HitTaker(counter, proxies, shown, cookies))
        app.add_route(f"/nocount{suffix}", CountReader(counter, proxies, shown))


class _Lifespan:
    """Ends the counter with the server, when every request has been answered."""

    def __init__(self, counter: HitCounter) -> None:
        self._counter = counter

    async def process_shutdown(self, _scope: Any, _event: Any) -> None:
        await self._counter.close()
