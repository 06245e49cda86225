"""What rounds led to, as a table and as JSON."""

from dataclasses import asdict
from typing import Any

from tests.faults.ledger import Outcome
from tests.faults.rounds import Run

_COLUMNS = (
    "rounds",
    "attempted",
    "acknowledged",
    "refused",
    "stored",
    "lost",
    "doubled",
    "invented",
    "apart",
)


def table(mode: str, run: Run) -> str:
    """Write a Markdown table, a line for each kill and one for all."""
    rows = dict(run.outcomes)
    if len(rows) > 1:
        rows["all"] = sum(rows.values(), start=Outcome())
    lines = [
        f"| mode | kill | {' | '.join(_COLUMNS)} |",
        f"| --- | --- |{' ---: |' * len(_COLUMNS)}",
    ]
    for kind, outcome in rows.items():
        figures = " | ".join(f"{getattr(outcome, name):,}" for name in _COLUMNS)
        lines.append(f"| {mode} | {kind} | {figures} |")
    return "\n".join(lines)


def as_json(mode: str, run: Run, **more: Any) -> dict[str, Any]:
    """Put a run into what JSON knows."""
    return {
        "mode": mode,
        "wrong": run.wrong,
        "faded": run.faded,
        "outcomes": {kind: asdict(outcome) for kind, outcome in run.outcomes.items()},
        "rounds": [
            {"kill": kind, "after_s": round(moment, 3)} | asdict(outcome)
            for kind, moment, outcome in run.rounds
        ],
    } | more
