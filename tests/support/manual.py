"""Commands of the manual that are marked to be run: ``<!-- run: NAME -->`` before them."""

import re
import textwrap
from pathlib import Path

ROOT = Path(__file__).parents[2]
_BLOCK = re.compile(
    r"^ *<!-- run: ([\w-]+) -->\n( *)```\w*\n(.*?)^ *```", re.MULTILINE | re.DOTALL
)


def marked(page: str) -> list[tuple[str, str]]:
    """Return a page's marks, each with what it marks.

    Args:
        page: Below docs/.
    """
    text = (ROOT / "docs" / page).read_text(encoding="utf-8")
    return [(mark, textwrap.dedent(code)) for mark, _, code in _BLOCK.findall(text)]


def blocks(page: str, name: str) -> str:
    """Return all commands of a page that are to be run under a name."""
    found = [code for mark, code in marked(page) if mark == name]
    assert found, (page, name)
    return "".join(found)


def with_other(script: str, **names: str) -> str:
    """Return commands with names of one's own; each name must be there."""
    for old, new in names.items():
        assert old in script, (old, script)
        script = script.replace(old, new)
    return script
