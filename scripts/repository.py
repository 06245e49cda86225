"""Say where this repository is published: ``python -m scripts.repository URL``.

One place has the address, ``[tool.hitsvc] repository`` in pyproject.toml, and the
documents repeat it, so that their commands can be copied. This changes it in all of them,
and takes away that it is a placeholder.
"""

import re
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[1]
# What somebody is told to clone or to install.
_NAMED = re.compile(r"(?:git\+|git clone )(\S+?)(?=[\s`]|$)")
# What they say of it as long as nothing is published.
PLACEHOLDER = " `git.example.org` is a placeholder."


def address(root: Path = ROOT) -> str:
    """Return where pyproject.toml says that it is."""
    text = (root / "pyproject.toml").read_text(encoding="utf-8")
    return str(tomllib.loads(text)["tool"]["hitsvc"]["repository"])


def documents(root: Path = ROOT) -> list[Path]:
    """List the documents that may name it."""
    return [*sorted(root.glob("*.md")), *sorted(root.glob("docs/**/*.md"))]


def named(root: Path = ROOT) -> Iterator[tuple[str, str]]:
    """Find every address of a repository to clone or install, with its document."""
    for path in documents(root):
        for match in _NAMED.finditer(path.read_text(encoding="utf-8")):
            yield path.relative_to(root).as_posix(), match[1]


def move(url: str, root: Path = ROOT) -> None:
    """Write another address wherever this one is."""
    old = address(root)
    for path in (root / "pyproject.toml", *documents(root)):
        text = path.read_text(encoding="utf-8")
        if old in text:
            text = text.replace(old, url).replace(PLACEHOLDER, "")
            path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    move(sys.argv[1])
