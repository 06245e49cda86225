"""What an import leaves out, counted by reason, with a few examples of each."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from hitsvc.admin.importers.escaping import escaped

MAX_EXAMPLES = 3
# Reasons are sentences of ours; some come with an injected function's errors.
MAX_REASONS = 40
_MAX_TEXT = 120
OTHER = "other reasons"


@dataclass(slots=True)
class Reason:
    """What was left out for one reason.

    Attributes:
        rows: How many rows, lines or names.
        hits: How many hits are in them, as far as they could be read.
        examples: The first few, with file and line.
    """

    rows: int = 0
    hits: int = 0
    examples: list[str] = field(default_factory=list)


class LeftOut:
    """The record of an import: what it left out, and what should be known of it.

    Attributes:
        notes: Sentences on the whole source.
    """

    def __init__(self) -> None:
        """Nothing has been left out."""
        self.notes: list[str] = []
        self._reasons: dict[str, Reason] = {}

    @property
    def reasons(self) -> Mapping[str, Reason]:
        """What was left out, by reason."""
        return self._reasons

    @property
    def rows(self) -> int:
        """How many rows were left out."""
        return sum(reason.rows for reason in self._reasons.values())

    @property
    def hits(self) -> int:
        """How many hits were left out."""
        return sum(reason.hits for reason in self._reasons.values())

    def add(self, why: str, text: str, hits: int, name: str, line: int) -> None:
        """Count a row that is left out.

        Args:
            why: The reason.
            text: What stood there.
            hits: How many hits it had.
            name: The file's name.
            line: The line in it; 0: there are none.
        """
        reason = self._reasons.get(why)
        if reason is None:
            if len(self._reasons) >= MAX_REASONS:
                why = OTHER
            reason = self._reasons.setdefault(why, Reason())
        reason.rows += 1
        reason.hits += hits
        if len(reason.examples) < MAX_EXAMPLES:
            place = f"{name}, line {line}" if line else name
            reason.examples.append(f"{place}: {printable(text)}")

    def note(self, sentence: str) -> None:
        """Say something of the whole source, once."""
        if sentence not in self.notes:
            self.notes.append(sentence)


def printable(text: str) -> str:
    """Shorten a text, and escape what could move a terminal's cursor."""
    short = text if len(text) <= _MAX_TEXT else text[: _MAX_TEXT - 1] + "…"
    return escaped(short)
