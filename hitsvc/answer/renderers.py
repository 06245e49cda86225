"""The forms in which a count is shown: each is a `CountRenderer`."""

import json
from typing import Protocol

from hitsvc.answer.numbers import as_json, numbers
from hitsvc.badge import PLAIN, BadgeMaker, Look
from hitsvc.counting import Visitors
from hitsvc.png import Painter

_JSON = "application/json"


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
        if look is PLAIN:
            # PERF: what the line below comes to, in 3,000 instructions instead of 27,000.
            url = json.dumps(page_key).encode()
            return b'{"url": %b, "total": %d, "today": %d}\n' % (url, total, today)
        return as_json(numbers(page_key, total, today, look, recent))


class VisitedJsonRenderer(JsonRenderer):
    """The same with visitors."""

    def tell(
        self,
        page_key: str,
        total: int,
        today: int,
        look: Look,
        recent: int,
        visitors: Visitors | None,
    ) -> bytes:
        """Write the object; see `CountRenderer.render`.

        Args:
            page_key: As there.
            total: As there.
            today: As there.
            look: As there.
            recent: As there.
            visitors: `None` if they are not to be had.
        """
        return as_json(numbers(page_key, total, today, look, recent, visitors))


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
        return as_json(
            {
                "schemaVersion": 1,
                "label": self._label if look.label is None else look.label,
                "message": look.text(total, recent),
                "color": look.color or "blue",
                **{key: value for key, value in optional.items() if value},
            }
        )
