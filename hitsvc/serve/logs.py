"""Where log lines go, and how they look: text for people, JSON for programs.

========================  ======  ======================================
logger                    stream  as text
========================  ======  ======================================
``hitsvc.start``          stdout  the line alone
``hitsvc.access``         stdout  JSON, always
``hitsvc.command``        stderr  ``hitsvc: `` and the line
all others                stderr  with time, process and level
========================  ======  ======================================
"""

import json
import logging
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any


class JsonFormatter(logging.Formatter):
    """Writes a record as one JSON object in one line.

    A record whose only argument is a mapping has its items as fields too.
    """

    def format(self, record: logging.LogRecord) -> str:
        """Render a record."""
        time = datetime.fromtimestamp(record.created, UTC)
        fields: dict[str, Any] = {
            "time": time.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "process": record.process,
            "message": record.getMessage(),
        }
        if isinstance(record.args, Mapping):
            fields = {**record.args, **fields}
        if record.exc_info:
            fields["exception"] = self.formatException(record.exc_info)
        return json.dumps(fields, default=str)


_FORMATTERS = {
    "bare": {"format": "%(message)s"},
    "command": {"format": "hitsvc: %(message)s"},
    "text": {
        "format": "%(asctime)s [%(process)d] [%(levelname)s] %(message)s",
        "datefmt": "[%Y-%m-%d %H:%M:%S %z]",
    },
    "json": {"()": JsonFormatter},
}


def log_config(level: str = "info", log_format: str = "text") -> dict[str, Any]:
    """Describe all logging, as `logging.config.dictConfig` and gunicorn take it.

    Args:
        level: ``debug``, ``info``, ``warning`` or ``error``.
        log_format: ``text`` or ``json``.
    """
    shown = level.upper()
    # gunicorn and uvicorn say much at "info"; what matters of it we say ourselves.
    others = "WARNING" if level == "info" else shown

    def handler(stream: str, text_formatter: str) -> dict[str, Any]:
        formatter = text_formatter if log_format == "text" else "json"
        stream = f"ext://sys.{stream}"
        return {
            "class": "logging.StreamHandler",
            "stream": stream,
            "formatter": formatter,
        }

    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": _FORMATTERS,
        "handlers": {
            "access": handler("stdout", "json"),
            "command": handler("stderr", "command"),
            "start": handler("stdout", "bare"),
            "log": handler("stderr", "text"),
        },
        "root": {"handlers": ["log"], "level": "WARNING"},
        "loggers": {
            "gunicorn.error": _logger("log", others),
            "uvicorn.error": _logger("log", others),
            "hitsvc": _logger("log", shown),
            "hitsvc.access": _logger("access", "INFO"),
            "hitsvc.command": _logger("command", shown),
            "hitsvc.start": _logger("start", shown),
        },
    }


def _logger(handler: str, level: str) -> dict[str, Any]:
    return {"handlers": [handler], "level": level, "propagate": False}
