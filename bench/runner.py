"""Runs scenarios: rounds of all entries in turn, each checked."""

import subprocess
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from redis import RedisError

from bench import draws, openloop, pages, wrk_load
from bench.contenders import CONTENDERS, PRODUCT, Contender, running, sqlite_total
from bench.delay_proxy import round_trip_ms, running_proxy
from bench.machine import Cores
from bench.probe import Probe, WrongAnswerError
from bench.processes import Server, StartError
from bench.results import Measurement, Results
from bench.scenarios import HOT, Entry, Scenario
from bench.store import ClusterStore, Store, running_cluster, running_store
from bench.wrk_load import Outcome

_WARM_UP_S = 1
# A delay is believed within these. More than was asked for, which a busy machine adds,
# is to nobody's advantage.
_TOO_SHORT_MS, _TOO_LONG_MS = 0.1, 1.0
_DELAY_CHECKS = 5
_SHIFT = 65_537  # lines of the list of draws, from one run to the next


@dataclass(frozen=True, slots=True)
class Rig:
    """What all rounds share.

    Attributes:
        cores: Where processes run.
        directory: A place on a disk for everything, which is new and ours.
        hello_worker: See `bench.contenders.Setting`.
        say: Takes progress, in a line.
    """

    cores: Cores
    directory: Path
    hello_worker: str
    say: Callable[[str], None]


class Runner:
    """Measures scenarios one after another."""

    def __init__(self, rig: Rig, results: Results) -> None:
        """Take the place to work in, and the place for the results."""
        self._rig = rig
        self._results = results
        self._places = 0

    def run(self, scenario: Scenario) -> None:
        """Run all rounds of a scenario, the entries in a different order each time."""
        entries = [
            e for e in scenario.entries if e.contender not in self._results.skipped
        ]
        with ExitStack() as stack:
            kinds = {(e.existing, e.history) for e in entries if e.existing}
            shared = {kind: self._filled_store(stack, *kind) for kind in sorted(kinds)}
            for number in range(scenario.rounds):
                turn = number % len(entries) if entries else 0
                for entry in entries[turn:] + entries[:turn]:
                    store = shared.get((entry.existing, entry.history))
                    self._results.rounds.append(
                        self._measure(scenario, entry, number, store)
                    )

    def _measure(
        self, scenario: Scenario, entry: Entry, number: int, shared: Store | None
    ) -> Measurement:
        try:
            measured = self._round(scenario, entry, number, shared)
        except (
            OSError,
            RedisError,
            StartError,
            WrongAnswerError,
            subprocess.SubprocessError,
        ) as ex:
            problem = f"{type(ex).__name__}: {ex}"
            measured = Measurement(scenario.name, entry.label, number, problem=problem)
        rate = f"{measured.outcome.rate:10,.0f}/s" if measured.outcome else "-"
        self._rig.say(
            f"{scenario.name:10} {number + 1}/{scenario.rounds} {entry.label:32} {rate}"
            + (f"  WRONG: {measured.problem}" if measured.problem else "")
        )
        return measured

    def _round(
        self, scenario: Scenario, entry: Entry, number: int, shared: Store | None
    ) -> Measurement:
        contender = CONTENDERS[entry.contender]
        rate = self._half_rate(scenario) if scenario.half_rate else None
        with ExitStack() as stack:
            store = shared or stack.enter_context(self._new_store(entry))
            store_port, ping_ms = store.port, None
            if entry.delay_ms is not None:
                store_port, ping_ms = stack.enter_context(
                    self._distance(store.port, entry.delay_ms)
                )
            place = self._place()
            server = stack.enter_context(
                running(
                    contender,
                    store_port,
                    place,
                    self._rig.cores.server,
                    store_url=store.url if entry.cluster else "",
                    hello_worker=self._rig.hello_worker,
                )
            )
            run = _Run(self._rig, scenario, entry, contender, store, server, place)
            return replace(run.measure(number, rate), ping_ms=ping_ms)

    def _new_store(self, entry: Entry) -> AbstractContextManager[Store | ClusterStore]:
        cores = self._rig.cores.load
        if entry.cluster:
            return running_cluster(cores)
        return running_store(self._place(), cores, entry.appendfsync)

    def _half_rate(self, scenario: Scenario) -> float:
        saturated = self._results.median(HOT.name, PRODUCT, "rate")
        if saturated is None:
            trial = replace(HOT, entries=(Entry(PRODUCT),), rounds=1, seconds=2)
            self.run(trial)
            saturated = self._results.median(HOT.name, PRODUCT, "rate")
        if saturated is None:
            msg = f"{scenario.name} needs the product's rate, which is not known"
            raise StartError(msg)
        return saturated / 2

    @contextmanager
    def _distance(
        self, store_port: int, delay_ms: float
    ) -> Iterator[tuple[int, float]]:
        log = self._rig.directory / "proxy.log"
        with running_proxy(store_port, delay_ms, log, self._rig.cores.load) as port:
            for _ in range(_DELAY_CHECKS):
                direct_ms, ping_ms = round_trip_ms(store_port), round_trip_ms(port)
                extra_ms = ping_ms - direct_ms
                if -_TOO_SHORT_MS < extra_ms - delay_ms < _TOO_LONG_MS:
                    break
            else:
                msg = f"the proxy delays by {extra_ms:.2f} ms, not {delay_ms}"
                raise StartError(msg)
            yield port, ping_ms

    def _filled_store(self, stack: ExitStack, size: int, history: bool) -> Store:
        years = " for years" if history else ""
        self._rig.say(f"making {size:,} URLs exist{years}")
        store = stack.enter_context(running_store(self._place(), self._rig.cores.load))
        store.fill(size, days=history)
        return store

    def _place(self) -> Path:
        self._places += 1
        return self._rig.directory / f"{self._places:04d}"


@dataclass(frozen=True, slots=True)
class _Run:
    """One round, with everything running."""

    rig: Rig
    scenario: Scenario
    entry: Entry
    contender: Contender
    store: Store | ClusterStore
    server: Server
    place: Path

    def measure(self, number: int, rate: float | None) -> Measurement:
        """Probe, warm up, load, and compare what was answered with what is stored."""
        cookie = None
        if self.contender.counts:
            probe = Probe(self.server.port)
            probe.check()
            _, first_cookie = probe.hit(pages.HOT)
            cookie = first_cookie if self.scenario.returning else None
        drawn = self._draws()
        stored_before = self._total()
        warm_up = self._wrk(cookie, drawn, _WARM_UP_S, number * _SHIFT)
        used_before, cpu_before = self.store.usage(), self.server.cpu_s()
        if rate is None:
            shift = number * _SHIFT + _SHIFT // 2
            outcome = self._wrk(cookie, drawn, self.scenario.seconds, shift)
        else:
            outcome = openloop.run(
                self.server.port,
                self._target(),
                rate=rate,
                connections=self.scenario.connections,
                seconds=self.scenario.seconds,
                cores=self.rig.cores.load,
            )
        cpu_s = self.server.cpu_s() - cpu_before
        usage = self.store.usage().since(used_before)
        stored = self._total() - stored_before if self.contender.counts else None
        return Measurement(
            self.scenario.name,
            self.entry.label,
            number,
            outcome,
            warm_up,
            stored,
            usage,
            self.server.worker_rss(),
            cpu_s,
            problem=self._problem((warm_up, outcome), stored),
        )

    def _wrk(
        self, cookie: str | None, drawn: Path | None, seconds: float, first: int
    ) -> Outcome:
        path = self._path if drawn else self._target()
        cookies = {"Cookie": cookie} if cookie else {}
        return wrk_load.run(
            f"http://127.0.0.1:{self.server.port}{path}",
            connections=self.scenario.connections,
            seconds=seconds,
            cores=self.rig.cores.load,
            method=self.entry.method,
            headers=dict(self.entry.headers) | cookies,
            draws=drawn,
            first=first,
        )

    @property
    def _path(self) -> str:
        return self.entry.path or self.scenario.path

    def _target(self) -> str:
        return self._path + pages.query(pages.HOT)

    def _draws(self) -> Path | None:
        path = self.rig.directory / f"{self.entry.pages}.draws"
        if not path.exists():
            draws.write(self.entry.pages, path)
        return path if path.stat().st_size else None

    def _total(self) -> int:
        if not self.contender.counts:
            return 0
        if self.contender.sqlite:
            return sqlite_total(self.place)
        if self.entry.existing:
            # Too many to add up in each round, so only those that are visited.
            visited = sorted(set(draws.numbers(self.entry.pages)))
            return self.store.settled_total([pages.page(n) for n in visited])
        return self.store.settled_total()

    def _problem(self, outcomes: tuple[Outcome, ...], stored: int | None) -> str:
        wrong = sum(outcome.status_errors for outcome in outcomes)
        failed = sum(outcome.socket_errors for outcome in outcomes)
        if wrong or failed:
            return f"{wrong} answers were not 2xx, {failed} connections failed"
        if not outcomes[-1].requests:
            return "nothing was answered"
        if stored is None:
            return ""
        least = most = 0
        if self.scenario.counts:
            least = sum(outcome.requests for outcome in outcomes)
            # When wrk's time is up, each connection may have a hit in flight: nobody
            # sees its answer, but it is counted.
            most = least + self.scenario.connections * len(outcomes)
        if not least <= stored <= most:
            return f"{least} hits were answered, and {stored} are stored"
        return ""
