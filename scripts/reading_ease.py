"""Say how easy documents are to read: ``python -m scripts.reading_ease [FILE...]``.

It is Flesch's reading ease: 206.835 - 1.015 x words a sentence - 84.6 x syllables a word.
60 and above is plain English, 30 a scientific paper. Headings, code, tables, pictures and
addresses are left out; an item of a list ends a sentence.
"""

import re
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
_LEFT_OUT = re.compile(
    r"```.*?```|<!--.*?-->|^(?:\||#).*?$|!\[[^\]]*\]\([^)]*\)|<[^>]+>", re.S | re.M
)
_LINK = re.compile(r"\[([^\]]*)\]\([^)]*\)")
_CODE = re.compile(r"`[^`]*`")
_PARAGRAPH = re.compile(r"\n\s*\n|\n(?=\s*(?:[-*]|\d+\.)\s)")
_SENTENCE = re.compile(r"[.!?]+(?=\W|$)")
_WORD = re.compile(r"[A-Za-z][A-Za-z']*")
_VOWELS = re.compile(r"[aeiouy]+")
_SILENT = re.compile(r"[^aeiouyl]e$|[^aeiouylsxzcgh]es$|[^aeiouydt]ed$")


def syllables(word: str) -> int:
    """Count the syllables of a word, nearly: groups of vowels, but for a silent e."""
    word = word.lower().removesuffix("'s")
    found = len(_VOWELS.findall(word)) - bool(_SILENT.search(word))
    return max(1, found)


def prose(text: str) -> list[list[str]]:
    """Return the words of each sentence of a page."""
    text = _LEFT_OUT.sub("\n\n", text)
    text = _CODE.sub("x", _LINK.sub(r"\1", text))
    sentences = [
        _WORD.findall(sentence)
        for paragraph in _PARAGRAPH.split(text)
        for sentence in _SENTENCE.split(paragraph)
    ]
    return [words for words in sentences if words]


def reading_ease(text: str) -> float:
    """Return Flesch's reading ease of a page."""
    sentences = prose(text)
    words = [word for sentence in sentences for word in sentence]
    spoken = sum(map(syllables, words))
    return 206.835 - 1.015 * len(words) / len(sentences) - 84.6 * spoken / len(words)


if __name__ == "__main__":
    for name in sys.argv[1:] or ("README.md", "docs/index.md"):
        ease = reading_ease((ROOT / name).read_text(encoding="utf-8"))
        print(f"{ease:5.1f}  {name}")
