"""Which texts of other scripts than ASCII can be shown without deceiving anybody.

A whitelist: of scripts that are in everyday use, as their letters' Unicode names say, and
of letters, marks and digits in them. What is invisible, decomposed, compatible or unassigned
is in none. One word is in one script, but for those that are written together.
"""

from collections.abc import Iterable
from functools import lru_cache
from itertools import groupby, pairwise
from typing import Final
from unicodedata import category, decimal, name, normalize

# The recommended scripts (Unicode Standard Annex 31, table 5), by the first word of their
# characters' names.
_SCRIPTS: Final = frozenset(
    [
        *("LATIN", "GREEK", "CYRILLIC", "ARMENIAN", "GEORGIAN", "HEBREW", "ARABIC"),
        *("THAANA", "ETHIOPIC", "DEVANAGARI", "BENGALI", "GURMUKHI", "GUJARATI"),
        *("ORIYA", "TAMIL", "TELUGU", "KANNADA", "MALAYALAM", "SINHALA", "THAI", "LAO"),
        *("TIBETAN", "MYANMAR", "KHMER", "CJK", "HIRAGANA", "KATAKANA", "BOPOMOFO"),
        "HANGUL",
    ]
)
# Names that begin otherwise.
_OTHER_NAMES: Final = {
    "ARABIC-INDIC": "ARABIC",
    "EXTENDED": "ARABIC",
    "KATAKANA-HIRAGANA": "KATAKANA",
    "IDEOGRAPHIC": "CJK",
}
# Where only a part of a script is in everyday use, or to be told from the rest.
_PARTS: Final = {
    "ARABIC": ((0x620, 0x63F), (0x641, 0x669), (0x671, 0x6D3), (0x6F0, 0x6F9)),
    "CYRILLIC": ((0x400, 0x45F), (0x48A, 0x52F)),
    "HANGUL": ((0xAC00, 0xD7A3),),
    "HEBREW": ((0x5B0, 0x5BC), (0x5C1, 0x5C2), (0x5D0, 0x5EA)),
    "KHMER": ((0x1780, 0x17A2), (0x17A5, 0x17B3), (0x17B6, 0x17D3), (0x17E0, 0x17E9)),
    "CJK": ((0x3005, 0x3005), (0x3400, 0x4DBF), (0x4E00, 0x9FFF)),
}
# Latin letters that are no ASCII letter with a mark.
_LATIN: Final = frozenset("ßæœøłđþðħŋÆŒØŁĐÞÐĦŊẞ")
_KINDS: Final = frozenset(["Lu", "Ll", "Lm", "Lo", "Mn", "Mc", "Nd"])
# Thai and Lao AM, which everybody writes as one character and NFKC takes apart.
_COMPATIBLE: Final = frozenset("\u0e33\u0eb3")

_TOGETHER: Final = (
    frozenset(["CJK", "HIRAGANA", "KATAKANA"]),
    frozenset(["CJK", "BOPOMOFO"]),
    frozenset(["CJK", "HANGUL"]),
)
_MOST_MARKS: Final = 3
# Kinds of characters, one after the other.
_NOT_ON_LETTERS: Final = frozenset([("", "M"), ("N", "M"), ("P", "M")])

# Letters that could be Latin ones: where a text has no others, it could be all Latin.
_LOOKALIKES: Final = {
    "CYRILLIC": frozenset("асԁеһіјӏорԛѕԝхуъҽпгѵАВЕЅІЈКМНОРСТУХԚԜ"),
    "GREEK": frozenset("αγικνορτυχωςβΑΒΕΖΗΙΚΜΝΟΡΤΥΧ"),
    "ARMENIAN": frozenset("ագզէհյոսւօցքլՕՍԼՏ"),
    "GEORGIAN": frozenset("ოიძყხ"),
    "HEBREW": frozenset("דוחיןסט"),
    "THAI": frozenset("ทนบพรลแ"),
    # And those that could be a dash, a slash or a zero.
    "KATAKANA": frozenset("ーノソンロニエ"),
    "CJK": frozenset("一丨丶丿口工二"),
}


def is_clear(word: str, *, with_latin: bool) -> bool:
    """Tell whether a word can be shown as it is.

    Args:
        word: Letters, marks and digits; hyphens and the like are in no script.
        with_latin: Whether Latin letters may stand beside ideographs, kana and Hangul,
            as they do in titles.
    """
    found = {
        _script(char) for char in word if not (char.isascii() and not char.isalpha())
    }
    if "" in found or normalize("NFC", word) != word:
        return False
    if len(found) > 1:
        rest = found - {"LATIN"} if with_latin else found
        if not any(rest <= scripts for scripts in _TOGETHER):
            return False
    digits = {ord(char) - decimal(char) for char in word if category(char) == "Nd"}
    return len(digits) < 2 and _has_plain_marks(word)


def looks_latin(words: Iterable[str]) -> bool:
    """Tell whether all letters could be Latin ones, and some are of another script."""
    letters = [normalize("NFD", char)[0] for char in "".join(words) if char.isalpha()]
    others = {char for char in letters if _script(char) not in {"LATIN", ""}}
    return bool(others) and all(
        char in _LOOKALIKES.get(_script(char), ()) for char in others
    )


def _has_plain_marks(word: str) -> bool:
    """Tell whether marks stand on letters, few on each, and none twice."""
    kinds = [category(char)[0] for char in word]
    if any(pair in _NOT_ON_LETTERS for pair in pairwise(["", *kinds])):
        return False
    if "L" not in kinds:
        return False
    for is_mark, group in groupby(word, lambda char: category(char) == "Mn"):
        marks = list(group)
        if is_mark and (len(marks) > _MOST_MARKS or len(set(marks)) < len(marks)):
            return False
    return True


@lru_cache(4096)
def _script(char: str) -> str:
    """Name the script of a character; empty for one that is not in the whitelist."""
    compatible = char in _COMPATIBLE or normalize("NFKC", char) == char
    if category(char) not in _KINDS or not compatible or char > "\uffff":
        return ""
    first = name(char, "").partition(" ")[0]
    script = _OTHER_NAMES.get(first, first)
    if script not in _SCRIPTS:
        return ""
    if script == "LATIN":
        base = normalize("NFD", char)[0]
        return script if base.isascii() or char in _LATIN else ""
    parts = _PARTS.get(script)
    if parts and not any(low <= ord(char) <= high for low, high in parts):
        return ""
    return script
