"""The URL of a Redis that Sentinels watch over.

``redis+sentinel://[USER:PASSWORD@]HOST[:PORT][,HOST[:PORT]...]/SERVICE[/DB][?OPTIONS]``

User, password, database and options are the primary's, as in a plain URL, but for
``sentinel_username`` and ``sentinel_password``. With ``rediss+sentinel://`` the primary
and the Sentinels are both spoken to over TLS, with the same ``ssl_*`` options;
``sentinel_ssl=no`` is for Sentinels without it.
"""

from collections.abc import Mapping
from typing import NamedTuple, Self, TypeAlias
from urllib.parse import SplitResult, parse_qsl, unquote, urlencode, urlsplit

from hitsvc.store.url_spelling import Malformed, database_number, read_special

# A host's name or address, and a port.
Address: TypeAlias = tuple[str, int]

_SUFFIX = "+sentinel"
_PORT = 26379
_EXAMPLE = "redis+sentinel://:PASSWORD@HOST:26379,HOST:26379/SERVICE/0"


class SentinelURL(NamedTuple):
    """A Sentinel URL, understood.

    Attributes:
        service: What the Sentinels call the primary.
        sentinels: The URL of each Sentinel, by its address as it was written.
        primary: The primary's URL but for its address.
    """

    service: str
    sentinels: Mapping[str, str]
    primary: SplitResult

    @classmethod
    def parse(cls, url: str) -> Self | None:
        """Read a URL; `None` if it is of another kind.

        Raises:
            SettingsError: It is malformed. The message shows no part that may be a
                password.
        """
        return read_special(url, _SUFFIX, cls._parse, "Sentinel", _EXAMPLE)

    @classmethod
    def _parse(cls, parts: SplitResult) -> Self:
        user, at, hosts = parts.netloc.rpartition("@")
        service, _, database = parts.path[1:].partition("/")
        if not service:
            msg = "names no service"
            raise Malformed(msg)
        if database:
            database_number(database)
        scheme = parts.scheme.removesuffix(_SUFFIX)
        own, options = _sort_options(parts.query)
        return cls(
            unquote(service),
            _sentinel_urls(scheme, hosts, own, options),
            SplitResult(scheme, user + at, f"/{database}", urlencode(options), ""),
        )

    def at(self, address: Address) -> str:
        """Return the plain URL of a primary at this address."""
        primary = self.primary
        return primary._replace(netloc=primary.netloc + netloc(address)).geturl()


_Options = list[tuple[str, str]]


def _sort_options(query: str) -> tuple[dict[str, str], _Options]:
    """Tell the Sentinels' own options, without their prefix, from the primary's."""
    own, others = {}, []
    for name, value in parse_qsl(query, keep_blank_values=True):
        if name.startswith("sentinel_"):
            own[name.removeprefix("sentinel_")] = value
        else:
            others.append((name, value))
    if own.get("ssl", "no") != "no":
        msg = "has a sentinel_ssl other than no"
        raise Malformed(msg)
    if own.keys() - {"username", "password", "ssl"}:
        msg = (
            "has an unknown option for Sentinels (known are sentinel_password, "
            "sentinel_ssl, sentinel_username)"
        )
        raise Malformed(msg)
    return own, others


def _sentinel_urls(
    scheme: str, hosts: str, own: Mapping[str, str], options: _Options
) -> dict[str, str]:
    query = [(name, value) for name, value in own.items() if name != "ssl"]
    if "ssl" in own:
        scheme = "redis"
    else:
        query += [option for option in options if option[0].startswith("ssl_")]
    urls = {}
    for host in hosts.split(","):
        address = urlsplit(f"//{host}")
        if not address.hostname:
            msg = "names a Sentinel without a host"
            raise Malformed(msg)
        written = netloc((address.hostname, address.port or _PORT))
        urls[written] = f"{scheme}://{written}?{urlencode(query)}"
    return urls


def netloc(address: Address) -> str:
    """Write an address as URLs do."""
    host, port = address
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
