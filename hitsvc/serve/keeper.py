"""Keeps the embedded store and the web server running together, and stops both.

The calling process becomes the keeper: the store and the web server (gunicorn's
arbiter) are its children. They are apart because the arbiter reaps every child of its
process and would take the store's exit for one of its workers'.

============  ==========================================================
what dies     what follows
============  ==========================================================
a worker      the arbiter starts another
the store     the keeper starts it again, later if it keeps dying
the arbiter   the keeper stops everything and ends with an error
the keeper    on Linux the kernel stops both children, they stop theirs
============  ==========================================================
"""

import math
import os
import select
import signal
import socket
import time
from collections.abc import Callable
from contextlib import suppress
from types import FrameType

from hitsvc.errors import StoreError
from hitsvc.serve.console import say
from hitsvc.serve.embedded import EmbeddedStore
from hitsvc.serve.forked import STOP_SIGNALS, ForkedServer

RESTART_MAX_DELAY_S = 10.0
STEADY_AFTER_S = 30.0  # a store that lived this long did not fail at its start
LOADING_NOTICE_S = 5.0
LEFTOVER_GRACE_S = 10.0  # for workers that have lost their arbiter


class Keeper:
    """Runs a store and a server until one of them, or somebody, ends it."""

    def __init__(self, store: EmbeddedStore, drain_s: float = 0) -> None:
        """Set up; nothing runs yet.

        Args:
            store: The store, not started.
            drain_s: How long the server answers all after the first SIGTERM.
        """
        self._store = store
        self._drain_s = drain_s
        self._stops_at = math.inf
        self._server: ForkedServer | None = None
        self._stops = 0
        self._restarts = 0
        self._started_at = 0.0
        self._restart_at: float | None = None
        self._wakeup, self._wakeup_in = os.pipe()

    def run(
        self, prepare: Callable[[], Callable[[], None]], listener: socket.socket
    ) -> int:
        """Keep both running until the end.

        Args:
            listener: The server's socket; closed here once the server has it.
            prepare: What the server's process does while the store starts; returns
                what to run once the store answers.

        Returns:
            The exit code.

        Raises:
            StoreError: The store does not start.
        """
        self._catch_signals()
        try:
            self._start_store()
            self._server = server = ForkedServer(prepare)
            listener.close()  # or connections would be taken after the server's end
            if self._stops:
                server.signal(signal.SIGTERM)
            elif self._await_store(server):
                server.go()
            while (code := server.poll()) is None:
                if time.monotonic() < self._stops_at:
                    self._tend_store()
                self._wait(1.0)
        finally:
            if self._server:
                self._server.end(LEFTOVER_GRACE_S)
            self._store.stop()
        if code >= 0 or self._stops:
            return max(code, 0)
        say(f"the web server was killed (signal {-code}); everything is stopped")
        return 1

    def _catch_signals(self) -> None:
        for fd in self._wakeup, self._wakeup_in:
            os.set_blocking(fd, False)
        signal.set_wakeup_fd(self._wakeup_in, warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        for signum in STOP_SIGNALS:
            if signal.getsignal(signum) is not signal.SIG_IGN:  # as nohup sets it
                signal.signal(signum, self._on_stop)

    def _on_stop(self, signum: int, _frame: FrameType | None) -> None:
        """Pass a stop on to the server.

        The first SIGTERM begins the lame-duck time, in which the store is needed as
        before. Anything else, and anything that is repeated, ends it, and repeated once
        more, what the server is doing.
        """
        self._stops += 1
        first = self._stops == 1 and signum == signal.SIGTERM
        self._stops_at = time.monotonic() + (self._drain_s if first else 0)
        if self._server:
            self._server.signal(signal.SIGTERM if first else signal.SIGINT)

    def _wait(self, timeout_s: float) -> None:
        """Wait for a signal, or for the time to start the store again."""
        if self._restart_at is not None:
            timeout_s = min(timeout_s, max(0.0, self._restart_at - time.monotonic()))
        if select.select([self._wakeup], [], [], timeout_s)[0]:
            os.read(self._wakeup, 512)

    def _start_store(self) -> None:
        self._restart_at = None
        self._started_at = time.monotonic()
        self._store.start()

    def _await_store(self, server: ForkedServer) -> bool:
        """Wait until the store answers; False if the start is over before."""
        notice_at = self._started_at + LOADING_NOTICE_S
        while not self._store.ready():
            if self._stops or server.poll() is not None:
                return False
            if time.monotonic() > notice_at:
                say("the embedded store is still loading its data")
                notice_at = float("inf")
            self._wait(0.01)
        return True

    def _tend_store(self) -> None:
        """Start the store again if it has died, after a while if it does so again."""
        now = time.monotonic()
        process = self._store.process
        if process and process.poll() is None and not self._store.is_limited:
            with suppress(StoreError):  # it has just ended: the next look finds that
                self._store.ready()
        if self._restart_at is None and process and process.poll() is not None:
            if now - self._started_at > STEADY_AFTER_S:
                self._restarts = 0
            self._restart_at = now + restart_delay_s(self._restarts)
            self._restarts += 1
            say(f"the store ended (code {process.returncode}); starting it again")
        if self._restart_at is not None and now >= self._restart_at:
            try:
                self._start_store()
            except StoreError as ex:
                self._restart_at = now + RESTART_MAX_DELAY_S
                say(str(ex))


def restart_delay_s(restarts: int) -> float:
    """Tell how long to wait before a restart, after so many in a row."""
    return min(RESTART_MAX_DELAY_S, 0.25 * 2.0**restarts) if restarts else 0.0
