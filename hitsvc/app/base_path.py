"""The addresses of a service below a path that its proxy does not take off."""

from collections.abc import Mapping

import falcon
from falcon.asgi import Request, Response


class ToPage:
    """Leads to the page, whose address ends with a slash: all in it is relative to that."""

    def __init__(self, base: str) -> None:
        """Stand at ``base``."""
        self._location = f"{base.rpartition('/')[2]}/"

    async def on_get(self, _req: Request, _resp: Response) -> None:
        """Redirect, by a relative address: what is in front of it is the proxy's."""
        raise falcon.HTTPPermanentRedirect(self._location)

    on_head = on_get


def also_below(base: str, routes: Mapping[str, object]) -> dict[str, object]:
    """Serve all addresses below a path, too.

    They stay where they are, for health checks and for proxies that take the path off.

    Args:
        base: The path, such as ``/stats``; ``""`` for none.
        routes: The resource at each address.
    """
    if not base:
        return dict(routes)
    below = {base + path: resource for path, resource in routes.items()}
    return {**routes, **below, base: ToPage(base)}
