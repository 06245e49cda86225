"""Hello world in Falcon ASGI: what the framework and the worker cost by themselves."""

from typing import Any

import falcon.asgi


class Hello:
    """Answers every request with one line."""

    async def on_get(
        self, _req: falcon.asgi.Request, resp: falcon.asgi.Response, **_params: str
    ) -> None:
        """Answer."""
        resp.content_type = falcon.MEDIA_TEXT
        resp.data = b"Hello, world!\n"


def create_app() -> falcon.asgi.App[Any, Any]:
    """Wire the app."""
    app: falcon.asgi.App[Any, Any] = falcon.asgi.App()
    hello = Hello()
    for route in ("/count", "/nocount"):
        app.add_route(route, hello)
        app.add_route(f"{route}/tag.svg", hello)
    return app
