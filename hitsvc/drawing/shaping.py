"""Which texts a renderer shapes: joins, stacks, reorders or turns round.

``textLength`` makes a renderer set each letter at a place of its own, so that a badge has
the same width in every font. That tears shaped text apart: Arabic letters stand unjoined,
marks beside their letters, and four people where one family was meant. It is for texts
whose letters stand one after the other and whose widths are known, and for no others.
"""

from bisect import bisect_right
from typing import Final
from unicodedata import category

from hitsvc.drawing.widths import Font, text_width

# What is written letter by letter from the left, and measured in the tables of `widths`:
# Latin, Greek, Cyrillic; punctuation to mathematics; kana, ideographs and Hangul
# syllables; full-width forms.
_PLAIN: Final = (
    *((0, 0x52F), (0x1E00, 0x1FFF), (0x2010, 0x2027), (0x2030, 0x205E)),
    *((0x2070, 0x218F), (0x2190, 0x22FF), (0x3000, 0x312F), (0x3131, 0x3163)),
    *((0x3165, 0x318E), (0x31F0, 0x31FF), (0x3400, 0x4DBF), (0x4E00, 0x9FFF)),
    *((0xAC00, 0xD7A3), (0xFF01, 0xFF9F)),
)
_FIRSTS: Final = [first for first, _ in _PLAIN]

# Marks go on their letters; pictures may be several characters, and wider than one.
_SHAPED_CATEGORIES: Final = frozenset(["Mn", "Mc", "Me", "Cf", "Cn", "Co"])
_PICTURE: Final = "So"
# Signs since ASCII and Latin-1, which are no pictures though their category says so.
_SIGNS: Final = frozenset("\xa6\xa9\xae\xb0№℗™")

# How wide shaped text is is the font's affair. These are upper ends of what common fonts
# need, as parts of an "m", so that a text never leaves its side of the badge.
_NARROW: Final = 0.75
_NARROW_SCRIPTS: Final = (
    *((0x590, 0x8FF), (0x900, 0xB7F), (0xE00, 0xEFF)),  # Hebrew to Gujarati; Thai, Lao
    *((0xFB1D, 0xFDFF), (0xFE70, 0xFEFF)),  # forms of Hebrew and Arabic letters
)
_NARROW_FIRSTS: Final = [first for first, _ in _NARROW_SCRIPTS]
_SPACING_MARK: Final = 0.5
_WIDE: Final = 1.4
_SKIN_TONES: Final = range(0x1F3FB, 0x1F400)


def is_shaped(text: str) -> bool:
    """Tell whether a renderer must be left to place the letters of a text itself."""
    return not text.isascii() and any(map(_is_shaped, text))


def drawn_width(text: str, font: Font = Font.VERDANA_11) -> float:
    """Measure a text as it is drawn, shaped or not; see `text_width`."""
    if not is_shaped(text):
        return text_width(text, font)
    width_of_m = text_width("m", font)
    return sum(_width(char, font, width_of_m) for char in text)


def odd_width(text: str, font: Font = Font.VERDANA_11) -> int:
    """Measure text in whole pixels, an odd number of them.

    Odd, so that centred text sits on the pixel grid (badge-maker's reason).
    """
    return int(drawn_width(text, font)) | 1


def _is_shaped(char: str) -> bool:
    if not _within(char, _FIRSTS, _PLAIN):
        return True
    kind = category(char)
    return kind in _SHAPED_CATEGORIES or (kind == _PICTURE and char not in _SIGNS)


def _width(char: str, font: Font, width_of_m: float) -> float:
    kind = category(char)
    if kind in {"Mn", "Me", "Cf"} or ord(char) in _SKIN_TONES:
        return 0
    if kind == "Mc":
        return _SPACING_MARK * width_of_m
    if kind == _PICTURE and char not in _SIGNS:
        return _WIDE * width_of_m
    if _within(char, _NARROW_FIRSTS, _NARROW_SCRIPTS):
        return _NARROW * width_of_m
    return text_width(char, font)


def _within(char: str, firsts: list[int], ranges: tuple[tuple[int, int], ...]) -> bool:
    at = bisect_right(firsts, ord(char)) - 1
    return at >= 0 and ord(char) <= ranges[at][1]
