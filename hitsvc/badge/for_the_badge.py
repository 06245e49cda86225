"""The style for-the-badge: large, square, capitals, the message in bold."""

from hitsvc.badge.badge import MESSAGE, VERDANA, Badge, fill, image, rect, svg
from hitsvc.drawing import GREY, Font, escape, number, text_width

_HEIGHT = 28
_TEXT_MARGIN = 12
_LOGO_MARGIN = 9
_LOGO_TEXT_GUTTER = 6
_LETTER_SPACING = 1.25


def for_the_badge(badge: Badge) -> str:
    """Write a badge of capitals."""
    label, message = badge.label.upper(), badge.message.upper()
    label_width = _width(label, Font.VERDANA_10)
    message_width = _width(message, Font.VERDANA_10_BOLD)
    label_color = badge.label_color or GREY
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
    if left:
        message_x = left + _TEXT_MARGIN
        sides = rect(None, left, _HEIGHT, label_color)
        sides += rect(left, right, _HEIGHT, badge.color)
    else:
        message_x = _TEXT_MARGIN
        if badge.logo:
            message_x = _TEXT_MARGIN + badge.logo_width + gutter
            right = 2 * _TEXT_MARGIN + badge.logo_width + gutter + message_width
        sides = rect(None, right, _HEIGHT, badge.color)

    content = (
        f'<g shape-rendering="crispEdges">{sides}</g><g fill="#fff" '
        f'text-anchor="middle" font-family="{VERDANA}" '
        'text-rendering="geometricPrecision" font-size="100">'
        f"{image(badge.logo, _LOGO_MARGIN, _HEIGHT)}"
    )
    if label:
        content += _text(escape(label), label_x, label_width, fill(label_color))
    attributes = f' font-weight="bold"{fill(badge.color)}'
    content += _text(MESSAGE, message_x, message_width, attributes)
    return svg(label, left + right, _HEIGHT, f"{content}</g>")


def _width(text: str, font: Font) -> float:
    # JavaScript counts UTF-16 units.
    characters = len(text.encode("utf-16-le")) // 2
    return int(text_width(text, font)) + _LETTER_SPACING * characters


def _text(text: str, left: float, width: float, attributes: str) -> str:
    return (
        f'<text transform="scale(.1)" x="{number(10 * (left + width / 2))}" y="175" '
        f'textLength="{number(10 * width)}"{attributes}>{text}</text>'
    )
