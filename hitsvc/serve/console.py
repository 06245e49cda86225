"""What the command line says to the person who started it."""

import logging

# See `hitsvc.serve.logs` for where it goes, and how it looks.
_log = logging.getLogger("hitsvc.command")


def say(message: str) -> None:
    """Write a line to standard error, with the name of who says it."""
    _log.warning(message)
