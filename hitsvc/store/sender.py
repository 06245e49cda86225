"""Sending batches of operations to one server, and telling what becomes of them."""

from collections.abc import Callable, Sequence

from hitsvc.counting import Batch, Capacity, Day, Operation, OutageLog, Result
from hitsvc.errors import CounterUnavailable
from hitsvc.store.backend import Backend

# After a failover the old primary is a read-only replica at the same connection.
_MOVED_ON = "READONLY"
# A primary without replicas may be one that they have left for another.
_LONELY = "NOREPLICAS"


class Sender:
    """Words batches for a server, and finds its answers in the replies."""

    def __init__(
        self,
        backend: Backend,
        *,
        today: Callable[[], Day],
        grown: Callable[[Sequence[str]], None],
        capacity: Capacity,
        outage: OutageLog,
    ) -> None:
        """Prepare.

        Args:
            backend: Carries commands to the server.
            today: Returns the day that hits are counted under.
            grown: Told which pages are to be indexed.
            capacity: Told what was written.
            outage: Told whether the server answers.
        """
        self._backend = backend
        self._today = today
        self._grown = grown
        self._capacity = capacity
        self._outage = outage

    async def send(self, operations: Sequence[Operation]) -> Sequence[Result]:
        """Send some operations once, and return a result each.

        Raises:
            CounterUnavailable: Nobody knows what has become of any of them.
        """
        batch = Batch(operations, self._today())
        try:
            replies = await self._backend.execute(batch.commands, batch.expected)
            results = batch.results(replies)
        except CounterUnavailable as ex:
            self._outage.failed(str(ex))
            if ex.ends_connection:
                await self._backend.close()
            raise
        self._outage.answered()
        for reply in replies:
            if isinstance(reply, Exception):
                await self._refused(reply)
        if batch.grown:
            self._grown(batch.grown)
        self._capacity.written(batch.new)
        return results

    async def _refused(self, reply: Exception) -> None:
        if isinstance(reply, CounterUnavailable):  # only some know no outcome
            self._outage.failed(str(reply))
            self._backend.doubt()
            return
        self._outage.refused(str(reply))
        if str(reply).startswith(_MOVED_ON):
            await self._backend.close()  # the next batch finds the new primary
        elif str(reply).startswith(_LONELY):
            self._backend.doubt()
