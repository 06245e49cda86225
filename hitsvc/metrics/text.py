"""The numbers as Prometheus reads them: its text format, version 0.0.4."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import accumulate

from hitsvc.metrics.board import Board, Row
from hitsvc.metrics.catalogue import FAMILIES, Family

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"


@dataclass(frozen=True, slots=True)
class Value:
    """A number that no worker counts.

    Attributes:
        name: As Prometheus knows it.
        meaning: For people.
        number: Its value.
        labels: What it is the number of.
    """

    name: str
    meaning: str
    number: float
    labels: Mapping[str, str] = field(default_factory=dict)


def render(board: Board, values: Iterable[Value] = ()) -> str:
    """Write the sums over all rows, and then these values as gauges."""
    rows = list(board.used())
    lines = [line for family in FAMILIES for line in _family(family, rows)]
    named: dict[str, list[Value]] = {}
    for value in values:
        named.setdefault(value.name, []).append(value)
    for name, group in named.items():
        lines += _head(name, "gauge", group[0].meaning)
        lines += [_sample(name, value.labels, value.number) for value in group]
    return "\n".join([*lines, ""])


def _family(family: Family, rows: Sequence[Row]) -> Iterator[str]:
    words = [_word(family, place, rows) for place in range(family.at, family.end)]
    yield from _head(family.name, family.kind, family.meaning)
    if family.bounds:
        *buckets, total = words
        bounds = [f"{bound / family.scale:g}" for bound in family.bounds]
        for bound, number in zip((*bounds, "+Inf"), accumulate(buckets), strict=True):
            yield _sample(f"{family.name}_bucket", {"le": bound}, number)
        yield _sample(f"{family.name}_sum", {}, total / family.scale)
        yield _sample(f"{family.name}_count", {}, sum(buckets))
        return
    for value, number in zip(family.values, words, strict=True):
        labels = {family.label: value} if family.label else {}
        yield _sample(family.name, labels, number)


def _word(family: Family, place: int, rows: Sequence[Row]) -> int:
    numbers = [row[place] for row in rows]
    return max(numbers, default=0) if family.latest else sum(numbers)


def _head(name: str, kind: str, meaning: str) -> list[str]:
    return [f"# HELP {name} {_escaped(meaning)}", f"# TYPE {name} {kind}"]


def _sample(name: str, labels: Mapping[str, str], number: float) -> str:
    pairs = ",".join(
        f'{key}="{_escaped(text, quotes=True)}"' for key, text in labels.items()
    )
    shown = str(int(number)) if number == int(number) else repr(number)
    return f"{name}{{{pairs}}} {shown}" if pairs else f"{name} {shown}"


def _escaped(text: str, *, quotes: bool = False) -> str:
    text = text.replace("\\", r"\\").replace("\n", r"\n")
    return text.replace('"', r"\"") if quotes else text
