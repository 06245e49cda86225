"""Addresses as their readers write them, and what must not be shown as anything else."""
# ruff: noqa: RUF001 - letters that look like others are what this is about

import re
from unicodedata import category
from urllib.parse import quote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hitsvc.drawing.readable import readable

LRM = "\u200e"
HOSTS = [
    pytest.param("bücher.example", id="German"),
    pytest.param("пример.рф", id="Russian"),
    pytest.param("ελλάδα.example", id="Greek"),
    pytest.param("հայաստան.example", id="Armenian"),
    pytest.param("საქართველო.example", id="Georgian"),
    pytest.param("東京.example", id="Japanese"),
    pytest.param("ひらがな.example", id="hiragana"),
    pytest.param("らーめん.example", id="a long vowel"),
    pytest.param("漢字かな交じり.example", id="scripts that are written together"),
    pytest.param("한국.example", id="Korean"),
    pytest.param("中国.example", id="Chinese"),
    pytest.param("ประเทศไทย.example", id="Thai"),
    pytest.param("भारत.example", id="Hindi"),
    pytest.param("বাংলা.example", id="Bengali"),
    pytest.param("தமிழ்.example", id="Tamil"),
    pytest.param("ලංකා.example", id="Sinhala"),
    pytest.param("việtnam.example", id="Vietnamese"),
    pytest.param("привет-мир2.example", id="digits and hyphens"),
]
FROM_THE_RIGHT = [
    pytest.param("ישראל", id="Hebrew"),
    pytest.param("مصر", id="Arabic"),
    pytest.param("ایران۲", id="Persian digits"),
]
PATHS = [
    *("/привет-мир", "/café/été", "/日本語/記事", "/C言語・入門", "/K-pop뮤직"),
    *("/สวัสดี/น้ำ", "/हिन्दी२०२४", "/Σωκράτης", "/Tiếng-Việt", "/«слово»-–-x", "/ßtraße"),
]
# Decoded, each could be taken for another address, or for nothing at all.
TRICKS = [
    pytest.param("аррӏе", id="all Cyrillic, looks Latin"),
    pytest.param("gооgle", id="Cyrillic in Latin"),
    pytest.param("paypаl", id="one Cyrillic letter"),
    pytest.param("αιο", id="all Greek, looks Latin"),
    pytest.param("ΑΒΕ", id="Greek capitals"),
    pytest.param("νιρ", id="Greek that looks Latin"),
    pytest.param("օս", id="all Armenian, looks Latin"),
    pytest.param("приветmир", id="Latin in Cyrillic"),
    pytest.param("ｇｏｏｇｌｅ", id="full-width"),
    pytest.param("𝐠𝐨𝐨𝐠𝐥𝐞", id="mathematical"),
    pytest.param("ⓖoogle", id="circled"),
    pytest.param("ɑpple", id="a phonetic letter"),
    pytest.param("ıcloud", id="an i without dot"),
    pytest.param("ᏢᎪY", id="Cherokee"),
    pytest.param("ꓓꓰ", id="Lisu"),
    pytest.param("ⲟⲭ", id="Coptic"),
    pytest.param("a\u200bb", id="zero width space"),
    pytest.param("a\u200db", id="zero width joiner"),
    pytest.param("a\u00adb", id="a soft hyphen"),
    pytest.param("a\u2060b", id="a word joiner"),
    pytest.param("a\ufeffb", id="a byte order mark"),
    pytest.param("a\U000e0041b", id="a tag"),
    pytest.param("a\ufe0fb", id="a variation selector"),
    pytest.param("a\u202eb", id="an override"),
    pytest.param("a\u2067b", id="an isolate"),
    pytest.param("\u200fa", id="a direction mark"),
    pytest.param("\u3164", id="Hangul filler"),
    pytest.param("\u115f\u1160", id="Hangul fillers"),
    pytest.param("\uffa0", id="half-width filler"),
    pytest.param("\u2800", id="Braille blank"),
    pytest.param("\u17b4ក", id="an invisible vowel"),
    pytest.param("a\u00a0b", id="a no-break space"),
    pytest.param("a\u3000b", id="an ideographic space"),
    pytest.param("a\u2028b", id="a line separator"),
    pytest.param("a\u0085b", id="a control"),
    pytest.param("a／b", id="a full-width slash"),
    pytest.param("a⁄b", id="a fraction slash"),
    pytest.param("a∕b", id="a division slash"),
    pytest.param("a⧸b", id="a big slash"),
    pytest.param("a．b", id="a full-width dot"),
    pytest.param("a․b", id="a leader"),
    pytest.param("a？b", id="a full-width question mark"),
    pytest.param("a＃b", id="a full-width number sign"),
    pytest.param("a％41", id="a full-width percent sign"),
    pytest.param("a：b", id="a full-width colon"),
    pytest.param("aːb", id="a letter like a colon"),
    pytest.param("aǃb", id="a letter like an exclamation mark"),
    pytest.param("ノ", id="a letter like a slash"),
    pytest.param("ー", id="a letter like a dash"),
    pytest.param("一", id="an ideograph like a dash"),
    pytest.param("e\u0301", id="decomposed"),
    pytest.param("Z\u0351\u036b\u0343\u033b", id="marks on marks"),
    pytest.param("\u0301a", id="a mark on nothing"),
    pytest.param("\u0940क", id="a vowel sign on nothing"),
    pytest.param("क2\u0940", id="a vowel sign on a digit"),
    pytest.param("שׁׁ", id="a mark twice"),
    pytest.param("कِ", id="a mark of another script"),
    pytest.param("৪২", id="digits alone"),
    pytest.param("ক৪2", id="digits of two scripts"),
    pytest.param("عـب", id="a letter that only stretches"),
    pytest.param("ﷺ", id="a ligature"),
    pytest.param("ﻻ", id="a presentation form"),
    pytest.param("\ue000", id="private"),
    pytest.param("\ufdd0", id="no character"),
    pytest.param("\U0003fffd", id="unassigned"),
    pytest.param("😀", id="a pictograph"),
    pytest.param("☕", id="a symbol"),
    pytest.param("Ⅷ", id="a numeral"),
    pytest.param("ﬁ", id="an old ligature"),
]


def punycode(host: str) -> str:
    """Write a host as DNS has it, whatever is in it."""
    return ".".join(
        label if label.isascii() else f"xn--{label.encode('punycode').decode()}"
        for label in host.split(".")
    )


@pytest.mark.parametrize("host", HOSTS)
def test_a_host_is_in_its_own_script(host):
    """As its owner writes it."""
    assert readable(f"{punycode(host)}/a") == f"{host}/a"
    assert readable(f"{punycode(host)}:8080") == f"{host}:8080"


@pytest.mark.parametrize("word", FROM_THE_RIGHT)
def test_what_is_written_from_the_right_stays_in_its_place(word):
    """Between two marks, so that nothing beside it turns round."""
    shown = readable(f"a.{punycode(word)}.example/{quote(word)}/b")

    assert shown == f"a.{LRM}{word}{LRM}.example/{LRM}{word}{LRM}/b"


@pytest.mark.parametrize("path", PATHS)
def test_a_path_is_in_its_own_script(path):
    """Word by word; kana, ideographs and Hangul may have Latin letters beside them."""
    assert readable(f"example.com{quote(path)}") == f"example.com{path}"


@pytest.mark.parametrize("trick", TRICKS)
def test_no_trick_is_decoded_in_a_path(trick):
    """It stays the escapes that it is in the key."""
    key = f"example.com/{quote(trick)}/b"

    assert readable(key) == key


@pytest.mark.parametrize("trick", TRICKS)
def test_no_trick_is_decoded_in_a_host(trick):
    """It stays Punycode."""
    key = f"{punycode(trick)}.example/b"

    assert readable(key) == key


@pytest.mark.parametrize(
    "key",
    [
        *("example.com", "example.com/a/b", "[::1]:8000/x", "localhost:5000"),
        *(
            "example.com/a%20b%2Fc%3Fd%23e%25%41",
            "example.com/%B2%E2",
            "example.com/caf%E9",
        ),
        *("example.com/%ED%A0%80", "example.com/%C0%AF", "example.com/%F4%90%80%80"),
        *("xn--.example/", "xn--a.example/", "xn--abc-.example"),
        *("xn--\u00e9.example", f"xn--{'a' * 70}.example", "xn--99999999999.example"),
        *("", "/", "%", "%C3", "example.com/?a=%C3"),
    ],
)
def test_all_else_is_as_it_is(key):
    """ASCII, its escapes, bytes that are no UTF-8, and names that are none."""
    assert readable(key) == key


def test_one_word_that_is_unclear_does_not_hide_the_others():
    """Only it stays escaped."""
    key = f"example.com/{quote('привет-gооgle')}"

    assert readable(key) == f"example.com/привет-{quote('gооgle')}"


@settings(deadline=None)
@given(st.lists(st.text(max_size=20), max_size=3))
def test_nothing_invisible_is_ever_shown(segments):
    """Of any text: no control, no space, no direction but our own, nothing unassigned."""
    path = "/".join(quote(segment, errors="replace") for segment in segments)
    shown = readable(f"a.example/{path}")

    for char in shown.replace(LRM, ""):
        assert char.isascii() or category(char)[0] in "LMNP", ascii(char)


@settings(deadline=None)
@given(
    st.lists(st.text(st.characters(exclude_categories=["Cs"]), max_size=20), max_size=3)
)
def test_what_is_shown_is_the_address(segments):
    """Escaped again, it is what it was: nothing is lost, added or exchanged."""
    path = "/".join(quote(segment, safe="") for segment in segments)
    shown = readable(f"a.example/{path}").replace(LRM, "")

    again = re.sub(r"[^\x00-\x7f]+", lambda match: quote(match[0]), shown)
    assert again == f"a.example/{path}"


@settings(deadline=None)
@given(st.text(max_size=60))
def test_any_text_can_be_asked_for(text):
    """Whatever a key may be one day."""
    assert isinstance(readable(text), str)
    assert isinstance(readable(f"xn--{text}.example/{text}"), str)
