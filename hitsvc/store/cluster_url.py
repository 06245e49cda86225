"""The URL of a Redis Cluster.

``redis+cluster://[USER:PASSWORD@]HOST[:PORT][,HOST[:PORT]...][/][?OPTIONS]``

One node that can be reached is enough to find the others; more of them, or a name with
several addresses, let the service start while one is away. User, password and options are
those of every node, as in a plain URL. With ``rediss+cluster://`` all nodes are spoken to
over TLS. A cluster has one database, number 0.
"""

from typing import NamedTuple, Self
from urllib.parse import SplitResult, parse_qsl, urlsplit

from hitsvc.store.redis_url import RedisURL
from hitsvc.store.sentinel_url import Address, netloc
from hitsvc.store.url_spelling import Malformed, read_special

_SUFFIX = "+cluster"
_PORT = 6379
EXAMPLE = "redis+cluster://USER:PASSWORD@HOST:6379,HOST:6379/"


class ClusterURL(NamedTuple):
    """A cluster's URL, understood.

    Attributes:
        seeds: The nodes that it names.
        node: The URL of a node but for its address.
    """

    seeds: tuple[Address, ...]
    node: SplitResult

    @classmethod
    def parse(cls, url: str) -> Self | None:
        """Read a URL; `None` if it is of another kind.

        Raises:
            SettingsError: It is malformed. The message shows no part that may be a
                password.
        """
        parsed = read_special(url, _SUFFIX, cls._parse, "cluster", EXAMPLE)
        if parsed:
            RedisURL.parse(parsed.at(parsed.seeds[0]))  # options and certificates
        return parsed

    @classmethod
    def _parse(cls, parts: SplitResult) -> Self:
        user, at, hosts = parts.netloc.rpartition("@")
        options = parse_qsl(parts.query, keep_blank_values=True)
        databases = [value for name, value in options if name == "db"]
        if any(text not in {"", "0"} for text in (parts.path.strip("/"), *databases)):
            msg = "has a database other than 0, the only one of a cluster"
            raise Malformed(msg)
        scheme = parts.scheme.removesuffix(_SUFFIX)
        seeds = dict.fromkeys(map(_seed, hosts.split(",")))
        return cls(tuple(seeds), SplitResult(scheme, user + at, "/", parts.query, ""))

    def at(self, address: Address) -> str:
        """Return the plain URL of a node at this address."""
        node = self.node
        return node._replace(netloc=node.netloc + netloc(address)).geturl()


def _seed(host: str) -> Address:
    address = urlsplit(f"//{host}")
    if not address.hostname:
        msg = "names a node without a host"
        raise Malformed(msg)
    return address.hostname, address.port or _PORT
