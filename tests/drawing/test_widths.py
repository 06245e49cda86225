"""How wide text is; the expected numbers are anafanafo 2.0.0's."""

import random
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hitsvc.drawing.shaping import odd_width
from hitsvc.drawing.widths import Font, text_width
from tests.support.badge_maker import BadgeMaker

WIDTHS = [
    pytest.param("", 0, id="nothing"),
    pytest.param("m", 10.7, id="one letter"),
    pytest.param("hits", 20.04, id="a word"),
    pytest.param("1,234", 31.96, id="a number"),
    pytest.param("é", 6.55, id="the first of a range"),
    pytest.param("ë", 6.55, id="the last of a range"),
    pytest.param("ж", 8.78, id="Cyrillic"),
    pytest.param("€", 6.99, id="currency"),
    pytest.param("中", 11, id="an ideograph"),
    pytest.param("\u00ad", 0, id="a soft hyphen"),
]
NAMES = {
    Font.VERDANA_11: "11px Verdana",
    Font.VERDANA_10: "10px Verdana",
    Font.VERDANA_10_BOLD: "bold 10px Verdana",
    Font.HELVETICA_11_BOLD: "bold 11px Helvetica",
}
# What the tables cover, from the first to the last character.
BLOCKS = [
    *((0x20, 0x24F), (0x370, 0x52F), (0x1E00, 0x1EFF), (0x2000, 0x206F)),
    *((0x20A0, 0x20CF), (0x2100, 0x214F), (0x2190, 0x21FF), (0x2600, 0x27BE)),
    *((0x2E80, 0x2EFF), (0x2FF0, 0x303F), (0x3400, 0x4DBF), (0x4E00, 0x9FFF)),
    *((0xF900, 0xFAFF), (0xFF00, 0xFFEF)),
]


@pytest.mark.parametrize(("text", "expected"), WIDTHS)
def test_a_text_is_as_wide_as_anafanafo_says(text, expected):
    """Widths are the table's, added up."""
    assert text_width(text) == pytest.approx(expected)


@pytest.mark.parametrize("font", Font)
def test_every_character_is_as_wide_as_anafanafo_says(font, node_modules: Path):
    """One by one in the small blocks, and here and there in the large ones."""
    pick = random.Random(6)  # noqa: S311 - for reproducible samples
    codes = [
        code
        for first, last in BLOCKS
        for code in pick.sample(range(first, last + 1), min(last + 1 - first, 1000))
    ]
    expected = BadgeMaker(node_modules).widths([(chr(c), NAMES[font]) for c in codes])
    assert [text_width(chr(code), font) for code in codes] == expected


@pytest.mark.parametrize("font", Font)
def test_all_digits_are_equally_wide(font):
    """A badge's geometry may depend on how many digits there are, not on which."""
    assert len({text_width(digit, font) for digit in "0123456789"}) == 1


@pytest.mark.parametrize("font", Font)
@pytest.mark.parametrize("text", ["한", "😀", "ÿ", "\U0010ffff"])
def test_an_unknown_character_is_as_wide_as_an_m(text, font):
    """What the table lacks is guessed as anafanafo guesses it."""
    assert text_width(text, font) == text_width("m", font)


@pytest.mark.parametrize("text", ["\x00", "\t", "\x1f", "\x7f"])
def test_a_control_character_has_no_width(text):
    """ASCII control characters take no room."""
    assert text_width(text) == 0


def test_widths_are_added_in_order_and_not_more_exactly_than_anafanafo_does():
    """The exact total is 34; a plain loop of doubles, as in JavaScript, falls short."""
    assert text_width("0h0ve") == 33.99999999999999


@pytest.mark.parametrize(
    ("text", "expected"), [("", 1), ("hits", 21), ("0h0ve", 33), ("m", 11)]
)
def test_a_width_in_whole_pixels_is_odd(text, expected):
    """It is cut off, then made odd."""
    assert odd_width(text) == expected


@settings(deadline=None)
@given(st.text(), st.text())
def test_a_text_is_as_wide_as_its_parts(left, right):
    """There is no kerning."""
    assert text_width(left + right) == pytest.approx(
        text_width(left) + text_width(right)
    )
