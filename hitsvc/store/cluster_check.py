"""What the nodes of a cluster say of themselves, put together."""

import asyncio
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from hitsvc.counting import SLOTS, spell
from hitsvc.errors import CounterUnavailable
from hitsvc.store.check import StoreCheck
from hitsvc.store.cluster import Cluster
from hitsvc.store.copies import ASKED, QUESTIONS, copy_warnings
from hitsvc.store.description import StoreReport, describe, fields_of
from hitsvc.store.node import Node
from hitsvc.store.stuck import stuck

_INFO = spell("INFO")
_COVERAGE = "cluster-require-full-coverage"
_STATE = spell("CLUSTER", "INFO")
_ASK_COVERAGE = spell("CONFIG", "GET", _COVERAGE)
_STOPS = (
    "when one primary is lost, the pages of all others cannot be counted either "
    f"({_COVERAGE} yes); set it to no"
)
_FAILS = "the cluster is down (cluster_state fail); look at its nodes and their logs"


@dataclass(slots=True)
class _Said:
    """What a node has said.

    Attributes:
        report: Of itself.
        info: What it has said.
        unseen: What it does not let us see.
        failure: Why it has said nothing.
    """

    report: StoreReport = field(default_factory=lambda: StoreReport(""))
    info: Mapping[str, str] = field(default_factory=dict)
    unseen: str = ""
    failure: str = ""
    warnings: list[str] = field(default_factory=list)


class ClusterCheck(StoreCheck):
    """Asks every node of a cluster, over connections of its own."""

    def __init__(
        self,
        cluster: Cluster,
        clock: Callable[[], float] = time.monotonic,
        *,
        acknowledge: str = "primary",
    ) -> None:
        """Prepare; nothing is asked yet.

        Args:
            cluster: Carries the questions, and is closed with this object.
            clock: Returns seconds that never go back.
            acknowledge: ``replica``: look at what makes that true, too.
        """
        super().__init__(cluster, clock, in_cluster=True, acknowledge=acknowledge)
        self._cluster = cluster
        # Nodes that do not let us see, and need not write that into their log again.
        self._closed: dict[Node, Exception] = {}
        self._copies: dict[Node, Sequence[Any]] = {}

    async def report(self) -> StoreReport:
        """Ask now; see `StoreCheck.report`."""
        await self._cluster.topology.look()
        copies = self._cluster.topology.copies
        nodes = [*copies, *(node for group in copies.values() for node in group)]
        said = dict(
            zip(nodes, await asyncio.gather(*map(self._examine, nodes)), strict=True)
        )
        silent = [said[node].failure for node in copies if said[node].failure]
        if len(silent) == len(copies):
            raise CounterUnavailable("; ".join(silent) or "no node has a slot")
        found = [
            f"{node.name} has no replica: if its machine is lost, so are its pages"
            for node, group in copies.items()
            if not group
        ]
        found += await stuck({node: answer.info for node, answer in said.items()})
        if missing := self._cluster.topology.unserved:
            found.append(f"{missing:,} of the cluster's {SLOTS:,} slots have no node")
        return _joined(said, len(copies), found)

    async def info(self, node: str = "") -> Mapping[str, str]:
        """Return what a node says of itself; see `StoreCheck.info`."""
        for again in (False, True):
            for found in await self._primaries(again=again):
                if found.name == node:
                    return await _info(found)
        return {}

    async def infos(self) -> Mapping[str, Mapping[str, str]]:
        """Return this of each primary that answers."""
        nodes = await self._primaries(again=True)
        replies = await asyncio.gather(*map(_info, nodes), return_exceptions=True)
        return {
            node.name: reply
            for node, reply in zip(nodes, replies, strict=True)
            if isinstance(reply, Mapping)
        }

    async def _primaries(self, *, again: bool) -> Sequence[Node]:
        topology = self._cluster.topology
        if again or not topology.in_use:
            await topology.look()
        return topology.in_use

    async def _examine(self, node: Node) -> _Said:
        try:
            info, state = await node.execute(_INFO + _STATE, 2)
            coverage = self._closed.get(node)
            if coverage is None:
                (coverage,) = await node.execute(_ASK_COVERAGE, 1)
            if self._is_copied and node not in self._copies:
                self._copies[node] = await node.execute(QUESTIONS, ASKED)
        except CounterUnavailable as ex:
            return _Said(failure=str(ex))
        if isinstance(coverage, Exception):
            self._closed[node] = coverage
        said = _judged(info, state, coverage)
        if self._is_copied and said.info:
            said.warnings += copy_warnings(said.info, self._copies[node])
        return said


async def _info(node: Node) -> Mapping[str, str]:
    (reply,) = await node.execute(_INFO, 1)
    return {} if isinstance(reply, Exception) else fields_of(reply)


def _judged(info: Any, state: Any, coverage: Any) -> _Said:
    if isinstance(info, Exception):
        said = _Said(unseen=f"INFO: {info}")
    else:
        fields = fields_of(info)
        said = _Said(describe(fields, in_cluster=True), fields)
        said.warnings += said.report.warnings
    if isinstance(state, Exception):
        said.unseen = f"CLUSTER INFO: {state}"
    elif fields_of(state).get("cluster_state") == "fail":
        said.warnings.append(_FAILS)
    if isinstance(coverage, Exception):
        said.unseen = f"CONFIG GET {_COVERAGE}: {coverage}"
    elif b"yes" in coverage:
        said.warnings.append(_STOPS)
    return said


def _joined(
    said: Mapping[Node, _Said], primaries: int, found: Sequence[str]
) -> StoreReport:
    """Make one report of all; what several nodes say is said once, with their names."""
    answers = {node.name: answer for node, answer in said.items()}
    warnings: dict[str, list[str]] = {}
    for name, answer in answers.items():
        for text in answer.warnings:
            warnings.setdefault(text, []).append(name)
    unseen = dict.fromkeys(a.unseen for a in answers.values() if a.unseen)
    names = dict.fromkeys(a.report.name for a in answers.values() if a.report.name)
    unfit = {n: a.report.unfit for n, a in answers.items() if a.report.unfit}
    name = " and ".join(names) or "a store that does not describe itself"
    copies = len(answers) - primaries
    return StoreReport(
        f"{name}, cluster of {_some(primaries, 'primary', 'primaries')} and "
        f"{_some(copies, 'replica', 'replicas')}",
        (
            *found,
            *(a.failure for a in answers.values() if a.failure),
            *(f"{text} ({_where(at, answers)})" for text, at in warnings.items()),
        ),
        unfit="; ".join(f"{text} ({n})" for n, text in unfit.items()),
        note=f"what the nodes do not let us see: {'; '.join(unseen)}" if unseen else "",
    )


def _some(number: int, one: str, more: str) -> str:
    return f"{number} {one if number == 1 else more}"


def _where(names: Sequence[str], everybody: Iterable[str]) -> str:
    if len(names) == len(list(everybody)):
        return "all nodes"
    return ", ".join(names)
