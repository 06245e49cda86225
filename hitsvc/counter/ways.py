"""The ways that operations take to a store: a queue, words, a connection.

There is one; in a cluster, one to each primary.
"""

import asyncio
from collections.abc import Callable, Sequence
from typing import Any

from hitsvc.counting import (
    MAX_IN_FLIGHT,
    Capacity,
    Day,
    GroupCommit,
    Operation,
    OutageLog,
    Outcome,
    PageCommands,
    Probe,
)
from hitsvc.metrics import HitTally
from hitsvc.store import Backend, Cluster, Copied, Lane, Lanes, Sender


class Ways:
    """Joins the parts.

    Attributes:
        submit: Accepts an operation; see `GroupCommit.submit`.
    """

    submit: Callable[[Operation], Outcome[Any]]

    def __init__(
        self,
        backend: Backend,
        queue_limit: int,
        today: Callable[[], Day],
        grown: Callable[[Sequence[str]], None],
        capacity: Capacity,
        tally: HitTally | None = None,
        acknowledge: str = "primary",
    ) -> None:
        """Prepare; nothing is sent yet.

        Args:
            backend: Carries commands to Redis, or is a `Cluster`; closed by others.
            queue_limit: Operations that may wait for Redis.
            today: Returns the day that hits are counted under.
            grown: Told which pages are to be indexed.
            capacity: Watches how full the store is.
            tally: Told what becomes of each batch.
            acknowledge: ``replica``: a hit is answered when a replica has it, too.
        """
        self._queue_limit = queue_limit
        self._today = today
        self._grown = grown
        self._capacity = capacity
        self._tally = tally
        self._is_copied = acknowledge == "replica"
        self._lanes: Lanes | None = None
        self._all: Lanes | GroupCommit[Operation, Any]
        if isinstance(backend, Cluster):
            self._all = self._lanes = Lanes(backend, self._open_lane, queue_limit)
        else:
            self._all = self._queue(backend, capacity, OutageLog())
        self.submit = self._all.submit

    def is_full(self, page: PageCommands) -> bool:
        """Tell whether there is no room for a page that is new."""
        return self._lanes.is_full(page) if self._lanes else self._capacity.full

    async def check(self, page: Callable[[str], PageCommands]) -> dict[str, str]:
        """Make sure that servers take writes; see `HitCounter.check`.

        Args:
            page: Returns the commands of a page.

        Raises:
            CounterUnavailable: None does.
        """
        probes = await self._probes()
        asked = [self.submit(Probe(page(key))) for key in probes.values()]
        results = await asyncio.gather(*asked, return_exceptions=True)
        failures = [result for result in results if isinstance(result, Exception)]
        if len(failures) == len(results):
            raise failures[0]
        return {
            node: str(result) if isinstance(result, Exception) else ""
            for node, result in zip(probes, results, strict=True)
        }

    async def _probes(self) -> dict[str, str]:
        """Return what to probe: a key, as of a page, for each server, by its name."""
        if self._lanes:
            return await self._lanes.probes()
        return {"": ""}  # no URL's key is empty, so this is never in a page's way

    async def close(self) -> None:
        """Refuse new operations and wait until the accepted ones are settled."""
        await self._all.close()

    def _queue(
        self, backend: Backend, capacity: Capacity, outage: OutageLog
    ) -> GroupCommit[Operation, Any]:
        sender = Sender(
            Copied(backend) if self._is_copied else backend,
            today=self._today,
            grown=self._grown,
            capacity=capacity,
            outage=outage,
        )
        send = self._tally.watch(sender.send) if self._tally else sender.send
        # What comes after a WAIT waits with it.
        most = 1 if self._is_copied else MAX_IN_FLIGHT
        return GroupCommit[Operation, Any](send, self._queue_limit, max_in_flight=most)

    def _open_lane(self, primary: Backend, node: str) -> Lane:
        timed = self._tally.timed(primary) if self._tally else primary
        capacity, outage = self._capacity.of_node(node), OutageLog(node=node)
        return Lane(self._queue(timed, capacity, outage), capacity, outage)
