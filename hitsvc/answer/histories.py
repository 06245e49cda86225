"""The forms in which the hits of a page are shown day by day: each is a `HistoryRenderer`."""

from collections.abc import Mapping
from typing import Any, Protocol

from hitsvc.answer.numbers import as_json, numbers
from hitsvc.badge import LookParser, ignored
from hitsvc.chart import ChartLook, DayHits, draw_chart
from hitsvc.counting import Totals
from hitsvc.drawing import FORMATS
from hitsvc.errors import VisitorsNotCounted

MAX_DAYS = 365

_JSON = "application/json"

Params = Mapping[str, str | list[str]]


class HistoryRenderer(Protocol):
    """A way to show a URL's hits day by day.

    Attributes:
        content_type: The media type of what it makes.
    """

    content_type: str

    def days(self, params: Params) -> int:
        """Tell how many days a request asks for, today included."""

    def tells_days(self, params: Params) -> bool:
        """Tell whether the answer to a request has a history, and not just numbers."""

    def render(self, page_key: str, totals: Totals, params: Params) -> bytes:
        """Make the body of an answer."""


class JsonHistoryRenderer:
    """The numbers; with ``?days=`` those of each day, and those without a date.

    It also names the parameters that were ignored, for whoever makes embed code.
    """

    content_type = _JSON

    def __init__(self, looks: LookParser) -> None:
        """Read looks with this."""
        self._looks = looks

    def tells_days(self, params: Params) -> bool:
        """Tell the days of those who want them; see `HistoryRenderer.tells_days`."""
        return "days" in params

    def days(self, params: Params) -> int:
        """Ask for today only, unless more is wanted; see `HistoryRenderer.days`."""
        wanted = _days(params, least=1, default=1)
        return max(wanted, self._looks.parse(params).days)

    def render(self, page_key: str, totals: Totals, params: Params) -> bytes:
        """Write the object; see `HistoryRenderer.render`."""
        look = self._looks.parse(params)
        days: list[dict[str, Any]] = [
            {"day": day.isoformat(), "hits": hits} for day, hits in totals.days.items()
        ]
        visitors = totals.visitors
        if look.of_visitors and visitors is None:
            raise VisitorsNotCounted
        recent = sum(list(totals.days.values())[-look.days :]) if look.days else 0
        answer = numbers(page_key, totals.total, totals.today, look, recent, visitors)
        if visitors is not None:
            for of_day, day in zip(days, totals.days, strict=True):
                of_day["visitors"] = visitors.days.get(day, 0)
        if "days" in params:
            wanted = _days(params, least=1, default=1)
            answer |= {"days": days[-wanted:], "undated": totals.undated}
        if names := ignored(params):
            answer["ignored"] = names
        return as_json(answer)


class ChartRenderer:
    """The days as a chart."""

    content_type = "image/svg+xml"

    def __init__(self, looks: LookParser, zone: str) -> None:
        """Read looks with this; days are those of a time zone."""
        self._looks = looks
        self._zone = zone

    def tells_days(self, _params: Params) -> bool:
        """Show nothing but days; see `HistoryRenderer.tells_days`."""
        return True

    def days(self, params: Params) -> int:
        """Ask for 30 days, unless others are wanted; see `HistoryRenderer.days`."""
        return _days(params, least=7, default=30)

    def render(self, page_key: str, totals: Totals, params: Params) -> bytes:
        """Draw the chart; see `HistoryRenderer.render`."""
        days = [DayHits(*day) for day in totals.days.items()]
        total = totals.total + self._looks.parse(params).amount.base
        write = FORMATS.get(_single(params, "format"))
        look = ChartLook.of(
            _single(params, "theme"), _single(params, "width"), self._zone
        )
        return draw_chart(page_key, total, days, look, write)


def _days(params: Params, *, least: int, default: int) -> int:
    text = params.get("days")
    if not isinstance(text, str) or not text.isdecimal():
        return default
    # Python refuses to read numbers of thousands of digits.
    return min(max(int(text), least), MAX_DAYS) if len(text) < 10 else MAX_DAYS


def _single(params: Params, name: str) -> str:
    value = params.get(name)
    return value if isinstance(value, str) else ""
