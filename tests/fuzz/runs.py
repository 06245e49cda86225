"""Runs a fuzzer for a time, within a memory, and says what it did."""

import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

MEMORY_MB = 1024
ONE_INPUT_S = 10
MOST_BYTES = 4096
# Importing, reading the seeds, and ending.
_MORE_S = 120
_EXECUTIONS = re.compile(r"^stat::number_of_executed_units:\s*(\d+)$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Run:
    """What a fuzzer has done.

    Attributes:
        name: The fuzzer.
        executions: How many inputs it tried.
        corpus: How many of them reached something new, in this run and before.
        findings: Files with inputs that break a promise, take too long or too much.
        failed: It found something, or did not run.
        output: What it wrote.
    """

    name: str
    executions: int
    corpus: int
    findings: tuple[Path, ...]
    failed: bool
    output: str


def command(name: str) -> list[str]:
    """Return what starts a fuzzer; a directory and libFuzzer's options follow."""
    return [sys.executable, "-m", "tests.fuzz.child", name]


def run(name: str, start: list[str], seeds: Path, directory: Path, seconds: int) -> Run:
    """Run a fuzzer.

    Args:
        name: The fuzzer.
        start: What starts it.
        seeds: What it begins with.
        directory: Where it keeps what it learns, and what it finds.
        seconds: For how long.
    """
    learned, found = directory / name, directory / "findings" / name
    learned.mkdir(parents=True, exist_ok=True)
    found.mkdir(parents=True, exist_ok=True)
    before = set(found.iterdir())
    options = [
        f"-max_total_time={seconds}",
        f"-timeout={ONE_INPUT_S}",
        f"-rss_limit_mb={MEMORY_MB}",
        f"-max_len={MOST_BYTES}",
        f"-artifact_prefix={found}/",
        "-print_final_stats=1",
    ]
    try:
        done = subprocess.run(  # noqa: S603 - our own program
            [*start, str(found), *options, str(learned), str(seeds)],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=seconds + _MORE_S,
            check=False,
        )
        failed, said = done.returncode != 0, done.stdout
    except subprocess.TimeoutExpired as ex:
        failed, said = True, (ex.stdout or b"") + b"\nit did not end\n"
    output = said.decode(errors="replace")
    executed = _EXECUTIONS.search(output)
    return Run(
        name,
        int(executed[1]) if executed else 0,
        len(list(learned.iterdir())),
        tuple(sorted(set(found.iterdir()) - before)),
        failed,
        output,
    )
