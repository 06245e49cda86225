"""What was measured, and the medians and ratios of it."""

from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, field
from statistics import median
from typing import Any

from bench.store import Usage
from bench.wrk_load import Outcome

# A contender's own CPU time for a request, without the store's, in microseconds.
SERVER_US = "server_us"


@dataclass(frozen=True, slots=True)
class Measurement:
    """One round of one entry.

    Attributes:
        scenario: The scenario's name.
        label: The entry's label.
        number: Of the round, from 0.
        outcome: What the load generator saw; None if it did not come to that.
        warm_up: The same of the seconds before.
        stored: What both raised the totals by; None where there are none.
        usage: What the store did meanwhile.
        rss_bytes: Resident memory of the worker afterwards.
        server_cpu_s: Seconds of CPU that the contender took, without the store.
        ping_ms: Median round trip to the store, where there is a proxy.
        problem: Why the round does not count; empty if it does.
    """

    scenario: str
    label: str
    number: int
    outcome: Outcome | None = None
    warm_up: Outcome | None = None
    stored: int | None = None
    usage: Usage | None = None
    rss_bytes: int = 0
    server_cpu_s: float = 0.0
    ping_ms: float | None = None
    problem: str = ""


@dataclass(slots=True)
class Results:
    """All rounds of a run.

    Attributes:
        rounds: What was measured, in order.
        skipped: Contenders left out, and why.
        facts: What the memory runs found, by title.
    """

    rounds: list[Measurement] = field(default_factory=list)
    skipped: dict[str, str] = field(default_factory=dict)
    facts: dict[str, float] = field(default_factory=dict)

    def of(self, scenario: str, label: str) -> list[Measurement]:
        """Return the good rounds of an entry."""
        return [
            m
            for m in self.rounds
            if (m.scenario, m.label) == (scenario, label) and not m.problem
        ]

    def problems(self) -> list[str]:
        """List what went wrong."""
        return [
            f"{m.scenario}, {m.label}, round {m.number + 1}: {m.problem}"
            for m in self.rounds
            if m.problem
        ]

    def median(self, scenario: str, label: str, metric: str) -> float | None:
        """Return an entry's median of an attribute of `Outcome`, or of `SERVER_US`."""
        return _median(value for _, value in self._values(scenario, label, metric))

    def ratio(self, scenario: str, over: tuple[str, str], metric: str) -> float | None:
        """Divide the medians of two entries."""
        top, bottom = (self.median(scenario, label, metric) for label in over)
        return top / bottom if top is not None and bottom else None

    def ratios(self, scenario: str, over: tuple[str, str], metric: str) -> list[float]:
        """Divide two entries round by round: how far the ratio of medians can be off."""
        top, bottom = (dict(self._values(scenario, label, metric)) for label in over)
        return [top[n] / bottom[n] for n in sorted(top) if bottom.get(n)]

    def per_hit(self, scenario: str, label: str, what: str) -> float | None:
        """Return the median of an attribute of `Usage`, for each request."""
        return _median(
            getattr(m.usage, what) / m.outcome.requests
            for m in self.of(scenario, label)
            if m.usage and m.outcome
        )

    def as_json(self, machine: dict[str, object]) -> dict[str, Any]:
        """Return everything, for a file."""
        return {"machine": machine, **asdict(self)}

    def _values(
        self, scenario: str, label: str, metric: str
    ) -> Iterator[tuple[int, float]]:
        for m in self.of(scenario, label):
            if m.outcome and metric == SERVER_US:
                yield m.number, m.server_cpu_s / m.outcome.requests * 1e6
            elif m.outcome:
                yield m.number, getattr(m.outcome, metric)


def _median(values: Iterable[float]) -> float | None:
    found = list(values)
    return median(found) if found else None
