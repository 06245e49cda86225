"""Choosing by its URL how a store is spoken to."""

from typing import TYPE_CHECKING

from hitsvc.errors import SettingsError
from hitsvc.store.acknowledge import WAIT_LONGEST_S
from hitsvc.store.backend import Backend
from hitsvc.store.check import StoreCheck
from hitsvc.store.cluster import Cluster
from hitsvc.store.cluster_check import ClusterCheck
from hitsvc.store.cluster_url import ClusterURL
from hitsvc.store.follower import Follower
from hitsvc.store.primary import open_wire
from hitsvc.store.sentinel_url import SentinelURL
from hitsvc.store.url_spelling import BadURL
from hitsvc.store.wire import Wire

if TYPE_CHECKING:
    from redis.asyncio import Redis


def open_backend(
    url: str,
    timeout_s: float,
    client: "Redis | None" = None,
    acknowledge: str = "primary",
) -> Backend:
    """Choose the backend for a store.

    Args:
        url: ``memory``, or a ``redis://``, ``rediss://`` or ``unix://`` URL, or that
            of Sentinels or of a cluster's nodes.
        timeout_s: Seconds for one batch.
        client: Use this client instead.
        acknowledge: ``replica``: batches take as much longer as `Copied` does.

    Raises:
        SettingsError: The URL is malformed; or it is ``memory``, and fakeredis is not
            installed.
    """
    if acknowledge == "replica":
        timeout_s += WAIT_LONGEST_S
    if client is not None:
        return _client_backend(client, timeout_s)
    if url == "memory":
        return _client_backend(_memory(), timeout_s)
    if nodes := ClusterURL.parse(url):
        return Cluster(nodes, timeout_s)
    watched = SentinelURL.parse(url)
    return Follower(watched, timeout_s) if watched else Wire(url, timeout_s)


def open_store_check(
    url: str,
    timeout_s: float,
    client: "Redis | None" = None,
    acknowledge: str = "primary",
) -> StoreCheck:
    """Make the check of a store; the arguments are those of `open_backend`, and more.

    Args:
        url: Where it is.
        timeout_s: Seconds for one question.
        client: Use this client instead.
        acknowledge: ``replica``: look at what makes that true, too.

    Raises:
        SettingsError: The URL is malformed.
    """
    if client is not None:
        return StoreCheck(open_backend(url, timeout_s, client))
    if nodes := ClusterURL.parse(url):
        return ClusterCheck(Cluster(nodes, timeout_s), acknowledge=acknowledge)
    # Nobody is told a number by what it says: it need not follow Sentinels by itself.
    wire = None if url == "memory" else open_wire(url, timeout_s)
    return StoreCheck(wire, acknowledge=acknowledge)


def see_url(url: str, set_by: str) -> None:
    """Refuse a URL that is malformed, before any part of it is shown or looked up.

    Args:
        url: Of any kind of Redis.
        set_by: What somebody has written it into.

    Raises:
        SettingsError: It is malformed.
    """
    try:
        open_backend(url, 1)
    except BadURL as ex:
        raise BadURL(ex.reason, set_by) from ex


def _client_backend(client: "Redis", timeout_s: float) -> Backend:
    from hitsvc.store.client_backend import ClientBackend

    return ClientBackend(client, timeout_s)


def _memory() -> "Redis":
    try:
        from fakeredis import FakeAsyncRedis
    except ImportError as ex:  # pragma: no cover - the tests need it
        msg = (
            "the memory store needs the package fakeredis[lua] beside hitsvc; the "
            "embedded store needs nothing: --store embedded"
        )
        raise SettingsError(msg) from ex
    return FakeAsyncRedis()
