"""What a line of an access log says, and times as logs write them."""

import re
from datetime import UTC, datetime
from functools import lru_cache
from typing import NamedTuple

_MONTHS = {
    name: number
    for number, name in enumerate(
        ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov"), 1
    )
} | {"Dec": 12}
_CLF = re.compile(
    r"(\d\d)/([A-Z][a-z]{2})/(\d{4}):(\d\d:\d\d:\d\d) ([+-]\d{4})", re.ASCII
)
# What servers write where there is no name.
_NO_HOST = frozenset({"-", "_"})


class Request(NamedTuple):
    """A request as a log tells it.

    Attributes:
        moment: When; None: its time cannot be read.
        host: The host that was asked; empty: the log does not say.
        method: Such as ``GET``.
        target: Path and query.
        status: The answer's status.
        agent: The client's user agent, empty if there is none.
        kind: The answer's ``Content-Type``, empty if the log does not say.
        prepares: The browser only prepares for a visit that may never come.
    """

    moment: datetime | None
    host: str
    method: str
    target: str
    status: int
    agent: str = ""
    kind: str = ""
    prepares: bool = False


def host_of(text: str, ports: tuple[str, ...] = (":443", ":80")) -> str:
    """Return a log's host without a port that need not be said."""
    for port in ports:
        text = text.removesuffix(port)
    return "" if text in _NO_HOST else text


@lru_cache(1024)
def clf_moment(text: str) -> datetime | None:
    """Read ``01/Mar/2026:23:30:00 +0100``."""
    found = _CLF.fullmatch(text)
    month = _MONTHS.get(found[2]) if found else None
    if not found or not month:
        return None
    return iso_moment(f"{found[3]}-{month:02}-{found[1]}T{found[4]}{found[5]}")


def iso_moment(text: object) -> datetime | None:
    """Read a time that says its zone."""
    try:
        moment = datetime.fromisoformat(text) if isinstance(text, str) else None
    except ValueError:
        return None
    return moment if moment and moment.tzinfo else None


def epoch_moment(seconds: object) -> datetime | None:
    """Read seconds since 1970."""
    if isinstance(seconds, bool) or not isinstance(seconds, int | float):
        return None
    try:
        return datetime.fromtimestamp(seconds, UTC)
    except (OverflowError, ValueError, OSError):
        return None
