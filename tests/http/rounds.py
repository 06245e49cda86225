"""Plays all cases by a way, several at a time, and says of each what came of it."""

import itertools
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from queue import SimpleQueue

from tests.faults.targets import DIRECT, NO_LIMITS
from tests.http import judge
from tests.http.case import Case, Verdict
from tests.http.cases import CASES
from tests.http.known import BEHIND, DEVIATIONS, KNOWN
from tests.http.runner import PATIENCE_S, Played, Runner
from tests.support.proxies import PROXIES
from tests.support.service import PATIENT, Service

# What fails need not be waited for; and what a proxy does not refuse at once it may wait for.
_HASTY_S = 1.0
# PERF: most of the time nothing happens: one at a time, a proxy takes 5 times as long.
_AT_ONCE = 6

Others = Callable[[], bool]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a case.

    Attributes:
        case: The case.
        found: What is wrong; nothing if all is right.
        reason: Why it is known to be otherwise than the RFCs say; empty if it is not.
        spares_others: Whoever came next was answered for himself.
    """

    case: Case
    found: list[str]
    reason: str
    spares_others: bool

    @property
    def holds(self) -> bool:
        """Tell whether all is as the RFCs say."""
        return not self.found and self.spares_others


@dataclass(frozen=True, slots=True)
class Way:
    """A way to the service: direct, or the name of a proxy.

    Attributes:
        name: Its name.
        url: Where it begins.
        service_url: Where the service itself is.
        numbers: Tell pages apart, of all ways to that service.
    """

    name: str
    url: str
    service_url: str
    numbers: Iterator[int]

    def play(self, names: Iterable[str]) -> Mapping[str, Outcome]:
        """Play cases; each by a connection of its own, so that their order is nobody's.

        Args:
            names: Those of the cases.
        """
        runners: SimpleQueue[Runner] = SimpleQueue()
        for _ in range(_AT_ONCE):
            runners.put(Runner(self.url, self.service_url, self.numbers))

        def play(name: str) -> tuple[str, Outcome]:
            runner = runners.get()
            try:
                return name, self._outcome(name, runner)
            finally:
                runners.put(runner)

        with ThreadPoolExecutor(_AT_ONCE) as pool:
            outcomes = dict(pool.map(play, names))
        while not runners.empty():
            runners.get().close()
        return outcomes

    def _outcome(self, name: str, runner: Runner) -> Outcome:
        case, reason = CASES[name], self._reason(name)
        played = runner.play(case, self._patience_s(case, reason))
        return Outcome(case, self._judge(case, played), reason, runner.answers_others())

    def _judge(self, case: Case, played: Played) -> list[str]:
        return (judge.direct if self.name == DIRECT else judge.behind)(case, played)

    def _reason(self, name: str) -> str:
        ours = KNOWN.get(name) or DEVIATIONS.get(name, "")
        return BEHIND.get(self.name, {}).get(name) or ours

    def _patience_s(self, case: Case, reason: str) -> float:
        if reason or (self.name != DIRECT and case.verdict is not Verdict.TAKEN):
            return _HASTY_S
        return PATIENCE_S


@contextmanager
def service(directory: Path) -> Iterator[Service]:
    """Run the service that cases are played against, in an empty directory."""
    with Service(directory, env=PATIENT | NO_LIMITS) as running:
        yield running


@contextmanager
def way(
    name: str, running: Service, directory: Path, numbers: Iterator[int]
) -> Iterator[Way]:
    """Run what stands before the service, if something does.

    Args:
        name: ``direct``, or a proxy.
        running: The service.
        directory: An empty one for the proxy.
        numbers: See `Way`.
    """
    if name == DIRECT:
        yield Way(name, running.url, running.url, numbers)
        return
    with PROXIES[name](directory, running.url) as proxy:
        yield Way(name, proxy.url, running.url, numbers)


def numbering() -> Iterator[int]:
    """Return what tells pages apart."""
    return itertools.count(1)
