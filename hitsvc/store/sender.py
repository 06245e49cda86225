"""Sending batches of operations to one server, and telling what becomes of them."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from hitsvc.counting import (
    Batch,
    Capacity,
    Day,
    Operation,
    OutageLog,
    Outcome,
    Result,
    when,
)
from hitsvc.errors import CounterUnavailable
from hitsvc.store.backend import Backend

# After a failover the old primary is a read-only replica at the same connection.
_MOVED_ON = "READONLY"
# A primary without replicas may be one that they have left for another.
_LONELY = "NOREPLICAS"
# The types of all other replies to what a batch asks.
_NO_REFUSALS = frozenset([int, bytes, list, str, bool, type(None)])


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

    def send(self, operations: Sequence[Operation]) -> Outcome[Sequence[Result]]:
        """Send some operations once; there will be a result each.

        Or `CounterUnavailable`: nobody knows what has become of any of them.
        """
        sent: Outcome[Sequence[Result]] = Outcome()
        batch = Batch(operations, self._today())
        coming = self._backend.execute(batch.commands, batch.expected)
        when(coming, partial(self._answered, batch, sent))
        return sent

    def _answered(
        self, batch: Batch, sent: Outcome[Sequence[Result]], coming: Any
    ) -> None:
        """Tell what the replies mean, or why there are none."""
        try:
            replies = coming.result()
            results = batch.results(replies)
        except CounterUnavailable as ex:
            self._outage.failed(str(ex))
            if ex.ends_connection:
                when(self._end(ex), sent.settle)
            else:
                sent.set_exception(ex)
            return
        except BaseException as ex:  # whoever waits handles it
            sent.set_exception(ex)
            return
        self._outage.answered()
        if batch.grown:
            self._grown(batch.grown)
        self._capacity.written(batch.new)
        # PERF: no loop of ours over replies, of which nearly all are none.
        if _NO_REFUSALS.issuperset(map(type, replies)):
            sent.set_result(results)
        else:
            when(self._heed(replies, results), sent.settle)

    async def _end(self, error: CounterUnavailable) -> Sequence[Result]:
        """Believe nothing more that comes by this connection."""
        await self._backend.close()
        raise error

    async def _heed(
        self, replies: Sequence[Any], results: Sequence[Result]
    ) -> Sequence[Result]:
        """Draw conclusions from refusals."""
        for reply in replies:
            if isinstance(reply, Exception):
                await self._refused(reply)
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
