"""What was done, in words and for programs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from hitsvc.errors import ChangeRefused


class NoSuchPage(ChangeRefused):
    """There is no page to change."""


@dataclass(frozen=True, slots=True)
class Done:
    """A change that was made.

    Attributes:
        text: It in a line, with its numbers.
        facts: The same for programs.
        undo: What takes it back is kept by this name; empty if nothing does.
        kept: What was removed is kept by this name; empty if nothing was.
        export: The same as text.
    """

    text: str
    facts: Mapping[str, Any]
    undo: str = ""
    kept: str = ""
    export: bytes = field(default=b"", repr=False)


def hits_in_words(number: int) -> str:
    """Say how many hits."""
    return f"{number:,} hit" if number == 1 else f"{number:,} hits"


def pages_in_words(pages: Sequence[str]) -> str:
    """Name a page, or say how many there are."""
    return pages[0] if len(pages) == 1 else f"{len(pages):,} pages"
