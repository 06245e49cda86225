"""Where the parts of a chart go: its scale, its dates, its bars or its area.

Pure arithmetic in whole numbers, exact for any that Redis can count.
"""

from collections.abc import Iterator, Sequence
from datetime import date
from itertools import pairwise
from typing import NamedTuple

MONTHS = (
    *("Jan", "Feb", "Mar", "Apr", "May", "Jun"),
    *("Jul", "Aug", "Sep", "Oct", "Nov", "Dec"),
)

# The picture's size as a rule, and the edges of the plot in it, in px. A picture of another
# width has its right edge elsewhere.
WIDTH, HEIGHT = 720, 240
MARGIN = 28
LEFT, RIGHT, TOP, BOTTOM = 48, WIDTH - MARGIN, 80, 206

_MOST_LINES = 5
_LEAST_PX_FOR_A_BAR = 5
_WIDEST_BAR = 56
_CORNER = 2
_LEAST_PX_FOR_A_DATE = 64
# A date under every day, under every other one, or always under the same weekday.
_DATE_STEPS = (1, 2, 7, 14)
# Under every first of a month, or of some months, in which January always is.
_MONTH_STEPS = (1, 2, 3)
# A line is drawn in tenths of a pixel: a year has less than two pixels for a day.
FINE = 10


class Tick(NamedTuple):
    """A date on the time axis: the middle of its day, in px, and its text."""

    x: int
    text: str


def scale(highest: int) -> tuple[int, int]:
    """Choose round values for the grid.

    Args:
        highest: The highest of the values to show; at least 1.

    Returns:
        The value between two lines, which is 1, 2 or 5 times a power of ten, and the
        value of the topmost line, which is the fifth or a lower one.
    """
    least = -(-highest // _MOST_LINES)
    power = 10 ** (len(str(least)) - 1)
    step = next(step for n in (1, 2, 5, 10) if (step := n * power) >= least)
    return step, -(-highest // step) * step


def ticks(days: Sequence[date], right: int = RIGHT) -> list[Tick]:
    """Choose the days that have their date on the axis, and place it."""
    count = len(days)
    width = (right - LEFT) // count
    step = next((n for n in _DATE_STEPS if n * width >= _LEAST_PX_FOR_A_DATE), None)
    if step is None:
        every = next(n for n in _MONTH_STEPS if 28 * n * (right - LEFT) // count >= 49)
        return [
            Tick(
                _middle(index, count, right), str(day.year) if day.month == 1 else month
            )
            for index, day in enumerate(days)
            if day.day == 1 and day.month % every == 1 % every
            if (month := MONTHS[day.month - 1])
        ]
    return [
        Tick(
            _middle(index, count, right),
            f"{days[index].day} {MONTHS[days[index].month - 1]}",
        )
        for index in reversed(range(count - 1, -1, -step))
    ]


def has_bars(count: int, right: int = RIGHT) -> bool:
    """Tell whether so many days have room for a bar each."""
    return (right - LEFT) // count >= _LEAST_PX_FOR_A_BAR


def bars(hits: Sequence[int], top: int, right: int = RIGHT) -> str:
    """Write the path of one bar for each day that has hits.

    Args:
        hits: Of each day, oldest first.
        top: The value of the topmost line.
        right: The plot's right edge.
    """
    return "".join(_bars(hits, top, right))


def _bars(hits: Sequence[int], top: int, right: int) -> Iterator[str]:
    count = len(hits)
    # All bars are equally wide; where days do not fit the pixels, the gaps differ.
    width = min((right - LEFT) // count * 3 // 4, _WIDEST_BAR)
    for index, number in enumerate(hits):
        # Rounded up: a day with one view among millions is still no empty day.
        height = -(-number * (BOTTOM - TOP) // top)
        if height:
            x = _middle(index, count, right) - width // 2
            r = min(_CORNER, height, width // 3)
            yield (
                f"M{x} {BOTTOM}v{r - height}q0-{r} {r}-{r}h{width - 2 * r}"
                f"q{r} 0 {r} {r}v{height - r}z"
            )


def line(hits: Sequence[int], top: int, right: int = RIGHT) -> str:
    """Write the path from day to day, in units of 1 / `FINE` px; see `bars`."""
    count = len(hits)
    height = (BOTTOM - TOP) * FINE
    points = [
        (_middle(index, count, right, FINE), BOTTOM * FINE - number * height // top)
        for index, number in enumerate(hits)
    ]
    steps = "".join(
        f"l{x - last_x} {y - last_y}" for (last_x, last_y), (x, y) in pairwise(points)
    )
    return f"M{points[0][0]} {points[0][1]}{steps}".replace(" -", "-")


def under(path: str, count: int, right: int = RIGHT) -> str:
    """Write the path around the area between a `line` of ``count`` days and zero."""
    last, first = (_middle(index, count, right, FINE) for index in (count - 1, 0))
    return f"{path}L{last} {BOTTOM * FINE}H{first}z"


def _middle(index: int, count: int, right: int, unit: int = 1) -> int:
    return unit * LEFT + (2 * index + 1) * unit * (right - LEFT) // (2 * count)
