"""The web server: gunicorn with our settings and our app.

Importing this module is dear (gunicorn, falcon, redis): do it where it is needed.
"""

import asyncio
import logging
import runpy
import socket
import sys
from pathlib import Path
from typing import Any

from gunicorn.app.base import BaseApplication  # type: ignore[import-untyped]

import hitsvc.serve.worker  # noqa: F401 - imported before the fork, once for all workers
from hitsvc.access import Operator
from hitsvc.app import create_app, peer_network_of
from hitsvc.counting import Calendar, DayKeys, Once
from hitsvc.errors import CounterUnavailable, SettingsError
from hitsvc.http1 import Limits, NetworkLimit, fit_open_files
from hitsvc.metrics import HitTally
from hitsvc.request import BeforeFork
from hitsvc.serve.access_lines import AccessLines
from hitsvc.serve.access_log import AccessLog
from hitsvc.serve.arbiter import ServiceArbiter
from hitsvc.serve.lame_duck import LameDuck
from hitsvc.serve.listener import address_of
from hitsvc.serve.monitor import Monitor
from hitsvc.serve.tallies import Tallies
from hitsvc.serve.version import version
from hitsvc.settings import Right, Settings, mistake
from hitsvc.store import open_store_check

log = logging.getLogger(__name__)
start_log = logging.getLogger("hitsvc.start")

# Seconds that the store may take to describe itself, at the start only.
_CHECK_TIMEOUT_S = 1.0
_EXAMPLE = "/etc/hitsvc/gunicorn.conf.py"


class Server(BaseApplication):  # type: ignore[misc]
    """A web server that is ready to run.

    Attributes:
        limits: What one client may ask; the workers read it.
        networks: What one network may have of a worker's connections.
        tallies: Where they count.
        monitor: Shows what they count; `None` where metrics are off.
        day_keys: Keys of claims; the arbiter turns them.
        lame_duck: Whether the service was told to stop.
        tally: In a worker, what it counts with.
    """

    limits: Limits
    networks: NetworkLimit
    tally: HitTally | None = None

    def __init__(
        self,
        settings: Settings,
        listener: socket.socket,
        place: str,
        operator: Operator,
    ) -> None:
        """Check that the app can be made, without connecting to anything.

        Args:
            settings: With the store's real URL in `redis_url`.
            listener: The listening socket; it belongs to the server from here on.
            place: Where the counts are kept, for the message at the start.
            operator: What the operator's side of the service needs.

        Raises:
            SettingsError: A setting that only the app can judge is wrong.
        """
        self._settings = settings
        self._address = address_of(listener)
        self._place = place
        self._operator = operator
        create_app(settings, operator=operator)
        self.lame_duck = LameDuck(settings.drain_seconds)
        self.tallies = Tallies(metrics=bool(settings.metrics_bind))
        self.monitor = (
            Monitor(settings, self.tallies.board, self.lame_duck.began)
            if settings.metrics_bind
            else None
        )
        self.day_keys = DayKeys(settings.cookie_timeout, Calendar(settings.timezone))
        self._listener_fd = listener.detach()
        super().__init__()

    def do_load_config(self) -> None:
        """Make the configuration; gunicorn calls this once.

        Raises:
            SettingsError: The file, or a value in it, is wrong.
        """
        file = self._settings.gunicorn_conf or configuration_file()
        try:
            self.load_default_config()
            self._read_config(file)
            self.cfg.validate()
        except Exception as ex:
            right = Right("a copy of gunicorn.conf.py with changes of yours", _EXAMPLE)
            typed = f"HITSVC_GUNICORN_CONF={str(file)!r}"
            raise SettingsError(mistake(typed, _why_wrong(ex), right)) from ex

    def _read_config(self, file: Path) -> None:
        """Read gunicorn's configuration file, and add what is no choice."""
        values = runpy.run_path(str(file), init_globals={"settings": self._settings})
        for name in values.keys() & self.cfg.settings.keys():
            try:
                self.cfg.set(name, values[name])
            except (TypeError, ValueError) as ex:
                msg = f"{name} = {values[name]!r} cannot be: {ex}"
                raise ValueError(msg) from ex
        self.limits = Limits(
            values["request_bytes"], values["request_seconds"], values["unread_seconds"]
        )
        self.cfg.set("proc_name", "hitsvc")
        self.cfg.set("worker_class", "hitsvc.serve.worker.Worker")
        # One socket for all workers: of 64 connections to two, they took 37 and 27.
        self.cfg.set("bind", f"fd://{self._listener_fd}")

    def load(self) -> Any:
        """Make the app; called in each worker."""
        self.tally = self.tallies.tally()
        if self.monitor:
            self.monitor.leave()
        app = create_app(
            self._settings,
            tally=self.tally,
            shared=self._shared,
            operator=self._operator,
        )
        app.add_middleware(_Greeter(self._is_first_up, self._facts))
        if self._settings.access_log == "on":
            return AccessLog(app, AccessLines(sys.stdout))
        return app

    def run(self) -> None:
        """Serve until told to stop; ends with `SystemExit`.

        Raises:
            SettingsError: The store cannot be used.
        """
        arbiter = ServiceArbiter(self)  # from here on lines are logged as configured
        wanted = self.cfg.worker_connections
        connections = fit_open_files(wanted)
        self.cfg.set("worker_connections", connections)
        settings = self._settings
        # Where there may be fewer, its part stays the same.
        most = -(-settings.max_connections_by_client * connections // wanted)
        self.networks = NetworkLimit(most, peer_network_of(settings))
        store = asyncio.run(self._look_at_store())
        self._facts = {
            "version": version(),
            "address": self._address,
            "workers": self.cfg.workers,
            "place": self._place,
            "store": store,
            "sites": self._settings.sites or "every site (HITSVC_SITES names yours)",
        }
        self._is_first_up = Once()
        self._shared = BeforeFork(
            Once(), Once(), self.day_keys, Once(), self.lame_duck.began
        )
        arbiter.run()

    def say_what_was_counted(self) -> None:
        """Say at the end how many views there were."""
        start_log.info(
            "stopped; %(views)s %(verb)s in %(place)s",
            {
                "views": self.tallies.summary(),
                "verb": "were" if self._place == "memory" else "are",
                "place": self._place,
            },
        )

    async def _look_at_store(self) -> str:
        """Warn of what can lose counts; return what the store is."""
        check = open_store_check(
            self._settings.redis_url,
            _CHECK_TIMEOUT_S,
            acknowledge=self._settings.acknowledge,
        )
        try:
            report = await check.report()
        except CounterUnavailable:
            return "not reached yet"  # the reason has been told, see `external`
        finally:
            await check.close()
        if report.unfit:
            raise SettingsError(report.unfit)
        for warning in report.warnings:
            log.warning(warning)
        if report.note:
            log.info(report.note)
        return report.name


def configuration_file() -> Path:
    """Find gunicorn's configuration: beside this module, or in a checkout."""
    package = Path(__file__).parents[1]
    installed = package / "gunicorn.conf.py"
    if installed.exists():
        return installed
    return package.parent / "config" / "gunicorn.conf.py"


def _why_wrong(ex: Exception) -> str:
    """Say what is wrong with a configuration file."""
    match ex:
        case OSError(strerror=str(reason)):
            return reason.lower()
        case SyntaxError(lineno=int(line), msg=reason):
            return f"line {line} is no Python ({reason})"
        case KeyError(args=[name]):
            return f"it does not set {name}"
    return str(ex)


class _Greeter:
    """Says that the service is up when the first worker is; not again for others."""

    def __init__(self, is_first: Once, facts: dict[str, object]) -> None:
        self._is_first = is_first
        self._facts = facts

    async def process_startup(self, _scope: object, _event: object) -> None:
        if self._is_first():
            start_log.info(
                "hitsvc %(version)s listening on %(address)s (workers: %(workers)d); "
                "counts are in %(place)s (%(store)s); counted: %(sites)s",
                self._facts,
            )
