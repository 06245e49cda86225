"""The gunicorn worker: uvicorn's, with what a hit does not need left out."""

from typing import Any, ClassVar

from uvicorn_worker import UvicornWorker

# How often a worker looks whether its parent still lives.
_PARENT_CHECK_S = 1


class Worker(UvicornWorker):  # type: ignore[misc]
    """Serves the app with uvloop and httptools."""

    CONFIG_KWARGS: ClassVar[dict[str, Any]] = {
        "loop": "uvloop",
        "http": "httptools",
        "ws": "none",
        "lifespan": "on",
        "interface": "asgi3",
        "proxy_headers": False,
        "server_header": False,
        "date_header": False,
        "access_log": False,
        "timeout_notify": _PARENT_CHECK_S,
    }
