"""The style for-the-badge: large, square, capitals, the message in bold."""

from typing import NamedTuple, Self

from hitsvc.badge.badge import (
    MESSAGE,
    RENDERING,
    VERDANA,
    Badge,
    fill,
    image,
    length,
    rect,
    svg,
)
from hitsvc.drawing import GREY, Font, drawn_width, escape, is_shaped, number

_HEIGHT = 28
_TEXT_MARGIN = 12
_LOGO_MARGIN = 9
_LOGO_TEXT_GUTTER = 6
_LETTER_SPACING = 1.25


class _Layout(NamedTuple):
    """Where the parts of a badge are, in pixels; a text's place is its left end."""

    left: float
    right: float
    label_x: float
    label_width: float
    message_x: float
    message_width: float

    @classmethod
    def of(cls, badge: Badge, label: str, message: str) -> Self:
        """Lay out a badge of these capitals."""
        label_width = _width(label, Font.VERDANA_10)
        message_width = _width(message, Font.VERDANA_10_BOLD)
        gutter = _LOGO_TEXT_GUTTER
        if not label and not message:
            gutter -= _LOGO_MARGIN
        label_x: float = _TEXT_MARGIN
        if badge.logo:
            label_x = _LOGO_MARGIN + badge.logo_width + gutter
        left: float = 0
        right = 2 * _TEXT_MARGIN + message_width
        if label:
            left = label_x + label_width + _TEXT_MARGIN
        elif badge.logo and badge.label_color:
            left = 2 * _LOGO_MARGIN + badge.logo_width
        message_x = left + _TEXT_MARGIN
        if badge.logo and not left:
            message_x = _TEXT_MARGIN + badge.logo_width + gutter
            right = 2 * _TEXT_MARGIN + badge.logo_width + gutter + message_width
        return cls(left, right, label_x, label_width, message_x, message_width)


def for_the_badge(badge: Badge) -> str:
    """Write a badge of capitals."""
    label, message = badge.label.upper(), badge.message.upper()
    place = _Layout.of(badge, label, message)
    label_color = badge.label_color or GREY
    sides = rect(place.left or None, place.right, _HEIGHT, badge.color)
    if place.left:
        sides = rect(None, place.left, _HEIGHT, label_color) + sides
    content = (
        f'<g shape-rendering="crispEdges">{sides}</g><g fill="#fff" '
        f'text-anchor="middle" font-family="{VERDANA}" '
        f'{RENDERING} font-size="100">'
        f"{image(badge.logo, _LOGO_MARGIN, _HEIGHT)}"
    )
    if label:
        x, width = place.label_x, place.label_width
        attributes = f"{length(label, 10 * width)}{fill(label_color)}"
        content += _text(escape(label), x, width, attributes)
    x, width = place.message_x, place.message_width
    stretch = length(message, 10 * width)
    attributes = f'{stretch} font-weight="bold"{fill(badge.color)}'
    content += _text(MESSAGE, x, width, attributes)
    return svg(label, place.left + place.right, _HEIGHT, f"{content}</g>")


def _width(text: str, font: Font) -> float:
    if is_shaped(text):  # there is nothing that would space it
        return int(drawn_width(text, font))
    # JavaScript counts UTF-16 units.
    characters = len(text.encode("utf-16-le")) // 2
    return int(drawn_width(text, font)) + _LETTER_SPACING * characters


def _text(text: str, left: float, width: float, attributes: str) -> str:
    return (
        f'<text transform="scale(.1)" x="{number(10 * (left + width / 2))}" y="175"'
        f"{attributes}>{text}</text>"
    )
