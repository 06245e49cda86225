"""The forms in which a count is shown: each is a `CountRenderer` or a `HistoryRenderer`."""

import json
from collections.abc import Mapping
from typing import Any, Protocol

from hitsvc.badge import PLAIN, BadgeMaker, Look, LookParser, ignored
from hitsvc.chart import ChartLook, DayHits, draw_chart
from hitsvc.counting import Totals
from hitsvc.drawing import FORMATS
from hitsvc.png import Painter

MAX_DAYS = 365

_JSON = "application/json"

Params = Mapping[str, str | list[str]]


class CountRenderer(Protocol):
    """A way to show a URL's total, and what is counted today.

    Attributes:
        content_type: The media type of what it makes.
        needs_today: It shows today's number, whatever the look.
    """

    content_type: str
    needs_today: bool

    @property
    def painter(self) -> Painter | None:
        """What makes the body of what `render` makes, where that takes a while."""

    def render(
        self, page_key: str, total: int, today: int, look: Look, recent: int
    ) -> bytes:
        """Make the body of an answer.

        Args:
            page_key: What `hitsvc.request.Identity.key` returned.
            total: All hits of the URL.
            today: Those of today; 0 if neither the form nor the look needs them.
            look: How the request wants them shown.
            recent: Those of the latest days that the look needs.
        """


class TextRenderer:
    """The bare number."""

    content_type = "text/plain; charset=utf-8"
    needs_today = False
    painter = None

    def render(
        self, _url_key: str, total: int, today: int, look: Look, recent: int
    ) -> bytes:
        """Write the number; see `CountRenderer.render`."""
        if look is PLAIN:
            return b"%d" % total
        return look.text(total, recent).encode()


class BadgeRenderer:
    """The badge."""

    content_type = "image/svg+xml"
    needs_today = False
    painter: Painter | None = None

    def __init__(self, badges: BadgeMaker) -> None:
        """Show counts as these badges."""
        self._badges = badges

    def render(
        self, _url_key: str, total: int, today: int, look: Look, recent: int
    ) -> bytes:
        """Draw the badge; see `CountRenderer.render`."""
        if look is PLAIN:
            return self._badges.count(total)
        return self._badges.draw(look, total, recent)


class JsonRenderer:
    """The numbers for programs: with a base, and as text, if the look says so."""

    content_type = _JSON
    needs_today = True
    painter = None

    def render(
        self, page_key: str, total: int, today: int, look: Look, recent: int
    ) -> bytes:
        """Write the object; see `CountRenderer.render`."""
        return _json(_numbers(page_key, total, today, look, recent))


class ShieldsRenderer:
    """What shields.io's endpoint badge reads (https://shields.io/badges/endpoint-badge).

    Its schema refuses unknown keys, and any key that is empty but the label.
    """

    content_type = _JSON
    needs_today = False
    painter = None

    def __init__(self, label: str) -> None:
        """Use this label where the look has none."""
        self._label = label

    def render(
        self, _url_key: str, total: int, today: int, look: Look, recent: int
    ) -> bytes:
        """Describe the badge; see `CountRenderer.render`."""
        is_icon = look.logo is not None and not look.logo.startswith("data:")
        optional = {
            "labelColor": look.label_color,
            "namedLogo": look.logo if is_icon else None,
            "logoColor": look.logo_color if is_icon else None,
            "logoSize": "auto" if is_icon and look.logo_fits else None,
            "style": look.style,
        }
        return _json(
            {
                "schemaVersion": 1,
                "label": self._label if look.label is None else look.label,
                "message": look.text(total, recent),
                "color": look.color or "blue",
                **{key: value for key, value in optional.items() if value},
            }
        )


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
        recent = sum(list(totals.days.values())[-look.days :]) if look.days else 0
        answer = _numbers(page_key, totals.total, totals.today, look, recent)
        if visitors is not None:
            answer |= {"visitors": visitors.total, "visitors_today": visitors.today}
            for of_day, day in zip(days, totals.days, strict=True):
                of_day["visitors"] = visitors.days.get(day, 0)
        if "days" in params:
            wanted = _days(params, least=1, default=1)
            answer |= {"days": days[-wanted:], "undated": totals.undated}
        if names := ignored(params):
            answer["ignored"] = names
        return _json(answer)


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


def _numbers(
    page_key: str, total: int, today: int, look: Look, recent: int
) -> dict[str, Any]:
    """Return what programs are told of a page; with a look, what a badge would show."""
    answer: dict[str, Any] = {"url": page_key, "total": total, "today": today}
    if look.amount != PLAIN.amount:
        answer["total"] += look.amount.base
        answer["text"] = look.text(total, recent)
    return answer


def _json(answer: dict[str, Any]) -> bytes:
    return json.dumps(answer).encode() + b"\n"
