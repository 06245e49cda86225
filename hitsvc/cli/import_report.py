"""What an import says when it ends: to people, and to programs."""

from dataclasses import dataclass
from typing import Any

from hitsvc.admin import Outcome
from hitsvc.admin.importers import LeftOut


@dataclass(slots=True)
class Report:
    """The end of an import.

    Attributes:
        outcome: What was counted.
        left_out: What was not.
        dry_run: Whether it only looked.
        name: What was imported.
    """

    outcome: Outcome
    left_out: LeftOut
    dry_run: bool
    name: str = ""

    def lines(self) -> list[str]:
        """Say it to people."""
        outcome = self.outcome
        if outcome.done_before:
            return [
                f"{self.name} was imported with these options on {outcome.done_before}: "
                "nothing was added.",
                "Where it is to be counted once more, say --again; --max adds only "
                "what is missing.",
            ]
        lines = []
        if outcome.rows_before:
            lines.append(
                f"{outcome.rows_before:,} rows were counted before this import was cut "
                "off; it goes on behind them"
            )
        would = "would be " if self.dry_run else ""
        lines += [
            f"{outcome.rows:,} rows of {outcome.pages:,} pages {would}counted, "
            f"{outcome.hits:+,} hits",
            f"{outcome.new_pages:,} new pages{_such_as(outcome)}",
            f"{self.left_out.rows:,} rows with {self.left_out.hits:,} hits left out",
        ]
        for why, reason in self.left_out.reasons.items():
            lines.append(f"  {reason.rows:,} rows, {reason.hits:,} hits: {why}")
            lines += [f"    {example}" for example in reason.examples]
        lines += [f"Note: {note}" for note in self.left_out.notes]
        if self.dry_run:
            lines.append("Nothing was changed: this was a dry run.")
        return lines

    def as_object(self) -> dict[str, Any]:
        """Say it to programs."""
        outcome, left_out = self.outcome, self.left_out
        return {
            "source": self.name,
            "dry_run": self.dry_run,
            "imported_before": outcome.done_before or None,
            "rows_before": outcome.rows_before,
            "rows": outcome.rows,
            "pages": outcome.pages,
            "hits": outcome.hits,
            "new_pages": outcome.new_pages,
            "left_out": [
                {
                    "why": why,
                    "rows": reason.rows,
                    "hits": reason.hits,
                    "examples": reason.examples,
                }
                for why, reason in left_out.reasons.items()
            ],
            "notes": left_out.notes,
        }


def _such_as(outcome: Outcome) -> str:
    if not outcome.examples:
        return ""
    more = ", ..." if outcome.new_pages > len(outcome.examples) else ""
    return f": {', '.join(outcome.examples)}{more}"
