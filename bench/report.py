"""The report: results as Markdown tables."""

from collections.abc import Iterable, Iterator

from bench.contenders import CONTENDERS, PRODUCT
from bench.results import SERVER_US, Results
from bench.scenarios import HOT, SCENARIOS, Scenario
from bench.targets import MAX_ROUND_TRIPS_A_HIT, TARGETS

_RATIOS_HEAD = (
    "ratio of medians",
    "at least",
    "at most",
    "aim",
    "measured",
    "rounds",
    "",
)
_SCENARIO_HEAD = (
    "",
    "requests/s",
    "range",
    "p50 ms",
    "p99 ms",
    "server µs",
    "ratio",
    "rounds",
)
_COSTS_HEAD = (
    "a hit, hot URL",
    "commands",
    "round trips",
    "store µs",
    "bytes to store",
    "bytes from store",
    "worker MB",
)


def render(results: Results) -> str:
    """Write the whole report."""
    parts = ["# Benchmark", *_ratios(results)]
    for scenario in SCENARIOS.values():
        parts += _scenario(results, scenario)
    parts += _costs(results)
    parts += _facts(results)
    parts += [f"Skipped {name}: {why}." for name, why in results.skipped.items()]
    parts += [f"WRONG: {problem}" for problem in results.problems()]
    return "\n\n".join(parts) + "\n"


def _ratios(results: Results) -> Iterator[str]:
    rows = []
    for target in TARGETS:
        first = SCENARIOS[target.scenario].entries[0].label
        over = (first, target.over)
        ratio = results.ratio(target.scenario, over, target.metric)
        if ratio is None:
            continue
        more_is_better = target.metric == "rate"
        good = ratio >= target.limit if more_is_better else ratio <= target.limit
        rows.append(
            (
                target.title,
                f"{target.limit:g}" if more_is_better else "",
                "" if more_is_better else f"{target.limit:g}",
                f"{target.aim:g}" if target.aim else "",
                f"{ratio:.2f}",
                _range(results.ratios(target.scenario, over, target.metric)),
                "yes" if good else "NO",
            )
        )
    trips = results.per_hit(HOT.name, PRODUCT, "reads")
    if trips is not None:
        good = trips <= MAX_ROUND_TRIPS_A_HIT
        limit = f"{MAX_ROUND_TRIPS_A_HIT:g}"
        name = "store round trips a hit, 64 connections"
        rows.append((name, "", limit, "", f"{trips:.3f}", "", "yes" if good else "NO"))
    if rows:
        yield _table(_RATIOS_HEAD, rows)


def _scenario(results: Results, scenario: Scenario) -> Iterator[str]:
    rows = []
    first = scenario.entries[0].label
    for entry in scenario.entries:
        good = results.of(scenario.name, entry.label)
        rates = [m.outcome.rate for m in good if m.outcome]
        if not rates:
            continue
        over = (first, entry.label)

        def median(metric: str, label: str = entry.label) -> float:
            return results.median(scenario.name, label, metric) or 0

        title = (
            CONTENDERS[entry.label].title if entry.label in CONTENDERS else entry.label
        )
        ratio = results.ratio(scenario.name, over, "rate")
        ratios = results.ratios(scenario.name, over, "rate")
        rows.append(
            (
                title,
                f"{median('rate'):,.0f}",
                f"{min(rates):,.0f} to {max(rates):,.0f}",
                f"{median('p50_us') / 1000:.2f}",
                f"{median('p99_us') / 1000:.2f}",
                f"{median(SERVER_US):.1f}",
                f"{ratio:.2f}" if ratio and entry.label != first else "",
                _range(ratios) if entry.label != first else "",
            )
        )
    if rows:
        yield f"## {scenario.title}"
        yield _table(_SCENARIO_HEAD, rows)
    lags = [
        m.outcome.lag_p99_us
        for m in results.rounds
        if m.scenario == scenario.name and m.outcome and m.outcome.lag_p99_us
    ]
    if lags:
        yield f"The generator itself was late by {max(lags) / 1000:.2f} ms at most (p99)."
    pings = {
        m.label: m.ping_ms
        for m in results.rounds
        if m.scenario == scenario.name and m.ping_ms
    }
    if pings:
        seen = ", ".join(f"{label}: {ms:.2f} ms" for label, ms in pings.items())
        yield f"A PING took: {seen}."


def _costs(results: Results) -> Iterator[str]:
    rows = []
    for entry in HOT.entries:
        contender = CONTENDERS[entry.contender]
        commands = results.per_hit(HOT.name, entry.label, "commands")
        if commands is None or not contender.counts or contender.sqlite:
            continue

        def cost(what: str, label: str = entry.label) -> float:
            return results.per_hit(HOT.name, label, what) or 0

        good = results.of(HOT.name, entry.label)
        rows.append(
            (
                contender.title,
                f"{commands:.2f}",
                f"{cost('reads'):.3f}",
                f"{cost('cpu_s') * 1e6:.1f}",
                f"{cost('bytes_in'):.0f}",
                f"{cost('bytes_out'):.0f}",
                f"{max(m.rss_bytes for m in good) / 1e6:.1f}",
            )
        )
    if rows:
        yield "## Costs of a hit"
        yield _table(_COSTS_HEAD, rows)


def _facts(results: Results) -> Iterator[str]:
    if results.facts:
        yield "## Memory"
        rows = [
            (name, f"{value:,.3g}" if value < 1000 else f"{value:,.0f}")
            for name, value in results.facts.items()
        ]
        yield _table(("", "bytes"), rows)


def _range(values: list[float]) -> str:
    return f"{min(values):.2f} to {max(values):.2f}" if values else ""


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [head, ("---", *("---:" for _ in head[1:])), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
