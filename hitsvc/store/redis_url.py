"""The URL of a Redis: read strictly, because it may hold a password.

``redis://[[USER]:PASSWORD@]HOST[:PORT][/DB][?OPTIONS]``, the same with ``rediss://`` for
TLS, and ``unix://[[USER]:PASSWORD@]/PATH[?db=DB&OPTIONS]``; the options are redis-py's.

A special character that stands as it is in a password cuts the URL at another place than
was meant: parts of the password would be looked up as a host, and shown in the log. The
sign is an ``@`` behind the host, so such a URL is refused. No message has any part of a
URL that is refused.
"""

import ssl
from collections.abc import Callable, Set
from dataclasses import dataclass, field
from typing import Any, Self, TypeVar
from urllib.parse import SplitResult, parse_qsl, unquote, urlencode, urlsplit

from hitsvc.errors import SettingsError
from hitsvc.store.tls import TLS_OPTIONS, BadTLS, tls_context

# What a URL is written into, if nobody knows better.
SET_BY = "--store or HITSVC_REDIS_URL"
ENCODE = (
    "special characters of a password are percent-encoded "
    "(/ as %2F, ? as %3F, # as %23, @ as %40, % as %25, [ as %5B)"
)
_EXAMPLE = "it looks like redis://:PASSWORD@HOST:6379/0"
_PLAIN_OPTIONS = {"db", "username", "password"}
_OPTIONS = _PLAIN_OPTIONS | TLS_OPTIONS
_SCHEMES = {"redis", "rediss", "unix"}
_PORT = 6379


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


@dataclass(frozen=True, slots=True)
class RedisURL:
    """A plain URL, understood.

    Attributes:
        host: Where Redis is, and
        port: its port; both without meaning if there is a path.
        path: The unix socket; empty for TCP.
        username: Who we are; may be empty.
        password: Empty if none is asked for.
        database: The number of the database.
        tls: How TLS is spoken; `None` for none.
    """

    host: str
    port: int
    path: str
    username: str
    password: str = field(repr=False)
    database: int
    tls: ssl.SSLContext | None

    @classmethod
    def parse(cls, url: str) -> Self:
        """Read a URL, and the certificates that it names.

        Raises:
            SettingsError: It is malformed, or a file cannot be used.
        """
        try:
            return cls._parse(url)
        except BadTLS as ex:
            reason = str(ex)
        except Malformed as ex:
            reason = f"the Redis URL {ex}; {_EXAMPLE}"
        except ValueError:  # a port or an option that is no number
            reason = f"the Redis URL cannot be read; {ENCODE}; {_EXAMPLE}"
        raise BadURL(reason)

    @classmethod
    def _parse(cls, url: str) -> Self:
        parts = split(url)
        if parts.scheme not in _SCHEMES:
            raise _badly_spelled()
        options = _single_options(parts)
        database = _database(parts, options)
        # PERF: redis-py is imported for its options alone: a fifth of the start.
        known = _read_options(url) if options.keys() - _PLAIN_OPTIONS else {}
        username = unquote(parts.username or "") or options.get("username", "")
        password = unquote(parts.password or "") or options.get("password", "")
        if parts.username and parts.password is None and not password:
            msg = "has a user and no password; a password has a colon before it"
            raise Malformed(msg)
        is_socket = parts.scheme == "unix"
        return cls(
            host="localhost" if is_socket else unquote(parts.hostname or "localhost"),
            port=_PORT if is_socket else parts.port or _PORT,
            path=unquote(parts.path) if is_socket else "",
            username=username,
            password=password,
            database=database,
            tls=tls_context(known) if parts.scheme == "rediss" else None,
        )


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
        raise _badly_spelled()
    parts = urlsplit(url)
    is_socket = parts.scheme == "unix"
    # A socket's path may have one, where nothing stands before it.
    if "@" in parts.query or (
        "@" in parts.path and not (is_socket and not parts.netloc)
    ):
        raise _badly_spelled()
    if is_socket and parts.netloc and not parts.netloc.endswith("@"):
        msg = "has one slash too few; a socket looks like unix:///run/redis.sock"
        raise Malformed(msg)
    return parts


def _badly_spelled() -> Malformed:
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


def _single_options(parts: SplitResult) -> dict[str, str]:
    """Read the options; each may be given once, and none may be a typing error."""
    pairs = parse_qsl(parts.query, keep_blank_values=True)
    options = dict(pairs)
    if len(options) < len(pairs):
        msg = "has an option twice"
        raise Malformed(msg)
    if (more := options.keys() - _OPTIONS) and more - _ignored():
        names = ", ".join(sorted(_OPTIONS))
        msg = f"has an unknown option (known are {names})"
        raise Malformed(msg)
    if options.keys() & TLS_OPTIONS and parts.scheme != "rediss":
        msg = "has TLS options without TLS, which is rediss://"
        raise Malformed(msg)
    return options


def _ignored() -> Set[str]:
    """Name what says how redis-py's own client is to work, which does not connect here."""
    from redis.asyncio.connection import URL_QUERY_ARGUMENT_PARSERS

    return URL_QUERY_ARGUMENT_PARSERS.keys() | {"client_name"}


def _read_options(url: str) -> dict[str, Any]:
    """Read the options of a URL as redis-py does.

    Raises:
        ValueError: One has no such value.
    """
    from redis.asyncio.connection import parse_url

    return dict(parse_url(url))


def _database(parts: SplitResult, options: dict[str, str]) -> int:
    path = "" if parts.scheme == "unix" else unquote(parts.path.removeprefix("/"))
    if path and "db" in options:
        msg = "has a database twice"
        raise Malformed(msg)
    number = options.get("db", path)
    return database_number(number) if path or "db" in options else 0
