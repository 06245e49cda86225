"""The chart and the heat map, as SVG inside a page.

Everything that stretches is in per cent, everything that is read in px: so letters have
12 px on any screen, with nothing to run in the browser. No text here comes from outside.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from datetime import timedelta

from markupsafe import Markup

from hitsvc.chart import scale
from hitsvc.drawing import metric
from hitsvc.statistics.history import History
from hitsvc.statistics.periods import WEEKS_OF_A_YEAR, Bar, Period
from hitsvc.statistics.words import day_in_words, grouped, month_in_words

# In px; `.plot` in the style sheet has the same height.
HEIGHT = 260
_TOP, _BOTTOM = 34, 226
# Dates under the bars: as many as fit a phone, and more where there is room.
_FEW, _MANY = 3, 8
_SEEN = {
    (True, True): "date",
    (True, False): "date narrow",
    (False, True): "date wide",
    (False, False): "",
}
_GAP = 0.16
_ROW, _CELL, _HEAD = 14, 12, 20
_LEVELS = 4
_COLUMNS_FOR_A_MONTH = 3
HEAT_HEIGHT = _HEAD + 7 * _ROW


def axis(period: Period) -> Markup:
    """Draw the values beside the bars."""
    step, top = _scale(period)
    parts = [
        f'<text x="38" y="{_y(value, top) + 4}">{metric(value)}</text>'
        for value in range(0, top + 1, step)
    ]
    return _svg("axis", "".join(parts), 'aria-hidden="true"')


def chart(period: Period) -> Markup:
    """Draw the bars of a period; each tells its value."""
    step, top = _scale(period)
    lines = [
        f'<line class="grid" x1="0" x2="100%" y1="{y}" y2="{y}"/>'
        for value in range(0, top + 1, step)
        for y in [f"{_y(value, top)}.5"]
    ]
    body = "".join([*lines, *_bars(period, top), *_dates(period.bars)])
    return _svg("plot", body, f'role="group" aria-label="Views by {period.unit}"')


def heat_map(history: History) -> Markup:
    """Draw a cell for each day of the last year, darker with more hits.

    How dark a day is tells its place among the days with hits, a quarter of them each: by
    their numbers, one day with a crowd would make all others look alike.
    """
    today = history.today
    monday = today - timedelta(today.weekday() + 7 * (WEEKS_OF_A_YEAR - 1))
    days = [monday + timedelta(n) for n in range((today - monday).days + 1)]
    hits = [history.days.get(day, 0) for day in days]
    ranked = sorted(number for number in hits if number > 0)
    months: dict[str, int] = {}
    cells, heads, last_head = [], [], -_COLUMNS_FOR_A_MONTH
    width = 100 / WEEKS_OF_A_YEAR
    for n, (day, number) in enumerate(zip(days, hits, strict=True)):
        column, row = divmod(n, 7)
        x = f"{column * width:.2f}%"
        month = month_in_words(day)
        if month not in months and column >= last_head + _COLUMNS_FOR_A_MONTH:
            last_head = column
            heads.append(f'<text x="{x}" y="12">{month[:3]}</text>')
        months[month] = months.get(month, 0) + number
        cells.append(
            f'<rect class="h{_level(number, ranked)}" x="{x}" y="{_HEAD + row * _ROW}">'
            f"<title>{day_in_words(day)}: {grouped(number)}</title></rect>"
        )
    words = ", ".join(f"{name}: {grouped(number)}" for name, number in months.items())
    body = "".join([*heads, *cells])
    return _svg("heat", body, f'role="img" aria-label="Views by month. {words}."')


def _level(number: int, ranked: list[int]) -> int:
    """Tell how dark a day is: 0, or its quarter among others; the middle for equals."""
    if number <= 0:
        return 0
    place = bisect_left(ranked, number) + bisect_right(ranked, number)
    return 1 + _LEVELS * place // (2 * len(ranked))


def _svg(name: str, body: str, more: str) -> Markup:
    return Markup(f'<svg class="{name}" {more}>{body}</svg>')  # noqa: S704 - ours


def _scale(period: Period) -> tuple[int, int]:
    return scale(max(1, *(bar.hits for bar in period.bars)))


def _y(value: int, top: int) -> int:
    return _BOTTOM - max(value, 0) * (_BOTTOM - _TOP) // top


def _bars(period: Period, top: int) -> Iterator[str]:
    step = 100 / len(period.bars)
    for n, bar in enumerate(period.bars):
        y = _y(bar.hits, top)
        # What has hits has a bar.
        height = max(_BOTTOM - y, 2) if bar.hits > 0 else 0
        words = f"{bar.name}: {grouped(bar.hits)}{' so far' if bar.unfinished else ''}"
        kind = "now" if bar.unfinished else "b"
        yield (
            f'<g tabindex="0" role="img" aria-label="{words}">'
            f'<rect class="hit" x="{n * step:.3f}%" width="{step:.3f}%"/>'
            f'<rect class="{kind}" x="{(n + _GAP) * step:.3f}%" '
            f'width="{(1 - 2 * _GAP) * step:.3f}%" y="{_BOTTOM - height}" '
            f'height="{height}" rx="2"/>'
            f'<text class="tip" x="100%" y="14">{words}</text></g>'
        )


def _dates(bars: list[Bar]) -> Iterator[str]:
    """Write dates under some bars, the latest always, at even distances."""
    few, many = (-(-len(bars) // most) for most in (_FEW, _MANY))
    step = 100 / len(bars)
    for n, bar in enumerate(bars):
        ago = len(bars) - 1 - n
        where = _SEEN[ago % few == 0, ago % many == 0]
        if where:
            x = f"{(n + 0.5) * step:.3f}%"
            if not ago and len(bars) > _MANY:  # a narrow bar's date would stick out
                x, where = "100%", "date last"
            yield f'<text class="{where}" x="{x}" y="{_BOTTOM + 22}">{bar.short}</text>'
