"""The command line: ``python -m bench``."""

import json
import os
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import click

from bench.contenders import CONTENDERS, PRODUCT
from bench.machine import choose_cores, describe, disk_directory
from bench.memory import measure_memory
from bench.processes import StartError
from bench.report import render
from bench.results import Results
from bench.runner import Rig, Runner
from bench.scenarios import HOT, SCENARIOS, Scenario

_MEMORY = "memory"
_QUICK_ROUNDS, _QUICK_SECONDS = 3, 2
_RESULTS = Path(__file__).parent / "results"


@click.command()
@click.option("--quick", is_flag=True, help="The hot URL only, in short rounds.")
@click.option(
    "--scenario",
    "scenarios",
    multiple=True,
    type=click.Choice([*SCENARIOS, _MEMORY]),
    help="Only this one; may be repeated.",
)
@click.option(
    "--contender",
    "contenders",
    multiple=True,
    type=click.Choice(list(CONTENDERS)),
    help="Only this one; may be repeated.",
)
@click.option("--rounds", type=click.IntRange(1), help="Rounds of each scenario.")
@click.option("--seconds", type=click.IntRange(1, 30), help="Seconds of each round.")
@click.option(
    "--json",
    "json_path",
    type=click.Path(dir_okay=False),
    help="Where to write everything; else below bench/results/.",
)
@click.option(
    "--hello-worker", default="", help="gunicorn's worker class for hello world."
)
def main(
    *,
    quick: bool,
    scenarios: tuple[str, ...],
    contenders: tuple[str, ...],
    rounds: int | None,
    seconds: int | None,
    json_path: str | None,
    hello_worker: str,
) -> None:
    """Measure hitsvc against other ways to count hits, and print ratios."""
    if not sys.platform.startswith("linux"):
        msg = "the benchmark pins processes to cores and reads /proc: Linux only"
        raise click.ClickException(msg)
    if shutil.which("wrk") is None:
        msg = "wrk is not installed, and it makes the load"
        raise click.ClickException(msg)
    if quick:
        scenarios = scenarios or (HOT.name,)
        rounds, seconds = rounds or _QUICK_ROUNDS, seconds or _QUICK_SECONDS
    names = scenarios or (*SCENARIOS, _MEMORY)
    results = Results(skipped=_skipped(contenders))
    chosen = [
        replace(s, rounds=rounds or s.rounds, seconds=seconds or s.seconds)
        for s in SCENARIOS.values()
        if s.name in names
    ]
    # Stop what runs in order, also when told to end.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    start, machine = time.monotonic(), describe()
    machine["started"] = datetime.now(UTC).isoformat(timespec="seconds")
    try:
        _run(chosen, results, hello_worker, memory=_MEMORY in names)
    except KeyboardInterrupt:
        click.echo("Interrupted; this is what there is.", err=True)
    machine["seconds"] = round(time.monotonic() - start)
    click.echo(render(results))
    named = f"{datetime.now(UTC):%Y%m%d-%H%M%S}.json"
    path = Path(json_path) if json_path else _RESULTS / named
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(results.as_json(machine), indent=1))
    click.echo(f"{machine['seconds']} s; everything is in {os.path.relpath(path)}.")
    if results.problems():
        sys.exit(1)


def _skipped(only: Iterable[str]) -> dict[str, str]:
    wanted = set(only) or set(CONTENDERS)
    reasons = {
        name: "not asked for" if name not in wanted else contender.missing()
        for name, contender in CONTENDERS.items()
    }
    return {name: why for name, why in reasons.items() if why}


def _run(
    chosen: list[Scenario], results: Results, hello_worker: str, *, memory: bool
) -> None:
    cores = choose_cores()
    if not cores.server:
        click.echo("One core only: server and load share it.", err=True)
    with tempfile.TemporaryDirectory(
        prefix="bench-", dir=disk_directory()
    ) as directory:
        rig = Rig(cores, Path(directory), hello_worker, _say)
        runner = Runner(rig, results)
        for scenario in chosen:
            runner.run(scenario)
        if memory and PRODUCT not in results.skipped:
            try:
                measure_memory(rig, results)
            except StartError as ex:
                click.echo(f"No memory figures: {ex}", err=True)


def _say(line: str) -> None:
    click.echo(line, err=True)


if __name__ == "__main__":
    main()
