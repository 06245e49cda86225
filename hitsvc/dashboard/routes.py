"""The operator's side of the service, put together: what is where."""

from collections.abc import Mapping
from dataclasses import dataclass

from falcon import HTTPError
from falcon.asgi import Request

from hitsvc.access import Operator, OperatorStore, Sessions
from hitsvc.admin import open_client, summing_order
from hitsvc.counting import Keys
from hitsvc.dashboard.api import ApiPage, ApiPages, ApiSites, ApiUndo
from hitsvc.dashboard.desk import Desk
from hitsvc.dashboard.gate import Gate
from hitsvc.dashboard.lists import Lists
from hitsvc.dashboard.summing import Summing, SummingProcess
from hitsvc.request import Identity, TrustedProxies
from hitsvc.settings import Settings

# Seconds that the store may take to answer the operator.
_TIMEOUT_S = 5.0


@dataclass(frozen=True, slots=True)
class OperatorSide:
    """What answers the operator.

    Attributes:
        routes: The resource at each address.
        gate: Lets the operator in.
        desk: Does the work.
        summing: Has sums computed.
    """

    routes: Mapping[str, object]
    gate: Gate
    desk: Desk
    summing: Summing

    def knows(self, req: Request) -> bool:
        """Tell whether the operator asks for a page of others."""
        try:
            return self.gate.session(req) is not None
        except HTTPError:
            return False

    async def close(self) -> None:
        """Let what goes on end."""
        await self.summing.close()
        await self.desk.close()


def open_operator_side(
    settings: Settings,
    operator: Operator,
    proxies: TrustedProxies,
    identity: Identity,
) -> OperatorSide | None:
    """Put it together; nothing is connected yet.

    Args:
        settings: The configuration.
        operator: What it needs beside the settings.
        proxies: Who may say that a client uses HTTPS.
        identity: What is one page.

    Returns:
        `None` for a store that lives in this process.
    """
    store = operator.store or _store(settings)
    if store is None:
        return None
    keyring = operator.keyring
    gate = Gate(keyring, Sessions(keyring), proxies)
    desk = Desk(store.connect, Keys(settings.key_prefix), sleep=store.sleep)
    summing = Summing(store.sum, store.end)
    lists = Lists(desk, summing, identity)
    routes = {
        "/api/v1/pages": ApiPages(gate, desk, identity, lists),
        "/api/v1/pages/{page:path}": ApiPage(gate, desk, identity),
        "/api/v1/sites": ApiSites(gate, desk, identity, lists),
        "/api/v1/undo/{number}": ApiUndo(gate, desk, identity),
    }
    return OperatorSide(routes, gate, desk, summing)


def _store(settings: Settings) -> OperatorStore | None:
    url = settings.admin_redis_url or settings.redis_url
    if url == "memory":
        return None
    process = SummingProcess(summing_order(url, settings.key_prefix))
    return OperatorStore(lambda: open_client(url, _TIMEOUT_S), process, process.end)
