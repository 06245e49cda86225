"""The web server: gunicorn with our settings and our app.

Importing this module is dear (gunicorn, falcon, redis): do it where it is needed.
"""

import os
import signal
import socket
from typing import Any

from gunicorn.app.base import BaseApplication  # type: ignore[import-untyped]
from gunicorn.arbiter import Arbiter  # type: ignore[import-untyped]

import hitsvc.worker  # noqa: F401 - imported before the fork, once for all workers
from hitsvc import __version__
from hitsvc.app import create_app
from hitsvc.gunicorn_options import gunicorn_options, worker_count
from hitsvc.listener import address_of
from hitsvc.settings import Settings


class Server(BaseApplication):  # type: ignore[misc]
    """A web server that is ready to run."""

    def __init__(
        self, settings: Settings, listener: socket.socket, data_line: str
    ) -> None:
        """Check that the app can be made, without connecting to anything.

        Args:
            settings: With the store's real URL in `redis_url`.
            listener: The listening socket; it belongs to the server from here on.
            data_line: Where the counts are kept, for the message at the start.

        Raises:
            SettingsError: A setting that only the app can judge is wrong.
        """
        count = worker_count(settings)
        workers = "1 worker" if count == 1 else f"{count} workers"
        self._greeting = (
            f"hitsvc {__version__} listening on {address_of(listener)} ({workers})\n"
            f"{data_line}"
        )
        self._settings = settings
        create_app(settings)
        self._listener_fd = listener.detach()
        super().__init__()

    def load_config(self) -> None:
        """Give gunicorn its settings; it reads no file and no environment."""
        options = gunicorn_options(self._settings, self._listener_fd)
        for name, value in options.items():
            self.cfg.set(name, value)

    def load(self) -> Any:
        """Make the app; called in each worker."""
        app = create_app(self._settings)
        app.add_middleware(_Greeter(self._token, self._greeting))
        return app

    def run(self) -> None:
        """Serve until told to stop; ends with `SystemExit`."""
        self._token, put = os.pipe()
        os.write(put, b"1")
        os.close(put)
        _Arbiter(self).run()


class _Greeter:
    """Says that the service is up when the first worker is; not again for others."""

    def __init__(self, token: int, greeting: str) -> None:
        # A pipe with one byte in it, shared by all workers: one of them gets it.
        self._token = token
        self._greeting = greeting

    async def process_startup(self, _scope: object, _event: object) -> None:
        if os.read(self._token, 1):
            print(self._greeting, flush=True)


class _Arbiter(Arbiter):  # type: ignore[misc]
    """gunicorn's arbiter, for a process that has no configuration file to reload."""

    # uvicorn's workers know one stop only, the graceful one, which SIGQUIT is not;
    # and a closed terminal (SIGHUP) is a stop.
    handle_int = handle_quit = handle_hup = Arbiter.handle_term

    def init_signals(self) -> None:
        """Set the handlers, but let `nohup` keep SIGHUP away."""
        ignored = signal.getsignal(signal.SIGHUP) is signal.SIG_IGN
        super().init_signals()
        if ignored:
            signal.signal(signal.SIGHUP, signal.SIG_IGN)

    def handle_usr2(self) -> None:
        """Ignore it: another program cannot take this one's place."""
