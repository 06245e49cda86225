"""How wide text is in Verdana at 11 px; the expected numbers are anafanafo 2.0.0's."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hitsvc.verdana import text_width

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


@pytest.mark.parametrize(("text", "expected"), WIDTHS)
def test_a_text_is_as_wide_as_anafanafo_says(text, expected):
    """Widths are the table's, added up."""
    assert text_width(text) == pytest.approx(expected)


def test_all_digits_are_equally_wide():
    """A badge's geometry may depend on how many digits there are, not on which."""
    assert {text_width(digit) for digit in "0123456789"} == {6.99}


@pytest.mark.parametrize("text", ["한", "😀", "ÿ", "\U0010ffff"])
def test_an_unknown_character_is_as_wide_as_an_m(text):
    """What the table lacks is guessed as anafanafo guesses it."""
    assert text_width(text) == text_width("m")


@pytest.mark.parametrize("text", ["\x00", "\t", "\x1f", "\x7f"])
def test_a_control_character_has_no_width(text):
    """ASCII control characters take no room."""
    assert text_width(text) == 0


def test_widths_are_added_in_order_and_not_more_exactly_than_anafanafo_does():
    """The exact total is 34; a plain loop of doubles, as in JavaScript, falls short."""
    assert text_width("0h0ve") == 33.99999999999999


@given(st.text(), st.text())
def test_a_text_is_as_wide_as_its_parts(left, right):
    """There is no kerning."""
    assert text_width(left + right) == pytest.approx(
        text_width(left) + text_width(right)
    )
