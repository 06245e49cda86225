"""What a store says of itself: is it new enough, and can it lose counts?

It is asked with ``INFO``, which every user may be allowed; how often its append-only
file reaches the disk (``appendfsync``) cannot be seen there.
"""

import asyncio
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from redis.asyncio import Redis

from hitsvc.counting import spell
from hitsvc.errors import CounterUnavailable
from hitsvc.store.backend import Backend, open_backend
from hitsvc.store.primary import open_wire
from hitsvc.store.program import Program

# What we send is older, but for users with a password of their own (ACLs).
OLDEST = (6, 0)
# Seconds for which an answer is not asked for again.
FRESH_S = 5.0


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


class StoreCheck:
    """Asks a store what it says of itself, over a connection of its own."""

    def __init__(
        self, backend: Backend | None, clock: Callable[[], float] = time.monotonic
    ) -> None:
        """Prepare; nothing is asked yet.

        Args:
            backend: Carries the question, and is closed with this object; `None` if
                counts are in this process's memory.
            clock: Returns seconds that never go back.
        """
        self._backend = backend
        self._clock = clock
        self._lock = asyncio.Lock()
        self._known: tuple[str, ...] = ()
        self._fresh_until = float("-inf")

    async def report(self) -> StoreReport:
        """Ask now.

        Raises:
            CounterUnavailable: The store does not answer.
        """
        if self._backend is None:
            return MEMORY
        reply = await self._ask(self._backend)
        if isinstance(reply, Exception):
            return StoreReport(
                "a store that does not describe itself",
                note=f"the store does not say how it keeps data (INFO: {reply}); "
                "see that nothing is evicted and everything is on its disk",
            )
        return describe(_fields(reply))

    async def info(self) -> Mapping[str, str]:
        """Return what the store says of itself, nothing if it does not.

        Raises:
            CounterUnavailable: The store does not answer.
        """
        if self._backend is None:
            return {}
        reply = await self._ask(self._backend)
        return {} if isinstance(reply, Exception) else _fields(reply)

    async def _ask(self, backend: Backend) -> object:
        (reply,) = await backend.execute(spell("INFO"), 1)
        return reply

    async def warnings(self) -> Sequence[str]:
        """Return what can lose counts, as it was some seconds ago at most.

        It does not raise: whether a store answers at all is asked elsewhere.
        """
        async with self._lock:
            if self._clock() >= self._fresh_until:
                try:
                    report = await self.report()
                except CounterUnavailable as ex:
                    self._known = (f"the store does not say how it keeps data: {ex}",)
                else:
                    unfit = (report.unfit,) if report.unfit else ()
                    self._known = unfit + report.warnings
                self._fresh_until = self._clock() + FRESH_S
            return self._known

    async def close(self) -> None:
        """Close the connection."""
        if self._backend is not None:
            await self._backend.close()


def open_store_check(
    url: str, timeout_s: float, client: Redis | None = None
) -> StoreCheck:
    """Make the check of a store; the arguments are those of `open_backend`.

    Raises:
        SettingsError: The URL is malformed.
    """
    if client is not None:
        return StoreCheck(open_backend(url, timeout_s, client))
    # Nobody is told a number by what it says: it need not follow Sentinels by itself.
    return StoreCheck(None if url == "memory" else open_wire(url, timeout_s))


def describe(info: Mapping[str, str]) -> StoreReport:
    """Judge what a store answered; what it left out is taken to be as it should."""
    program = Program.of(info)
    file_mode = {"1": "on", "0": "off"}.get(info.get("aof_enabled", ""), "unknown")
    return StoreReport(
        f"{program}, append-only file {file_mode}",
        tuple(_warnings(info)),
        unfit=_unfit(program, info),
    )


def _unfit(program: Program, info: Mapping[str, str]) -> str:
    modes = (info.get("redis_mode"), info.get("server_mode"))
    if info.get("cluster_enabled") == "1" or "cluster" in modes:
        return (
            "the store is a node of a Redis Cluster, which takes only some of the pages; "
            "give the address of a Redis that runs without cluster-enabled, "
            "or of its Sentinels"
        )
    if program.is_redis and () < program.numbers < OLDEST:
        oldest = ".".join(map(str, OLDEST))
        return f"{program} is too old: hitsvc needs Redis {oldest} or later, or Valkey"
    return ""


def _warnings(info: Mapping[str, str]) -> list[str]:
    found = _memory_warnings(info)
    if info.get("role") in {"slave", "replica"}:
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


def _fields(reply: object) -> dict[str, str]:
    """Read an answer: text, or the mapping that redis-py's client makes of it."""
    if isinstance(reply, Mapping):
        return {str(name): str(value) for name, value in reply.items()}
    text = reply.decode(errors="replace") if isinstance(reply, bytes) else str(reply)
    pairs = (line.partition(":") for line in text.splitlines())
    return {name: value for name, colon, value in pairs if colon}
