"""How full the store is: new pages are refused before known ones suffer.

What counts is what never goes by itself. Tokens expire, and ``volatile-ttl`` takes the
memory of those first; so the store is as full as its counters make it, with room for the
hash that every known page takes next year. It is asked after batches, and not by a timer:
a store that nobody writes to does not get fuller.
"""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Self

from hitsvc.errors import CounterUnavailable

log = logging.getLogger(__name__)

# Shares of the store's limit.
WARN_ABOVE = 0.8
FULL_ABOVE = 0.9
# It is asked again after so many seconds, or so many new pages of this process; after
# fewer where those might fill it: a page with the longest name takes 6.5 kB, and this is
# one of several processes.
ASK_EVERY_S = 5.0
ASK_EVERY_PAGES = 500
NEW_PAGE_BYTES = 16_384
# Bytes, measured with Redis 7.0 and Valkey 9.1 (docs/keys.md).
TOKEN_BYTES = 180
NEXT_YEAR_BYTES = 200

Info = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Fill:
    """What a store holds for good, and what it may hold.

    Attributes:
        used: Bytes that do not expire, with what known pages will need.
        limit: Bytes; 0 if there is no limit.
    """

    used: int = 0
    limit: int = 0

    @classmethod
    def of(cls, info: Info) -> Self:
        """Judge what ``INFO`` says; what it leaves out is 0."""
        keys = expiring = 0
        for name, value in info.items():
            if name.startswith("db") and name[2:].isdecimal():
                counts = _counts(value)
                keys += counts.get("keys", 0)
                expiring += counts.get("expires", 0)
        # A page has a total and a year at least, so there are half as many at most.
        pages = (keys - expiring) // 2
        used = _number(info.get("used_memory")) - expiring * TOKEN_BYTES
        limit = _number(info.get("maxmemory"))
        return cls(max(0, used) + pages * NEXT_YEAR_BYTES, limit)

    @property
    def room(self) -> float:
        """Tell how many bytes there are until it is full."""
        return self.limit * FULL_ABOVE - self.used if self.limit else float("inf")

    @property
    def share(self) -> float:
        """Tell how much of the limit is used; 0 without one."""
        return self.used / self.limit if self.limit else 0.0

    def __str__(self) -> str:
        """Say it as people do."""
        if not self.limit:
            return f"{_mb(self.used)} of counters, without a limit"
        return f"{self.share:.0%} full: {_mb(self.used)} of {_mb(self.limit)}"


class Capacity:
    """Watches how full the store is.

    Attributes:
        full: Pages that the store does not know are to be refused.
    """

    def __init__(
        self,
        ask: Callable[[str], Awaitable[Info]] | None = None,
        clock: Callable[[], float] = time.monotonic,
        node: str = "",
    ) -> None:
        """Prepare; nothing is asked yet.

        Args:
            ask: Returns what ``INFO`` says of a node, or raises `CounterUnavailable`;
                `None` for a store that cannot be full.
            clock: Returns seconds that never go back.
            node: Which node of a cluster; empty for a store that is alone.
        """
        self.full = False
        self._ask = ask
        self._clock = clock
        self._node = node
        self._who = f"The store at {node}" if node else "The store"
        self._nodes: list[Capacity] = []
        self._whole: Capacity | None = None
        self._ask_at = float("-inf")
        self._new_pages = 0
        self._ask_after_pages = 1
        self._warned = False
        self._asking: asyncio.Task[None] | None = None

    def of_node(self, node: str) -> "Capacity":
        """Watch a node of a cluster, too; `full` then says whether any of them is."""
        part = Capacity(self._ask, self._clock, node)
        part._whole = self
        self._nodes.append(part)
        return part

    def leave(self) -> None:
        """Watch this node no longer."""
        if self._whole is not None:
            self._whole._nodes.remove(self)
            self._whole._add_up()

    def written(self, new_pages: int) -> None:
        """Note that a batch has been written; ask how full the store is if it is time.

        Args:
            new_pages: How many pages the batch has made.
        """
        if self._ask is None:
            return
        self._new_pages += new_pages
        if self._asking is None and (
            self._new_pages >= self._ask_after_pages or self._clock() >= self._ask_at
        ):
            self._asking = asyncio.create_task(self._look(self._ask))

    async def close(self) -> None:
        """Return when nothing is being asked."""
        if self._asking is not None:
            await asyncio.wait([self._asking])

    async def _look(self, ask: Callable[[str], Awaitable[Info]]) -> None:
        self._new_pages = 0
        self._ask_at = self._clock() + ASK_EVERY_S
        try:
            self._judge(Fill.of(await ask(self._node)))
        except CounterUnavailable:
            pass  # the hits' own batches tell the log
        finally:
            self._asking = None

    def _judge(self, fill: Fill) -> None:
        """Draw the consequences, and say so when they change."""
        fitting = max(1, fill.room // NEW_PAGE_BYTES)
        self._ask_after_pages = int(min(ASK_EVERY_PAGES, fitting))
        was_full, self.full = self.full, fill.share > FULL_ABOVE
        was_warned, self._warned = self._warned, fill.share > WARN_ABOVE
        if self._whole is not None:
            self._whole._add_up()
        if self.full and not was_full:
            log.error(
                "%s is %s: pages that are not known yet are refused; give it "
                "more memory, or delete pages",
                self._who,
                fill,
            )
        elif was_full and not self.full:
            log.warning("%s is %s: new pages are counted again", self._who, fill)
        elif self._warned and not was_warned:
            log.warning(
                "%s is %s; above %.0f %% new pages are refused",
                self._who,
                fill,
                FULL_ABOVE * 100,
            )

    def _add_up(self) -> None:
        self.full = any(node.full for node in self._nodes)


def _counts(keyspace: str) -> dict[str, int]:
    """Read a line of the keyspace section: ``keys=9,expires=3,avg_ttl=500``."""
    pairs = (pair.partition("=") for pair in keyspace.split(","))
    return {name: _number(value) for name, _, value in pairs}


def _number(text: str | None) -> int:
    return int(text) if text and text.isdecimal() else 0


def _mb(size: int) -> str:
    return f"{size / 2**20:,.0f} MB"
