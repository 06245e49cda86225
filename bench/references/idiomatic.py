"""The idiomatic Falcon ASGI app: redis-py, and one pipeline for each request."""

import os
import secrets
from collections.abc import Mapping
from typing import Any

import falcon.asgi
from redis.asyncio import Redis

from bench.references import contract


class Counter:
    """Counts, or only reads, and answers as a badge or as text."""

    def __init__(self, redis: Redis, *, counts: bool) -> None:
        """Take the client.

        Args:
            redis: A client that decodes nothing.
            counts: Whether a GET is a hit.
        """
        self._redis = redis
        self._counts = counts

    async def on_get(
        self, req: falcon.asgi.Request, resp: falcon.asgi.Response
    ) -> None:
        """Answer as text."""
        count = await self._answer(req, resp)
        resp.content_type = falcon.MEDIA_TEXT
        resp.text = str(count)

    async def on_get_svg(
        self, req: falcon.asgi.Request, resp: falcon.asgi.Response
    ) -> None:
        """Answer as a badge."""
        count = await self._answer(req, resp)
        resp.content_type = "image/svg+xml"
        resp.data = contract.badge(count)

    async def _answer(
        self, req: falcon.asgi.Request, resp: falcon.asgi.Response
    ) -> int:
        resp.set_headers(contract.HEADERS)
        key = contract.page_key(req.get_param("url", required=True))
        total = f"hits:{{{key}}}"
        if not self._counts:
            return int(await self._redis.get(total) or 0)
        name = contract.cookie_name(key)
        if name in req.cookies:
            async with self._redis.pipeline(transaction=False) as pipe:
                pipe.exists(f"{total}:t:{req.cookies[name]}")
                pipe.get(total)
                alive, count = await pipe.execute()
            if alive:
                return int(count or 0)
        token = secrets.token_urlsafe(9)  # 12 characters
        async with self._redis.pipeline(transaction=False) as pipe:
            pipe.incr(total)
            year, day = contract.year_and_day()
            pipe.hincrby(f"{total}:d:{year}", day, 1)
            pipe.set(f"{total}:t:{token}", 1, ex=contract.TOKEN_TTL_S)
            count, _, _ = await pipe.execute()
        resp.set_cookie(
            name,
            token,
            max_age=contract.TOKEN_TTL_S,
            path="/",
            secure=False,
            http_only=True,
            same_site="Lax",
        )
        return int(count)


class Lifespan:
    """Closes the connections when the worker ends."""

    def __init__(self, redis: Redis) -> None:
        """Take the client."""
        self._redis = redis

    async def process_shutdown(
        self, scope: Mapping[str, Any], event: Mapping[str, Any]
    ) -> None:
        """Close the connections."""
        await self._redis.aclose()


def create_app() -> falcon.asgi.App[Any, Any]:
    """Wire the app; ``BENCH_STORE`` is the store's URL."""
    # One connection for each request at 256 connections: the default is 100 at most,
    # above which redis-py raises an error.
    redis = Redis.from_url(os.environ["BENCH_STORE"], max_connections=1000)
    app: falcon.asgi.App[Any, Any] = falcon.asgi.App(middleware=[Lifespan(redis)])
    for route, counts in (("/count", True), ("/nocount", False)):
        counter = Counter(redis, counts=counts)
        app.add_route(route, counter)
        app.add_route(f"{route}/tag.svg", counter, suffix="svg")
    return app
