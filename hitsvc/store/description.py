"""Judging what a store says of itself: is it new enough, and can it lose counts?

How often its append-only file reaches the disk (``appendfsync``) cannot be seen in
``INFO``.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from hitsvc.store.program import Program

# What we send is older, but for users with a password of their own (ACLs).
OLDEST = (6, 0)


@dataclass(frozen=True, slots=True)
class StoreReport:
    """What is known of a store.

    Attributes:
        name: Its kind, version and mode, for people.
        warnings: What can lose counts, each with what to do.
        unfit: Why it cannot be used at all, and what to do; empty if it can.
        note: What could not be found out, and why.
    """

    name: str
    warnings: tuple[str, ...] = ()
    unfit: str = ""
    note: str = ""


MEMORY = StoreReport(
    "gone when the service stops",
    ("counts are kept in memory only: they are gone when the service stops",),
)


def describe(info: Mapping[str, str], *, in_cluster: bool = False) -> StoreReport:
    """Judge what a store answered; what it left out is taken to be as it should.

    Args:
        info: The fields of its answer to ``INFO``.
        in_cluster: It has to be a node of a cluster, where replicas have their place.
    """
    program = Program.of(info)
    file_mode = {"1": "on", "0": "off"}.get(info.get("aof_enabled", ""), "unknown")
    return StoreReport(
        f"{program}, append-only file {file_mode}",
        tuple(_warnings(info, in_cluster=in_cluster)),
        unfit=_unfit(program, info, in_cluster=in_cluster),
    )


def _unfit(program: Program, info: Mapping[str, str], *, in_cluster: bool) -> str:
    modes = (info.get("redis_mode"), info.get("server_mode"))
    is_node = info.get("cluster_enabled") == "1" or "cluster" in modes
    if is_node and not in_cluster:
        return (
            "the store is a node of a Redis Cluster, which takes only some of the pages; "
            "give the cluster's nodes as redis+cluster://HOST:PORT,HOST:PORT/"
        )
    if in_cluster and not is_node and info.get("cluster_enabled") == "0":
        return (
            "the store is no node of a Redis Cluster; the URL of one that is alone "
            "begins with redis://"
        )
    if program.is_redis and () < program.numbers < OLDEST:
        oldest = ".".join(map(str, OLDEST))
        return f"{program} is too old: hitsvc needs Redis {oldest} or later, or Valkey"
    return ""


def _warnings(info: Mapping[str, str], *, in_cluster: bool) -> list[str]:
    found = _memory_warnings(info)
    if info.get("role") in {"slave", "replica"} and not in_cluster:
        found.append(
            "the store is a replica, which takes no hits; give the primary's address"
        )
    if info.get("loading") == "1":
        found.append("the store still loads its data; hits are not counted before")
    if info.get("aof_enabled") == "0":
        found.append(
            "the store has no append-only file: a crash loses all hits since its last "
            "snapshot, if it makes any; set appendonly to yes"
        )
    if info.get("aof_last_write_status", "ok") != "ok":
        found.append(
            "the store cannot write its append-only file; look at its disk and its log"
        )
    if info.get("rdb_last_bgsave_status", "ok") != "ok":
        found.append("the store's last snapshot failed; look at its disk and its log")
    return found


def _memory_warnings(info: Mapping[str, str]) -> list[str]:
    """Say what becomes of counters and hits when memory is full."""
    found = []
    policy = info.get("maxmemory_policy", "")
    if policy.startswith("allkeys-"):
        when = "once a maxmemory is set and" if info.get("maxmemory") == "0" else "when"
        found.append(
            f"the store forgets counters {when} its memory is full "
            f"(maxmemory-policy {policy}); set maxmemory-policy to volatile-ttl"
        )
    if info.get("maxmemory") == "0":
        found.append(
            "the store has no memory limit: a flood of invented pages takes all of the "
            "machine's; set maxmemory, and maxmemory-policy to volatile-ttl"
        )
    elif policy == "noeviction":
        found.append(
            "the store forgets no token when its memory is full, so it takes no hits "
            "either (maxmemory-policy noeviction); set maxmemory-policy to volatile-ttl"
        )
    if info.get("cache_mode") == "cache":
        found.append(
            "the store forgets counters when its memory is full (cache_mode); "
            "start it without --cache_mode"
        )
    return found


def fields_of(reply: object) -> dict[str, str]:
    """Read an answer: text, or the mapping that redis-py's client makes of it."""
    if isinstance(reply, Mapping):
        return {str(name): str(value) for name, value in reply.items()}
    text = reply.decode(errors="replace") if isinstance(reply, bytes) else str(reply)
    pairs = (line.partition(":") for line in text.splitlines())
    return {name: value for name, colon, value in pairs if colon}
