"""What a badge shows, and what all styles of badges share.

A style is a function that writes the SVG of a `Badge`, byte for byte as badge-maker
6.0.0 does (https://www.npmjs.com/package/badge-maker, ``lib/badge-renderers.js``), but
with `MESSAGE` wherever the message goes. What is between is the same for all messages
of one shape, so that it can be kept.

Badges differ from badge-maker's in what renderers other than browsers need, which readers
of mail and stores are shown the results of:

- a ``viewBox``, without which what shows a badge at another size cuts it off;
- no ``textLength`` of shaped text, see `hitsvc.drawing.shaping`;
- gradients, see `gradient`, and how text is rendered, see `RENDERING`;
- a font of Linux beside Helvetica, see `HELVETICA`.
"""

from dataclasses import dataclass

from hitsvc.drawing import BLUE, SVG_NAMESPACE, escape, is_shaped, number, text_colors

# Stands for the message. XML cannot hold it, so that no text can be mistaken for it.
MESSAGE = "\0"

VERDANA = "Verdana,Geneva,DejaVu Sans,sans-serif"
# The last one is for resvg, which knows no sans-serif where Arial is not installed.
HELVETICA = "Helvetica Neue,Helvetica,Arial,sans-serif,DejaVu Sans"
# In small letters, as CSS allows: CairoSVG, which knows the word in the usual letters only,
# asks Cairo for an antialiasing then that tears letters of this size to pieces.
RENDERING = 'text-rendering="geometricprecision"'

_LOGO_HEIGHT = 14


@dataclass(frozen=True, slots=True)
class Logo:
    """A picture on the left of a badge.

    Attributes:
        href: A data URI.
        width: In px; its height is 14.
    """

    href: str
    width: float = _LOGO_HEIGHT


@dataclass(frozen=True, slots=True)
class Badge:
    """What a badge shows.

    Attributes:
        label: The text on the left, clean; if empty, there is none.
        message: The text on the right, clean; only its size matters to a style.
        color: Of the right side, as `svg_color` returned it.
        label_color: Of the left side, likewise; None for the usual grey.
        logo: The picture before the label.
    """

    label: str
    message: str
    color: str = BLUE
    label_color: str | None = None
    logo: Logo | None = None

    @property
    def logo_width(self) -> float:
        """The width of the logo, in px."""
        return self.logo.width if self.logo else 0


def svg(label: str, width: float, height: int, content: str) -> str:
    """Write the root of a badge, which says to screen readers what it shows."""
    name = f"{escape(label)}: {MESSAGE}" if label else MESSAGE
    return (
        f'<svg xmlns="{SVG_NAMESPACE}" width="{number(width)}" height="{height}" '
        f'viewBox="0 0 {number(width)} {height}" '
        f'role="img" aria-label="{name}"><title>{name}</title>{content}</svg>'
    )


def gradient(name: str) -> str:
    """Write the attributes that fill a shape with a gradient.

    MuPDF, which has none and does not read styles, would fill it with black.
    """
    return f'fill="none" style="fill:url(#{name})"'


def image(logo: Logo | None, x: int, badge_height: int) -> str:
    """Write a logo, if there is one, in the middle of the height."""
    if not logo:
        return ""
    y = number((badge_height - _LOGO_HEIGHT) / 2)
    return (
        f'<image x="{x}" y="{y}" width="{number(logo.width)}" height="{_LOGO_HEIGHT}" '
        f'href="{escape(logo.href)}"/>'
    )


def length(text: str, width: float) -> str:
    """Write the attribute that makes a text so wide in any font; none for shaped text."""
    return "" if is_shaped(text) else f' textLength="{number(width)}"'


def rect(x: float | None, width: float, height: int, color: str) -> str:
    """Write the background of a side."""
    left = "" if x is None else f'x="{number(x)}" '
    return f'<rect {left}width="{number(width)}" height="{height}" fill="{color}"/>'


def fill(background: str) -> str:
    """Write the attribute that makes text readable there: white needs none."""
    color, _ = text_colors(background)
    return "" if color == "#fff" else f' fill="{color}"'
