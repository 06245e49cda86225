"""The gunicorn worker: uvicorn's, with our protocol and without what no hit needs."""

import asyncio
import gc
import logging
import os
import signal
import time
from typing import Any, ClassVar

from uvicorn_worker import UvicornWorker  # type: ignore[import-untyped]

from hitsvc.http1 import (
    ConnectionLimit,
    DateField,
    HttpProtocol,
    LimitedProtocol,
    Limits,
    NetworkLimit,
)
from hitsvc.serve.orphans import stop_with_parent

log = logging.getLogger(__name__)

# How often a worker looks after its connections, and whether its parent still lives.
_CHECK_EVERY_S = 1

# Young objects that start a collection. A request leaves no cycles behind, so only the
# rare ones (exceptions, mostly) wait for it.
# PERF: see "the garbage collector" in docs/performance.md.
_GC_THRESHOLD = 100_000


class Worker(UvicornWorker):  # type: ignore[misc]
    """Serves the app until it is told to stop, or its parent is gone."""

    CONFIG_KWARGS: ClassVar[dict[str, Any]] = {
        "loop": "uvloop",
        "ws": "none",
        "lifespan": "on",
        "interface": "asgi3",
        "proxy_headers": False,
        "server_header": False,
        "date_header": False,
        "access_log": False,
        "timeout_notify": _CHECK_EVERY_S,
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Prepare; gunicorn's arbiter calls this before it forks."""
        super().__init__(*args, **kwargs)
        self._connections: set[HttpProtocol] = set()
        self._limit = ConnectionLimit(self.cfg.worker_connections)
        # An app of another program has none.
        self._date = DateField()
        self._limits: Limits = getattr(self.app, "limits", Limits())
        self._networks: NetworkLimit = getattr(self.app, "networks", NetworkLimit())
        self.config.http = self._connect

    def init_process(self) -> None:
        """Begin; gunicorn calls this right after the fork."""
        stop_with_parent(self.ppid)
        # Ctrl-C in a terminal goes to all processes: only the arbiter shall act on it.
        signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGINT])
        super().init_process()

    def run(self) -> None:
        """Serve until told to stop."""
        log.debug("worker %d starts", self.pid)
        self._date.tick(time.time())
        gc.collect()
        gc.freeze()
        gc.set_threshold(_GC_THRESHOLD)
        super().run()
        log.debug("worker %d ended", self.pid)

    async def callback_notify(self) -> None:
        """Look after connections and the parent; uvicorn calls this every second."""
        await super().callback_notify()
        self._date.tick(time.time())
        now = asyncio.get_running_loop().time()
        for connection in tuple(self._connections):
            connection.expire(now)
        # An app of another program has neither.
        lame_duck = getattr(self.app, "lame_duck", None)
        if lame_duck and lame_duck.lets_go():
            for connection in tuple(self._connections):
                connection.retire()
        if tally := getattr(self.app, "tally", None):
            tally.connections(len(self._connections))
        if os.getppid() != self.ppid:
            # A killed arbiter tells nobody. Its workers would serve on, and hold the
            # port against its successor.
            os.kill(os.getpid(), signal.SIGTERM)

    def _connect(
        self, config: Any, server_state: Any, app_state: Any, _loop: Any = None
    ) -> HttpProtocol:
        """Make the protocol of a new connection; uvicorn calls this for each."""
        self._connections = server_state.connections
        return LimitedProtocol(
            self._limit,
            config,
            server_state,
            app_state,
            _loop,
            limits=self._limits,
            date=self._date,
            networks=self._networks,
        )
