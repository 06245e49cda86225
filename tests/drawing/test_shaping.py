"""Which texts may be stretched to a width, and which a renderer must place itself."""
# ruff: noqa: RUF001 - letters that look like others are what this is about

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hitsvc.drawing.shaping import drawn_width, is_shaped, odd_width
from hitsvc.drawing.widths import Font, text_width

PLAIN = [
    *("", "hits", "Besuche: été", "Ж ж", "Ελληνικά", "日本語", "ひらがな・カタカナー"),
    *("한국어", "1,234 / 56", "12.3k", "a → b", "№ 1 ™ © °", "“quoted” – …", "ＡＢＣ"),
]
SHAPED = [
    pytest.param("زيارات", id="Arabic"),
    pytest.param("بازدید", id="Persian"),
    pytest.param("כניסות", id="Hebrew"),
    pytest.param("ניקוד שָׁלוֹם", id="Hebrew with points"),
    pytest.param("ދިވެހި", id="Thaana"),
    pytest.param("ܣܘܪܝܝܐ", id="Syriac"),
    pytest.param("ߒߞߏ", id="N'Ko"),
    pytest.param("दर्शक", id="Devanagari"),
    pytest.param("দর্শক", id="Bengali"),
    pytest.param("ਦਰਸ਼ਕ", id="Gurmukhi"),
    pytest.param("દર્શકો", id="Gujarati"),
    pytest.param("பார்வை", id="Tamil"),
    pytest.param("సందర్శనలు", id="Telugu"),
    pytest.param("ಭೇಟಿಗಳು", id="Kannada"),
    pytest.param("സന്ദർശനം", id="Malayalam"),
    pytest.param("නැරඹුම්", id="Sinhala"),
    pytest.param("ผู้เข้าชม", id="Thai"),
    pytest.param("ຜູ້ເຂົ້າຊົມ", id="Lao"),
    pytest.param("ការទស្សនា", id="Khmer"),
    pytest.param("ကြည့်ရှုမှု", id="Burmese"),
    pytest.param("བལྟ་བ", id="Tibetan"),
    pytest.param("ᠮᠣᠩᠭᠣᠯ", id="Mongolian"),
    pytest.param("\u1100\u1161\u11a8", id="Hangul letters that join"),
    pytest.param("e\u0301te\u0301", id="combining accents"),
    pytest.param("か\u3099", id="combining kana marks"),
    pytest.param("H̷i̷t̷s̷", id="overlays"),
    pytest.param("1\ufe0f\u20e3", id="a keycap"),
    pytest.param("👁 views", id="a pictograph"),
    pytest.param("⭐", id="a pictograph of old"),
    pytest.param("👍🏽", id="a skin tone"),
    pytest.param("👨‍👩‍👧‍👦", id="a family"),
    pytest.param("🇩🇪", id="a flag"),
    pytest.param("❤\ufe0f", id="a variation selector"),
    pytest.param("a\u200db", id="a joiner"),
    pytest.param("a\u202eb", id="a direction"),
    pytest.param("𝐡𝐢𝐭𝐬", id="letters beyond the tables"),
    pytest.param("\U0003fffd", id="no character"),
    pytest.param("\ue000", id="a private character"),
]


@pytest.mark.parametrize("text", PLAIN)
def test_letters_in_a_row_may_be_stretched(text):
    """Their widths are the tables'."""
    assert not is_shaped(text)
    assert drawn_width(text) == text_width(text)


@pytest.mark.parametrize("text", SHAPED)
def test_what_joins_or_stacks_is_left_alone(text):
    """And so is what the tables do not measure."""
    assert is_shaped(text)
    assert is_shaped(f"hits {text}")


@settings(deadline=None)
@given(st.text(), st.text())
def test_one_shaped_letter_makes_a_text_shaped(left, right):
    """A text is stretched as a whole or not at all."""
    assert is_shaped(left + right) == (is_shaped(left) or is_shaped(right))


@settings(deadline=None)
@given(st.characters(categories=["Mn", "Mc", "Me", "Cf"]))
def test_no_mark_is_ever_stretched(mark):
    """Marks of all scripts, and what is invisible."""
    assert is_shaped(mark)


@settings(deadline=None)
@given(st.characters())
def test_what_is_written_from_the_right_is_never_stretched(char):
    """Whatever its script."""
    if unicodedata.bidirectional(char) in {"R", "AL", "AN"}:
        assert is_shaped(char)


@pytest.mark.parametrize("font", Font)
def test_marks_take_no_room_of_their_own(font):
    """They stand on their letters."""
    assert drawn_width("e\u0301", font) == pytest.approx(text_width("e", font))


@pytest.mark.parametrize(
    ("text", "wider"),
    [("👍🏽", "👍"), ("दर्शक", "दरशक"), ("❤\ufe0f", "❤")],
)
def test_what_joins_takes_no_more_room_than_what_does_not(text, wider):
    """Selectors, skin tones and signs that kill a vowel have no width."""
    assert drawn_width(text) == pytest.approx(drawn_width(wider))


def test_a_shaped_text_has_an_odd_width_too():
    """As every text of a badge."""
    assert odd_width("זיארות") % 2 == 1
