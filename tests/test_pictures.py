"""Pictures of the documentation: few bytes, all of them used, and said in words, too."""

import re
from pathlib import Path

from scripts.pictures import ENDING, NAMES

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
KINDS = {".png", ".jpg", ".jpeg", ".gif", ".webp", ".avif", ".svg"}
MOST_BYTES = 1_500_000
_IMAGE = re.compile(r"!\[([^\]]*)\]\(([^)\s]+)\)|<img\b[^>]*>")
PAGES = [ROOT / "README.md", *sorted(DOCS.rglob("*.md"))]


def pictures() -> set[Path]:
    """Find all pictures in the manual."""
    return {path for path in DOCS.rglob("*") if path.suffix.lower() in KINDS}


def shown() -> dict[Path, list[str]]:
    """Find the pictures that pages show, with what is said of them there."""
    found: dict[Path, list[str]] = {}
    for page in PAGES:
        text = re.sub(
            r"^ *```.*?^ *```", "", page.read_text("utf-8"), flags=re.M | re.S
        )
        for words, target in _IMAGE.findall(text):
            if target and "://" not in target:
                path = (page.parent / target.partition("#")[0]).resolve()
                found.setdefault(path, []).append(words)
    return found


def test_all_pictures_together_are_small() -> None:
    """Whoever clones the project fetches every one of them."""
    assert sum(path.stat().st_size for path in pictures()) <= MOST_BYTES


def test_the_script_makes_them() -> None:
    """So that all of them can be made anew when pages change: `make pictures`."""
    made = {DOCS / "pictures" / f"{name}{ENDING}" for name in NAMES}

    assert pictures() - made == {DOCS / "badge.svg"}
    assert made <= pictures()


def test_each_is_shown_somewhere() -> None:
    """No bytes for nobody."""
    assert pictures() <= set(shown())


def test_each_is_said_in_words() -> None:
    """Whoever does not see it reads what there is to see."""
    silent = [
        path.name
        for path, texts in shown().items()
        for words in texts
        if len(words.split()) < 2
    ]

    assert silent == []
