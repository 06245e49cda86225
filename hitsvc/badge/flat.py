"""The styles flat, flat-square and plastic: the same layout, with less or more relief."""

from dataclasses import dataclass
from typing import Self

from hitsvc.badge.badge import (
    MESSAGE,
    RENDERING,
    VERDANA,
    Badge,
    fill,
    gradient,
    image,
    length,
    rect,
    svg,
)
from hitsvc.drawing import GREY, escape, number, odd_width, text_colors

_PADDING = 5

_BLUR = '<filter id="blur"><feGaussianBlur stdDeviation="16"/></filter>'
_GLOSS = (
    '<stop offset="0" stop-color="#bbb" stop-opacity=".1"/>'
    '<stop offset="1" stop-opacity=".1"/>'
)
_STRONG_GLOSS = (
    '<stop offset="0" stop-color="#fff" stop-opacity=".7"/>'
    '<stop offset=".1" stop-color="#aaa" stop-opacity=".1"/>'
    '<stop offset=".9" stop-color="#000" stop-opacity=".3"/>'
    '<stop offset="1" stop-color="#000" stop-opacity=".5"/>'
)


@dataclass(frozen=True, slots=True)
class Layout:
    """Where the parts of a badge are.

    Widths are in pixels. What places the texts is in tenths of a pixel, for shields
    draws them ten times too large, under ``scale(.1)``.

    Attributes:
        left: The width of the left side; 0 if there is none.
        right: The width of the right side.
        label_x: The centre of the label.
        label_length: Its width.
        message_x: The centre of the message.
        message_length: Its width.
    """

    left: float
    right: float
    label_x: float
    label_length: int
    message_x: float
    message_length: int

    @classmethod
    def of(cls, badge: Badge) -> Self:
        """Lay a badge out."""
        label = odd_width(badge.label) if badge.label else 0
        message = odd_width(badge.message)
        logo = badge.logo_width + (3 if badge.logo and badge.label else 0)
        has_left = badge.label or badge.label_color
        left = label + 2 * _PADDING + logo if has_left else 0
        right: float = message + 2 * _PADDING
        # Two texts are drawn a pixel nearer to each other than the sides' centres.
        margin = left - 1
        if not has_left:
            margin += logo + _PADDING if badge.logo else 1
            if badge.logo:
                right += logo + (_PADDING - 1 if badge.message else 0)
        return cls(
            left=left,
            right=right,
            label_x=10 * (logo + 1 + label / 2 + _PADDING),
            label_length=10 * label,
            message_x=10 * (margin + message / 2 + _PADDING),
            message_length=10 * message,
        )


def flat(badge: Badge) -> str:
    """Write a badge with a slight gloss, shadows and round corners."""
    return _glossy(badge, height=20, radius=3, baseline=140, stops=_GLOSS)


def plastic(badge: Badge) -> str:
    """Write a badge with a strong gloss, shadows and round corners."""
    return _glossy(badge, height=18, radius=4, baseline=130, stops=_STRONG_GLOSS)


def flat_square(badge: Badge) -> str:
    """Write a badge with neither gloss, shadows nor round corners."""
    place, label_color = Layout.of(badge), _label_color(badge)
    content = (
        f'<g shape-rendering="crispEdges">{_sides(badge, place, 20)}</g>'
        f"{_texts_open(badge, 20)}"
    )
    if badge.label:
        stretch = length(badge.label, place.label_length)
        content += _plain(escape(badge.label), place.label_x, stretch, label_color)
    if badge.message:
        stretch = length(badge.message, place.message_length)
        content += _plain(MESSAGE, place.message_x, stretch, badge.color)
    return svg(badge.label, place.left + place.right, 20, f"{content}</g>")


def _glossy(badge: Badge, height: int, radius: int, baseline: int, stops: str) -> str:
    place, label_color = Layout.of(badge), _label_color(badge)
    whole = f'<rect width="{number(place.left + place.right)}" height="{height}" '
    content = (
        f'{_BLUR}<linearGradient id="s" x2="0" y2="100%">{stops}</linearGradient>'
        f'<clipPath id="r">{whole}rx="{radius}"/></clipPath>'
        f'<g clip-path="url(#r)">{_sides(badge, place, height)}'
        f"{whole}{gradient('s')}/></g>{_texts_open(badge, height)}"
    )
    if badge.label:
        text, stretch = escape(badge.label), length(badge.label, place.label_length)
        content += _shadowed(text, place.label_x, baseline, stretch, label_color)
    if badge.message:
        stretch = length(badge.message, place.message_length)
        content += _shadowed(MESSAGE, place.message_x, baseline, stretch, badge.color)
    return svg(badge.label, place.left + place.right, height, f"{content}</g>")


def _label_color(badge: Badge) -> str:
    # Without a left side, its zero width has the colour of the other.
    if badge.label or badge.label_color or badge.logo:
        return badge.label_color or GREY
    return badge.color


def _sides(badge: Badge, place: Layout, height: int) -> str:
    return rect(None, place.left, height, _label_color(badge)) + rect(
        place.left, place.right, height, badge.color
    )


def _texts_open(badge: Badge, height: int) -> str:
    return (
        f'<g fill="#fff" text-anchor="middle" font-family="{VERDANA}" '
        f'{RENDERING} font-size="110">'
        f"{image(badge.logo, _PADDING, height)}"
    )


def _plain(text: str, x: float, stretch: str, background: str) -> str:
    return (
        f'<text x="{number(x)}" y="140"{stretch} transform="scale(.1)"'
        f"{fill(background)}>{text}</text>"
    )


def _shadowed(text: str, x: float, y: int, stretch: str, background: str) -> str:
    _, shadow = text_colors(background)
    centre = number(x)
    return (
        f'<g transform="scale(.1)"><g aria-hidden="true" fill="{shadow}">'
        f'<text x="{centre}" y="{y + 10}" fill-opacity=".8" filter="url(#blur)"'
        f"{stretch}>{text}</text>"
        f'<text x="{centre}" y="{y + 10}" fill-opacity=".3"{stretch}>'
        f'{text}</text></g><text x="{centre}" y="{y}"{stretch}'
        f"{fill(background)}>{text}</text></g>"
    )
