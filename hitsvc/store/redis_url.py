"""The URL of a single Redis, understood.

``redis://[[USER]:PASSWORD@]HOST[:PORT][/DB][?OPTIONS]``, the same with ``rediss://`` for
TLS, and ``unix://[[USER]:PASSWORD@]/PATH[?db=DB&OPTIONS]``; the options are redis-py's.
"""

import ssl
from collections.abc import Set
from dataclasses import dataclass, field
from typing import Any, Self
from urllib.parse import SplitResult, parse_qsl, unquote

from hitsvc.store.tls import TLS_OPTIONS, BadTLS, tls_context
from hitsvc.store.url_spelling import (
    ENCODE,
    BadURL,
    Malformed,
    badly_spelled,
    database_number,
    split,
)

_EXAMPLE = "it looks like redis://:PASSWORD@HOST:6379/0"
_PLAIN_OPTIONS = {"db", "username", "password"}
_OPTIONS = _PLAIN_OPTIONS | TLS_OPTIONS
_SCHEMES = {"redis", "rediss", "unix"}
_PORT = 6379


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
            raise badly_spelled()
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
