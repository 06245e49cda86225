"""How the URL of a Redis of any kind is spelled: read strictly, as it may hold a password.

A special character that stands as it is in a password cuts the URL at another place than
was meant: parts of the password would be looked up as a host, and shown in the log. The
sign is an ``@`` behind the host, so such a URL is refused. No message has any part of a
URL that is refused.
"""

from collections.abc import Callable
from typing import TypeVar
from urllib.parse import SplitResult, parse_qsl, urlencode, urlsplit

from hitsvc.errors import SettingsError

# What a URL is written into, if nobody knows better.
SET_BY = "--store or HITSVC_REDIS_URL"
ENCODE = (
    "special characters of a password are percent-encoded "
    "(/ as %2F, ? as %3F, # as %23, @ as %40, % as %25, [ as %5B)"
)

_T = TypeVar("_T")


class Malformed(Exception):
    """What is wrong with a URL, fit to be shown."""


class BadURL(SettingsError):
    """A URL that cannot be used.

    Attributes:
        reason: Why.
    """

    def __init__(self, reason: str, set_by: str = SET_BY) -> None:
        """Say why, and how a person finds what is wrong."""
        super().__init__(set_with(reason, set_by))
        self.reason = reason


def set_with(text: str, set_by: str) -> str:
    """Say behind a text about a URL where that is from."""
    end = "" if text.endswith("?") else "."
    return f"{text}{end} (It is set with {set_by}.)"


def read_special(
    url: str, suffix: str, make: Callable[[SplitResult], _T], name: str, example: str
) -> _T | None:
    """Read a URL whose scheme has a suffix; `None` if it has none.

    Args:
        url: The URL.
        suffix: Such as ``+cluster``.
        make: Makes something of its parts; raises `Malformed` or `ValueError`.
        name: What messages call such a URL.
        example: One that is right.

    Raises:
        SettingsError: It is malformed. The message shows no part that may be a password.
    """
    if not url.partition("://")[0].endswith(suffix):
        return None
    try:
        return make(split(url))
    except Malformed as ex:
        reason = str(ex)
    except ValueError:  # a port that is no number, or a wrong square bracket
        reason = f"cannot be read; {ENCODE}"
    msg = f"the {name} URL {reason}; it looks like {example}"
    raise BadURL(msg)


def split(url: str) -> SplitResult:
    """Split a URL of any kind of Redis, unless its password would be cut apart.

    Raises:
        Malformed: It would, or there is no telling.
        ValueError: It is no URL.
    """
    if not url.isprintable() or "#" in url:  # Python drops tabs and ends of lines
        raise badly_spelled()
    parts = urlsplit(url)
    is_socket = parts.scheme == "unix"
    # A socket's path may have one, where nothing stands before it.
    if "@" in parts.query or (
        "@" in parts.path and not (is_socket and not parts.netloc)
    ):
        raise badly_spelled()
    if is_socket and parts.netloc and not parts.netloc.endswith("@"):
        msg = "has one slash too few; a socket looks like unix:///run/redis.sock"
        raise Malformed(msg)
    return parts


def badly_spelled() -> Malformed:
    """Say that a URL is cut apart, probably by its password."""
    return Malformed(f"cannot be read; {ENCODE}")


def redact(url: str) -> str:
    """Hide the passwords of a Redis URL that can be read."""
    parts = urlsplit(url)
    user, at, host = parts.netloc.rpartition("@")
    if ":" in user:
        user = f"{user.partition(':')[0]}:***"
    query = [
        (name, "***" if "password" in name else value)
        for name, value in parse_qsl(parts.query, keep_blank_values=True)
    ]
    shown = f"{parts.scheme}://{user}{at}{host}{parts.path}"
    return f"{shown}?{urlencode(query, safe='*/')}" if query else shown


def database_number(text: str) -> int:
    """Read the number of a database.

    Raises:
        Malformed: It is none.
    """
    if text.isascii() and text.isdecimal() and len(text) < 10:
        return int(text)
    msg = "has a database that is not a number"
    raise Malformed(msg)
