"""What is behind the operator's addresses, put together."""

from collections.abc import Mapping

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
from hitsvc.request import Identity
from hitsvc.settings import Settings
from hitsvc.shell import Shell

# Seconds that the store may take to answer the operator.
_TIMEOUT_S = 5.0


class OpenedSide:
    """What answers the operator."""

    def __init__(
        self,
        settings: Settings,
        operator: Operator,
        gate: Gate,
        sessions: Sessions,
        identity: Identity,
        calendar: Calendar,
    ) -> None:
        """Put it together; nothing is connected yet.

        Args:
            settings: The configuration.
            operator: What it needs beside the settings.
            gate: Lets the operator in.
            sessions: Makes and knows sessions.
            identity: What is one page.
            calendar: Tells the day.
        """
        store = operator.store or _store(settings)
        self._settings = settings
        self._operator = operator
        self._identity = identity
        self._sessions = sessions
        self._gate = gate
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

    async def close(self) -> None:
        """Let what goes on end."""
        await self._summing.close()
        await self._desk.close()


def _store(settings: Settings) -> OperatorStore:
    url = settings.admin_redis_url or settings.redis_url
    process = SummingProcess(summing_order(url, settings.key_prefix, settings.timezone))
    return OperatorStore(lambda: open_client(url, _TIMEOUT_S), process, process.end)
