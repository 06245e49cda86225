"""The web server as a forked child process, with the worker processes below it.

It is forked and not started anew: what the parent has imported already need not be
imported again, which is a third of the time from command to first answer.
"""

import contextlib
import logging
import os
import signal
import sys
import time
from collections.abc import Callable
from typing import NoReturn

from hitsvc.errors import HitsError
from hitsvc.serve.console import say
from hitsvc.serve.orphans import stop_with_parent

log = logging.getLogger(__name__)

STOP_SIGNALS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)


class ForkedServer:
    """A child process, leader of a process group of its own."""

    def __init__(self, prepare: Callable[[], Callable[[], None]]) -> None:
        """Fork.

        Args:
            prepare: Called in the child at once: does what takes time, and returns
                what to run after `go`.
        """
        self._code: int | None = None
        start, self._go = os.pipe()
        parent = os.getpid()
        sys.stdout.flush()
        sys.stderr.flush()
        # A signal between the fork and the child's own handlers must wait for them.
        signal.pthread_sigmask(signal.SIG_BLOCK, STOP_SIGNALS)
        self._pid = self._group = os.fork()
        if self._pid == 0:
            os.close(self._go)
            stop_with_parent(parent)
            _run_child(prepare, start)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, STOP_SIGNALS)
        os.close(start)

    def go(self) -> None:
        """Let the prepared child run."""
        with contextlib.suppress(BrokenPipeError):  # it has ended: `poll` tells
            os.write(self._go, b"1")

    def signal(self, signum: int) -> None:
        """Send a signal, unless the child has ended."""
        if self._pid:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self._pid, signum)

    def poll(self) -> int | None:
        """Tell how the child ended, as `subprocess.Popen.poll`; None while it runs."""
        if self._pid:
            try:
                pid, status = os.waitpid(self._pid, os.WNOHANG)
            except ChildProcessError:  # gunicorn's arbiter reaps whom it can
                pid, status = self._pid, 0
            if pid:
                self._pid = 0
                self._code = os.waitstatus_to_exitcode(status)
                os.close(self._go)
        return self._code

    def end(self, grace_s: float) -> None:
        """Stop what is left: the child, and workers that have outlived it.

        Args:
            grace_s: Seconds they may take; then they are killed.
        """
        for signum, wait_s in (signal.SIGTERM, grace_s), (signal.SIGKILL, 5.0):
            deadline = time.monotonic() + wait_s
            self.signal(signum)
            while self._pid and time.monotonic() < deadline:
                if self.poll() is None:
                    time.sleep(0.02)
            if self._pid:
                continue
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self._group, signum)
                while time.monotonic() < deadline:
                    self._reap_adopted()
                    os.killpg(self._group, 0)
                    time.sleep(0.02)

    def _reap_adopted(self) -> None:
        """Reap workers that the kernel gave to this process: it may be process 1."""
        with contextlib.suppress(ChildProcessError):
            while os.waitpid(-self._group, os.WNOHANG)[0]:
                pass


def _run_child(prepare: Callable[[], Callable[[], None]], start: int) -> NoReturn:
    """Be the child: never return to the parent's code."""
    code = 1
    try:
        os.setsid()  # Ctrl-C reaches the parent alone, which passes it on
        signal.set_wakeup_fd(-1)
        for signum in (*STOP_SIGNALS, signal.SIGCHLD):
            signal.signal(signum, signal.SIG_DFL)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, STOP_SIGNALS)
        serve = prepare()
        if os.read(start, 1):
            os.close(start)
            serve()
        code = 0
    except SystemExit as ex:
        code = ex.code if isinstance(ex.code, int) else int(ex.code is not None)
    except HitsError as ex:
        say(str(ex))
    except BaseException:
        log.exception("the web server failed")
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code & 0xFF)
