"""Small drawings of the dashboard. No text in them comes from outside."""

from collections.abc import Sequence
from datetime import date, timedelta

from markupsafe import Markup

_WIDTH, _HEIGHT, _GAP = 600, 120, 3
_SPARK_WIDTH, _SPARK_HEIGHT = 90, 20


def bars(hits: Sequence[int], last: str) -> Markup:
    """Draw the views of days, each with its value to read.

    Args:
        hits: Of each day, oldest first.
        last: The last day; it is not over.
    """
    end = date.fromisoformat(last)
    top = max(*hits, 1)
    step = _WIDTH / len(hits)
    parts = []
    for place, number in enumerate(hits):
        day = end - timedelta(len(hits) - 1 - place)
        height = number * _HEIGHT / top
        today = " (so far)" if day == end else ""
        parts.append(
            f'<rect class="{"now" if today else "b"}" x="{place * step:.1f}" '
            f'y="{_HEIGHT - height:.1f}" width="{step - _GAP:.1f}" '
            f'height="{height:.1f}"><title>{in_words(day)}: {number:,}{today}</title></rect>'
        )
    said = f"Views of the last {len(hits)} days, {sum(hits):,} in all; most in a day: {max(hits):,}"
    return Markup(  # noqa: S704 - numbers and days of ours
        f'<svg class="days" viewBox="0 0 {_WIDTH} {_HEIGHT}" preserveAspectRatio="none" '
        f'role="img" aria-label="{said}">{"".join(parts)}</svg>'
    )


def in_words(day: date) -> str:
    """Write a day for people."""
    return f"{day.day} {day:%B %Y}"


def first_of(hits: Sequence[int], last: str) -> str:
    """Write the first day of a drawing of bars, whose year nobody asks for."""
    day = date.fromisoformat(last) - timedelta(len(hits) - 1)
    return f"{day.day} {day:%B}"


def spark(hits: Sequence[int]) -> Markup:
    """Draw a line through the views of days; it says nothing that is not beside it."""
    top = max(*hits, 1)
    step = _SPARK_WIDTH / max(1, len(hits) - 1)
    points = " ".join(
        f"{place * step:.1f},{_SPARK_HEIGHT - number * (_SPARK_HEIGHT - 2) / top - 1:.1f}"
        for place, number in enumerate(hits)
    )
    return Markup(  # noqa: S704 - numbers of ours
        f'<svg class="spark" width="{_SPARK_WIDTH}" height="{_SPARK_HEIGHT}" '
        f'aria-hidden="true"><polyline points="{points}"/></svg>'
    )
