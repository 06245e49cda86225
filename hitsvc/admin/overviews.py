"""What all sites of a store add up to, computed by one process at a time.

It is the work of a process of its own (`hitsvc.admin.summing`): a hundred thousand pages
take seconds of a CPU, which nobody who counts hits has to spare. Who wants to see it reads
what was kept, with its age.
"""

import time
from collections.abc import Callable
from contextlib import suppress
from operator import add
from typing import Any

from redis.exceptions import LockError

from hitsvc.admin.numbers import WINDOWS, Numbers
from hitsvc.admin.overview import Added, Overview
from hitsvc.admin.ranking import Ranking
from hitsvc.admin.ranks import Ranks
from hitsvc.admin.reading import Reader
from hitsvc.admin.sums import Sums
from hitsvc.counting import Day, Keys, utc_day

_LATEST_DAYS = max(WINDOWS)
_LOCK_S = 120
# PERF: a hit that arrives meanwhile waits for the pages that are asked for at once: 0.2 ms.
_PAGES = 25


class Overviews:
    """The overview of one store."""

    def __init__(
        self,
        client: Any,
        keys: Keys,
        *,
        today: Callable[[], Day] = utc_day,
        clock: Callable[[], float] = time.time,
        rest: Callable[[float], None] = lambda worked_s: None,
        cpu_clock: Callable[[], float] = time.process_time,
    ) -> None:
        """Prepare.

        Args:
            client: As `open_client` makes it.
            keys: What things are called.
            today: Tells the day.
            clock: Returns seconds since 1970.
            rest: Called after each batch of pages with the seconds it took.
            cpu_clock: Returns seconds that this process has worked.
        """
        self._client = client
        self._keys = keys
        self._today = today
        self._clock = clock
        self._rest = rest
        self._cpu_clock = cpu_clock
        self._ranks = Ranks(client, keys, today)

    def kept(self) -> Overview | None:
        """Return the one that was computed last, of today; `None` if there is none.

        Raises:
            RedisError: The store does not answer.
        """
        text = self._client.get(self._keys.overview)
        overview = Overview.of(text) if text else None
        if overview and overview.day == self._today().date.isoformat():
            return overview
        return None

    def is_fresh(self, overview: Overview | None) -> bool:
        """Tell whether it need not be computed again."""
        return (
            overview is not None
            and 0 <= self._clock() - overview.at < overview.max_age_s
        )

    def are_fresh(self) -> bool:
        """Tell whether neither it nor the order of pages need be made again.

        Raises:
            RedisError: The store does not answer.
        """
        return self.is_fresh(self.kept()) and self._ranks.are_kept()

    def refresh(self) -> Overview | None:
        """Compute it if it is time, unless somebody else does.

        Returns:
            A new one; `None` if there is a fresh one or soon will be.

        Raises:
            RedisError: The store does not answer.
        """
        if self.are_fresh():
            return None
        name = self._keys.overview_lock
        lock = self._client.lock(name, timeout=_LOCK_S, blocking=False)
        if not lock.acquire():
            return None
        try:
            overview = self._compute(lock)
            self._client.set(
                self._keys.overview, overview.written(), ex=overview.keep_s
            )
        finally:
            with suppress(LockError):  # it has expired
                lock.release()
        return overview

    def _compute(self, lock: Any) -> Overview:
        began_s = self._cpu_clock()
        at, today = self._clock(), self._today().date.isoformat()
        days = [0] * _LATEST_DAYS
        extended = at
        ranking = Ranking(self._client, self._keys, at, today)

        def seen(
            site: str, numbers: list[Numbers], hits: list[list[int]], worked_s: float
        ) -> None:
            nonlocal days, extended
            for of_page in hits:
                days = list(map(add, days, of_page))
            ranking.add(site, numbers)
            if self._clock() - extended > _LOCK_S / 4:
                extended = self._clock()
                lock.reacquire()
            self._rest(worked_s)

        sums = Sums(
            self._client,
            self._keys,
            today=self._today,
            clock=self._clock,
            seen=seen,
            batch=_PAGES,
        )
        added = Added()
        for site in Reader(self._client, self._keys).sites():
            added.add(sums.renewed(site))
        overview = added.as_overview(at, today, days)
        overview = overview._replace(cpu_s=round(self._cpu_clock() - began_s, 3))
        ranking.close(overview.keep_s)
        return overview
