"""The style social: a light button, and the message in a bubble beside it."""

from hitsvc.badge.badge import (
    HELVETICA,
    MESSAGE,
    RENDERING,
    Badge,
    gradient,
    image,
    length,
    svg,
)
from hitsvc.drawing import Font, escape, number, odd_width

_INNER_HEIGHT = 19
_LABEL_PADDING = 5
_MESSAGE_PADDING = 4
_GUTTER = 6

_DEFINITIONS = (
    "<style>a:hover #llink{fill:url(#b);stroke:#ccc}a:hover #rlink{fill:#4183c4}"
    '</style><linearGradient id="a" x2="0" y2="100%">'
    '<stop offset="0" stop-color="#fcfcfc" stop-opacity="0"/>'
    '<stop offset="1" stop-opacity=".1"/></linearGradient>'
    '<linearGradient id="b" x2="0" y2="100%">'
    '<stop offset="0" stop-color="#ccc" stop-opacity=".1"/>'
    '<stop offset="1" stop-opacity=".1"/></linearGradient>'
)


def social(badge: Badge) -> str:
    """Write a button and a bubble; their colours are always the same."""
    label = capitalised(badge.label)
    label_width = odd_width(label, Font.HELVETICA_11_BOLD)
    message_width = odd_width(badge.message, Font.HELVETICA_11_BOLD)
    logo = badge.logo_width + (3 if badge.logo and badge.label else 0)
    left = label_width + logo + 2 * _LABEL_PADDING
    right = message_width + 2 * _MESSAGE_PADDING

    label_x = 10 * (logo + label_width / 2 + _LABEL_PADDING)
    message_x = 10 * (left + _GUTTER + right / 2)
    stretch = length(label, 10 * label_width)
    content = (
        f'{_DEFINITIONS}<g stroke="#d5d5d5"><rect stroke="none" fill="#fcfcfc" '
        f"{_box(0.5, left)}/>"
        f"{_bubble(left + _GUTTER, right) if badge.message else ''}</g>"
        f'{image(badge.logo, _LABEL_PADDING, 20)}<g aria-hidden="true" fill="#333" '
        'text-anchor="middle" '
        f'font-family="{HELVETICA}" '
        f'{RENDERING} font-weight="700" font-size="110px" '
        'line-height="14px"><rect id="llink" stroke="#d5d5d5" '
        f"{gradient('a')} "
        f"{_box(0.5, left)}/>{_text(escape(label), label_x, stretch)}"
    )
    if badge.message:
        stretch = length(badge.message, 10 * message_width)
        content += _text(MESSAGE, message_x, stretch, ' id="rlink"')
    width = left + 1 + (_GUTTER + right if badge.message else 0)
    return svg(label, width, 20, f"{content}</g>")


def capitalised(text: str) -> str:
    """Make a text begin with a capital, as JavaScript would: within the BMP only."""
    return text if text[:1] > "\uffff" else text[:1].upper() + text[1:]


def _box(x: float, width: float) -> str:
    return (
        f'x="{number(x).lstrip("0")}" y=".5" width="{number(width)}" '
        f'height="{_INNER_HEIGHT}" rx="2"'
    )


def _bubble(notch: float, width: float) -> str:
    x = number(notch + 0.5)
    return (
        f'<rect {_box(notch + 0.5, width)} fill="#fafafa"/>'
        f'<rect x="{number(notch)}" y="7.5" width=".5" height="5" stroke="#fafafa"/>'
        f'<path d="M{x} 6.5 l-3 3v1 l3 3" fill="#fafafa"/>'
    )


def _text(text: str, x: float, stretch: str, identity: str = "") -> str:
    place = f'transform="scale(.1)"{stretch}'
    return (
        f'<text aria-hidden="true" x="{number(x)}" y="150" fill="#fff" {place}>{text}'
        f'</text><text{identity} x="{number(x)}" y="140" {place}>{text}</text>'
    )
