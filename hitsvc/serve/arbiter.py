"""gunicorn's arbiter, which looks after the workers, as this service needs it."""

import logging
import signal

from gunicorn.arbiter import Arbiter  # type: ignore[import-untyped]

from hitsvc.serve.lame_duck import LameDuck
from hitsvc.serve.tallies import Tallies

log = logging.getLogger(__name__)


class ServiceArbiter(Arbiter):  # type: ignore[misc]
    """gunicorn's arbiter, for a process that has no configuration file to reload."""

    # uvicorn's workers know one stop only, the graceful one, which SIGQUIT is not;
    # and a closed terminal (SIGHUP) is a stop.
    handle_int = handle_quit = handle_hup = Arbiter.handle_term

    def handle_term(self) -> None:
        """Stop: after the lame-duck time, if there is one; at once when repeated."""
        lame_duck: LameDuck = self.app.lame_duck
        if not lame_duck.begin():
            super().handle_term()  # does not return
        log.info(
            "told to stop: for %d s all is still answered, and /healthz says 503",
            lame_duck.seconds,
        )

    def init_signals(self) -> None:
        """Set the handlers, but let `nohup` keep SIGHUP away."""
        ignored = signal.getsignal(signal.SIGHUP) is signal.SIG_IGN
        super().init_signals()
        if ignored:
            signal.signal(signal.SIGHUP, signal.SIG_IGN)

    def wait_for_signals(self, timeout: float = 1.0) -> list[int]:
        """Wait for a second, or until the lame-duck time is over."""
        timeout = self.app.lame_duck.at_most(timeout)
        signals: list[int] = super().wait_for_signals(timeout)
        return signals

    def manage_workers(self) -> None:
        """Look after workers, keys and the operator's port; called every second."""
        if self.app.lame_duck.over():
            super().handle_term()
        self.app.day_keys.turn()
        self.app.tallies.release(self.WORKERS)
        if self.app.monitor:
            self.app.monitor.tend(self._close_listeners)
        super().manage_workers()

    def spawn_worker(self) -> None:
        """Start a worker, with counters that no other writes."""
        tallies: Tallies = self.app.tallies
        tallies.prepare_worker()
        tallies.worker_started(super().spawn_worker())

    def stop(self, graceful: bool = True) -> None:
        """Stop the workers, then the operator's port, and say what was counted."""
        super().stop(graceful)
        if self.app.monitor:
            self.app.monitor.end()
        self.app.say_what_was_counted()

    def _close_listeners(self) -> None:
        for listener in self.LISTENERS:
            listener.close()

    def handle_usr2(self) -> None:
        """Ignore it: another program cannot take this one's place."""
