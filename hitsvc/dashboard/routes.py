"""The operator's side of the service, put together: what is where."""

from collections.abc import Mapping

from falcon import HTTPError
from falcon.asgi import Request

from hitsvc.access import Operator, OperatorStore, Sessions
from hitsvc.admin import Summing, SummingProcess, open_client, summing_order
from hitsvc.counting import Calendar, Keys
from hitsvc.dashboard.api import ApiPage, ApiPages, ApiSites, ApiUndo
from hitsvc.dashboard.changing import Change, RemovedRows, TakeBack
from hitsvc.dashboard.desk import Desk
from hitsvc.dashboard.examining import Examination
from hitsvc.dashboard.gate import Gate
from hitsvc.dashboard.home import Home
from hitsvc.dashboard.lists import Lists
from hitsvc.dashboard.signing import SignIn, SignOut, ToHome
from hitsvc.dashboard.table import OnePage, Table
from hitsvc.dashboard.web import Web
from hitsvc.request import Identity, TrustedProxies
from hitsvc.settings import Settings
from hitsvc.shell import Shell

# Seconds that the store may take to answer the operator.
_TIMEOUT_S = 5.0


class OperatorSide:
    """What answers the operator."""

    def __init__(
        self,
        settings: Settings,
        operator: Operator,
        store: OperatorStore,
        proxies: TrustedProxies,
        identity: Identity,
        calendar: Calendar,
    ) -> None:
        """Put it together; nothing is connected yet; see `open_operator_side`."""
        self._settings = settings
        self._operator = operator
        self._identity = identity
        self._sessions = Sessions(operator.keyring)
        self._gate = Gate(operator.keyring, self._sessions, proxies)
        keys = Keys(settings.key_prefix)
        self._desk = Desk(store.connect, keys, calendar.today, sleep=store.sleep)
        self._zone = calendar.zone
        self._summing = Summing(store.sum, store.end)

    def routes(self, shell: Shell) -> Mapping[str, object]:
        """Return the resource at each address.

        Args:
            shell: The frame of the pages.
        """
        web = Web(
            shell,
            self._gate,
            self._sessions,
            self._desk,
            self._identity,
            self._settings.base_path,
        )
        trusted = self._settings.forwarded_allow_ips
        return {
            "/admin": ToHome(web),
            "/admin/": Home(web, self._summing, self._settings.sites, self._zone),
            "/admin/sign-in": SignIn(web, self._operator.keyring),
            "/admin/sign-out": SignOut(web),
            "/admin/pages": Table(web, self._summing),
            "/admin/page": OnePage(web),
            "/admin/change": Change(web),
            "/admin/undo": TakeBack(web),
            "/admin/removed/{number}": RemovedRows(web),
            "/admin/settings": Examination(web, self._operator, trusted),
            **self._api(),
        }

    def _api(self) -> Mapping[str, object]:
        means = self._gate, self._desk, self._identity
        lists = Lists(self._desk, self._summing, self._identity)
        return {
            "/api/v1/pages": ApiPages(*means, lists),
            "/api/v1/pages/{page:path}": ApiPage(*means),
            "/api/v1/sites": ApiSites(*means, lists),
            "/api/v1/undo/{number}": ApiUndo(*means),
        }

    def knows(self, req: Request) -> bool:
        """Tell whether the operator asks for a page of others."""
        try:
            return self._gate.session(req) is not None
        except HTTPError:
            return False

    async def close(self) -> None:
        """Let what goes on end."""
        await self._summing.close()
        await self._desk.close()


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
    store = operator.store or _store(settings)
    return store and OperatorSide(
        settings, operator, store, proxies, identity, calendar
    )


def _store(settings: Settings) -> OperatorStore | None:
    url = settings.admin_redis_url or settings.redis_url
    if url == "memory":
        return None
    process = SummingProcess(summing_order(url, settings.key_prefix, settings.timezone))
    return OperatorStore(lambda: open_client(url, _TIMEOUT_S), process, process.end)
