"""A page's key as its readers would write it: in their own script, where that is safe.

A key is in ASCII: hosts in Punycode, all else in percent escapes. What is decoded here is
for the eye alone. ASCII escapes stay, so no slash or space appears that was none; so does
what could be taken for another address, see `hitsvc.drawing.scripts`.
"""

import re
from typing import Final
from unicodedata import bidirectional, normalize
from urllib.parse import quote

from hitsvc.drawing.scripts import is_clear, looks_latin

_PREFIX: Final = "xn--"
_MAX_LABEL: Final = 63
# Escapes of what is not ASCII.
_ESCAPED: Final = re.compile(r"(?:%[89A-F][0-9A-F])+")
# What parts words: ASCII that is neither letter nor digit, escapes, and some punctuation
# that can be taken for nothing in an address.
_BETWEEN: Final = re.compile(
    r"(%[0-9A-F]{2}|[!-/:-@\[-`{-~]|[\u3001\u3002\u300c-\u300f\u30fb\u2013\u2014\u2026\u00ab\u00bb])"
)
# What is written from the right stays where it is in the address: between two of these.
_LEFT_TO_RIGHT: Final = "\u200e"


def readable(key: str) -> str:
    """Write a page's key for people.

    Args:
        key: What `hitsvc.request.Identity.key` returned, or anything else.
    """
    host, slash, path = key.partition("/")
    labels = ".".join(_in_place(_label(label)) for label in host.split("."))
    segments = "/".join(_in_place(_segment(segment)) for segment in path.split("/"))
    return f"{labels}{slash}{segments}"


def _label(label: str) -> str:
    name, colon, port = label.partition(":")
    if not name.startswith(_PREFIX) or len(name) > _MAX_LABEL:
        return label
    punycode = name.removeprefix(_PREFIX)
    try:
        text = punycode.encode().decode("punycode")
        back = text.encode("punycode").decode()
    except UnicodeError:
        return label
    # One name has one spelling: what does not come back as it was is none.
    if text.isascii() or back != punycode or text.lower() != text:
        return label
    if not is_clear(text, with_latin=False) or looks_latin([text]):
        return label
    return f"{text}{colon}{port}"


def _segment(segment: str) -> str:
    text = _ESCAPED.sub(_decoded, segment)
    if text.isascii():
        return segment
    words = _BETWEEN.split(text)
    shown = [_word(word) for word in words]
    return segment if looks_latin(shown) else "".join(shown)


def _word(word: str) -> str:
    """Show a word, or what is between two; escape it again if it is not clear."""
    if word.isascii() or _BETWEEN.fullmatch(word) or is_clear(word, with_latin=True):
        return word
    return quote(word)


def _decoded(match: re.Match[str]) -> str:
    try:
        text = bytes.fromhex(match[0].replace("%", "")).decode()
    except UnicodeDecodeError:
        return match[0]
    return text if normalize("NFC", text) == text else match[0]


def _in_place(text: str) -> str:
    if any(bidirectional(char) in {"R", "AL", "AN"} for char in text):
        return f"{_LEFT_TO_RIGHT}{text}{_LEFT_TO_RIGHT}"
    return text
