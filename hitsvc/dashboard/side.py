"""The operator's side as the service knows it: addresses, opened by who comes first.

PERF: what is behind them is 100 modules and redis-py: 0.3 s of a start, and 20 MB. No hit
needs them, so they are imported when somebody asks for one, in a thread: hits do not wait.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import TYPE_CHECKING, Any

from falcon import HTTPError
from falcon.asgi import Request, Response
from falcon.routing import map_http_methods, set_default_responders

from hitsvc.access import Operator, Sessions
from hitsvc.counting import Calendar
from hitsvc.dashboard.gate import Gate
from hitsvc.request import Identity, TrustedProxies
from hitsvc.settings import Settings
from hitsvc.shell import Shell

if TYPE_CHECKING:
    from hitsvc.dashboard.routes import OpenedSide

_HTML, _JSON = "", "application/json"  # errors are pages without a type
# What each address answers with. `hitsvc.dashboard.routes` says what is behind them.
_ADDRESSES = {
    "/admin": _HTML,
    "/admin/": _HTML,
    "/admin/sign-in": _HTML,
    "/admin/sign-out": _HTML,
    "/admin/pages": _HTML,
    "/admin/page": _HTML,
    "/admin/change": _HTML,
    "/admin/undo": _HTML,
    "/admin/removed/{number}": _HTML,
    "/admin/settings": _HTML,
    "/api/v1/pages": _JSON,
    "/api/v1/pages/{page:path}": _JSON,
    "/api/v1/sites": _JSON,
    "/api/v1/undo/{number}": _JSON,
}

Responder = Callable[..., Awaitable[None]]
Responders = Mapping[str, Mapping[str, Responder]]


class OperatorSide:
    """The addresses at which the operator is answered."""

    def __init__(
        self,
        gate: Gate,
        open_side: "Callable[[], OpenedSide]",
    ) -> None:
        """Prepare; nothing is imported, nothing connected; see `open_operator_side`.

        Args:
            gate: Lets the operator in.
            open_side: Makes what answers them.
        """
        self._gate = gate
        self._open_side = open_side
        self._opening = asyncio.Lock()
        self._opened: OpenedSide | None = None
        self._responders: Responders = {}

    def routes(self, shell: Shell) -> Mapping[str, object]:
        """Return the resource at each address.

        Args:
            shell: The frame of the pages.
        """

        async def responders(address: str) -> Mapping[str, Responder]:
            return (await self._open(shell))[address]

        return {
            address: _Address(address, media_type, responders)
            for address, media_type in _ADDRESSES.items()
        }

    def knows(self, req: Request) -> bool:
        """Tell whether the operator asks for a page of others."""
        try:
            return self._gate.session(req) is not None
        except HTTPError:
            return False

    async def close(self) -> None:
        """Let what goes on end."""
        async with self._opening:
            if self._opened:
                await self._opened.close()

    async def _open(self, shell: Shell) -> Responders:
        """Return what answers at each address, by method."""
        async with self._opening:
            if not self._responders:
                self._responders = await asyncio.to_thread(self._import, shell)
            return self._responders

    def _import(self, shell: Shell) -> Responders:
        self._opened = self._open_side()
        return {
            address: _responders(resource)
            for address, resource in self._opened.routes(shell).items()
        }


def _responders(resource: object) -> Mapping[str, Responder]:
    """Return what answers each method, as Falcon does for a resource of a route."""
    found: dict[str, Any] = dict(map_http_methods(resource))
    set_default_responders(found, asgi=True)
    return found


class _Address:
    """An address of the operator's, whatever the method.

    Attributes:
        media_type: Of its answers; its errors take the same form.
        is_closed: No page of another site may read its answers.
    """

    is_closed = True

    def __init__(
        self,
        address: str,
        media_type: str,
        responders: Callable[[str], Awaitable[Mapping[str, Responder]]],
    ) -> None:
        self.media_type = media_type
        self._address = address
        self._responders = responders

    async def on_request(self, req: Request, resp: Response, **params: Any) -> None:
        """Hand a request on to what is behind the address."""
        responders = await self._responders(self._address)
        await responders[req.method](req, resp, **params)

    on_options = on_request


def open_operator_side(
    settings: Settings,
    operator: Operator,
    proxies: TrustedProxies,
    identity: Identity,
    calendar: Calendar,
) -> OperatorSide | None:
    """Put it together; nothing is connected yet.

    Args:
        settings: The configuration.
        operator: What it needs beside the settings.
        proxies: Who may say that a client uses HTTPS.
        identity: What is one page.
        calendar: Tells the day.

    Returns:
        `None` for a store that lives in this process.
    """
    url = settings.admin_redis_url or settings.redis_url
    if operator.store is None and url == "memory":
        return None
    sessions = Sessions(operator.keyring)
    gate = Gate(operator.keyring, sessions, proxies)

    def open_side() -> "OpenedSide":
        from hitsvc.dashboard.routes import OpenedSide

        return OpenedSide(settings, operator, gate, sessions, identity, calendar)

    return OperatorSide(gate, open_side)
