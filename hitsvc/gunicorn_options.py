"""gunicorn's settings, made from ours: the one place that knows them."""

import logging
import os
import signal
from collections.abc import Callable
from typing import Any

from hitsvc.orphans import stop_with_parent
from hitsvc.settings import Settings

_logger = logging.getLogger("hitsvc.server")


def gunicorn_options(settings: Settings, listener_fd: int) -> dict[str, Any]:
    """Make gunicorn's settings, all that differ from its defaults.

    Args:
        settings: Ours.
        listener_fd: The listening socket's descriptor, which gunicorn will own.
    """
    return {
        # One socket for all workers: of 64 connections to two, they took 37 and 27.
        "bind": f"fd://{listener_fd}",
        "workers": worker_count(settings),
        "worker_class": "hitsvc.worker.Worker",
        "proc_name": "hitsvc",
        # Above what proxies keep an idle connection for (nginx: 60 s), so that none
        # sends a request into a connection that is being closed.
        "keepalive": 75,
        "timeout": 30,
        "graceful_timeout": 10,
        "forwarded_allow_ips": settings.forwarded_allow_ips,
        # gunicorn says much at "info"; the hooks below say what matters.
        "loglevel": {"info": "warning"}.get(settings.log_level, settings.log_level),
        "control_socket_disable": True,
        # The workers' heartbeat is a file: on a disk, a busy disk could delay it.
        "worker_tmp_dir": _memory_dir(),
        "on_starting": _logs_at(settings.log_level),
        "post_fork": _on_worker_start,
        "child_exit": _on_worker_end,
    }


def worker_count(settings: Settings) -> int:
    """Tell how many workers to run; the memory store lives in one process."""
    if settings.redis_url == "memory":
        return 1
    if settings.workers:
        return settings.workers
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _memory_dir() -> str | None:
    path = "/dev/shm"  # noqa: S108 - gunicorn makes files of its own there, 0600
    return path if os.access(path, os.W_OK | os.X_OK) else None


def _logs_at(level: str) -> Callable[[Any], None]:
    """Make the hook that sends our own log where gunicorn's goes: standard error."""

    def on_starting(arbiter: Any) -> None:
        logger = logging.getLogger("hitsvc")
        logger.handlers = arbiter.log.error_log.handlers
        logger.setLevel(level.upper())
        logger.propagate = False

    return on_starting


def _on_worker_start(arbiter: Any, worker: Any) -> None:
    stop_with_parent(arbiter.pid)
    # Ctrl-C in a terminal goes to all processes: only the arbiter shall act on it.
    signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGINT])
    _logger.debug("worker %d starts", worker.pid)


def _on_worker_end(_arbiter: Any, worker: Any) -> None:
    _logger.debug("worker %d ended", worker.pid)
