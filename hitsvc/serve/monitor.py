"""The operator's port, in a process of its own.

It is a child of the arbiter, which starts another when it ends. A thread of the arbiter
would do for serving; but the arbiter forks, and a child that is forked while another
thread holds a lock (of the log, of the allocator) has that lock for ever.
"""

import asyncio
import logging
import os
import socket
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path
from typing import Any

import uvicorn

from hitsvc.errors import SettingsError
from hitsvc.http1 import ConnectionLimit, HttpProtocol, LimitedProtocol, Limits
from hitsvc.metrics import Board
from hitsvc.operator_port import create_operator_app, open_store_watch
from hitsvc.serve.forked import ForkedServer
from hitsvc.serve.listener import open_listener
from hitsvc.settings import Settings

log = logging.getLogger(__name__)

# Of the operator's port: its clients are few.
_MAX_CONNECTIONS = 64
_LIMITS = Limits(request_bytes=16 * 1024, request_s=5.0, unread_s=10.0)
_KEEP_ALIVE_S = 75
_CHECK_EVERY_S = 1
# Seconds from one start of it to the next, if it does not live.
_RESTART_AFTER_S = 2.0
_GRACE_S = 3.0


class Monitor:
    """The process that shows what the workers count."""

    def __init__(
        self, settings: Settings, board: Board, is_going: Callable[[], bool]
    ) -> None:
        """Open the port; nothing runs yet.

        Args:
            settings: Say where.
            board: What is shown.
            is_going: Tells whether the service was told to stop.

        Raises:
            SettingsError: The address is taken, or no address of this machine.
        """
        self._settings = settings
        self._is_going = is_going
        self._listener = _listen(settings)
        self._board = board
        self._process: ForkedServer | None = None
        self._start_at = float("-inf")

    # In the arbiter.

    def tend(self, close: Callable[[], None]) -> None:
        """Start the process if it does not run.

        Args:
            close: Closes in the process what is not its affair.
        """
        process, now = self._process, time.monotonic()
        if (process and process.poll() is None) or now < self._start_at:
            return
        if process:
            log.error("the process of the operator's port ended; starting it again")
        self._start_at = now + _RESTART_AFTER_S

        def prepare() -> Callable[[], None]:
            close()
            return self._serve

        self._process = ForkedServer(prepare)
        self._process.go()

    def end(self) -> None:
        """End the process, and give the address back."""
        if self._process:
            self._process.end(_GRACE_S)
        name = self._listener.getsockname()
        self._listener.close()
        if isinstance(name, str):
            with suppress(FileNotFoundError):
                Path(name).unlink()

    # In a worker.

    def leave(self) -> None:
        """Close what is the process's affair alone."""
        self._listener.close()

    # In the process.

    def _serve(self) -> None:
        parent = os.getppid()
        limit = ConnectionLimit(_MAX_CONNECTIONS)
        connections: set[HttpProtocol] = set()

        def connect(
            config: Any, server_state: Any, app_state: Any, _loop: Any = None
        ) -> HttpProtocol:
            nonlocal connections
            connections = server_state.connections
            return LimitedProtocol(
                limit, config, server_state, app_state, _loop, limits=_LIMITS
            )

        async def look() -> None:
            _expire(connections)
            server.should_exit |= os.getppid() != parent

        watch = open_store_watch(self._settings)
        app = create_operator_app(self._board, watch, self._is_going)
        config = uvicorn.Config(
            app,
            http=connect,  # type: ignore[arg-type]
            ws="none",
            lifespan="on",
            log_config=None,
            access_log=False,
            proxy_headers=False,
            timeout_keep_alive=_KEEP_ALIVE_S,
            timeout_graceful_shutdown=1,
            timeout_notify=_CHECK_EVERY_S,
            callback_notify=look,
        )
        server = uvicorn.Server(config)
        server.run(sockets=[self._listener])


def _expire(connections: Iterable[HttpProtocol]) -> None:
    now = asyncio.get_running_loop().time()
    for connection in tuple(connections):
        connection.expire(now)


def _listen(settings: Settings) -> socket.socket:
    if settings.metrics_bind == settings.bind:
        msg = (
            f"HITSVC_METRICS_BIND={settings.metrics_bind!r}: visitors are answered there "
            "(HITSVC_BIND); choose another port, one that they cannot reach"
        )
        raise SettingsError(msg)
    return open_listener(settings.metrics_bind, typed="HITSVC_METRICS_BIND=")
