"""How wide text is in the fonts of shields.io badges.

The widths come from `anafanafo 2.0.0 <https://www.npmjs.com/package/anafanafo>`_, which
badge-maker measures with, so that a badge has the size that shields.io would give it.
The files of ``fonts/`` hold anafanafo's ranges for Latin, Greek, Cyrillic, punctuation,
currency, letter-like signs, arrows, pictographs, dingbats, ideographs and full-width
forms. Its other 9,600, for mathematics, presentation forms and ideographs beyond the
BMP, are left out: a badge is not worth them. U+00FF is missing there too, like the last
character of most blocks. Each file is a list of ``width: code points``, in px and hex.
"""

from bisect import bisect_right
from enum import StrEnum
from functools import cache
from importlib import resources


class Font(StrEnum):
    """The fonts that badges are measured in. In each, all digits are equally wide."""

    VERDANA_11 = "verdana-11px-normal"
    VERDANA_10 = "verdana-10px-normal"
    VERDANA_10_BOLD = "verdana-10px-bold"
    HELVETICA_11_BOLD = "helvetica-11px-bold"


def text_width(text: str, font: Font = Font.VERDANA_11) -> float:
    """Measure text as anafanafo does.

    Args:
        text: Any text; each code point is measured alone, without kerning. Control
            characters are 0 wide, and those not in the table are as wide as an "m".
        font: The font to measure it in.

    Returns:
        The width in CSS pixels.
    """
    firsts, ranges, width_of_m = _table(font)
    total = 0.0
    # NOTE: Not sum(), which rounds floats otherwise from Python 3.12 on. badge-maker
    # truncates the total, so that a last bit can make a badge two pixels wider.
    for code in map(ord, text):
        if code >= 0x20 and code != 0x7F:
            last, width = ranges[bisect_right(firsts, code) - 1]
            total += width if code <= last else width_of_m
    return total


@cache
def _table(font: Font) -> tuple[list[int], list[tuple[int, float]], float]:
    """Unpack a table on first use.

    Returns:
        First code points; for each its (last, width); how wide an "m" is.
    """
    path = resources.files("hitsvc.drawing") / "fonts" / f"{font}.txt"
    found = []
    width = 0.0
    for token in path.read_text(encoding="ascii").split():
        if token.endswith(":"):
            width = float(token[:-1])
        else:
            first, _, last = token.partition("-")
            found.append((int(first, 16), int(last or first, 16), width))
    found.sort()
    width_of_m = next(width for first, last, width in found if first <= 0x6D <= last)
    return (
        [first for first, _, _ in found],
        [(last, width) for _, last, width in found],
        width_of_m,
    )
