"""docs/log.md has every line that the service can write, and no other."""

import ast
import re
from typing import NamedTuple

from tests.support.log_lines import Line, calls, modules, text_of, warnings
from tests.test_docs import read

_ROW = re.compile(r"^\| `([^|]+)` \|(?: (\w*) )?\| ?(.*?) ?\|$", re.MULTILINE)
_VALUE = re.compile(r"%(?:\(\w+\))?(?:\.\d+)?[sdf]|…")
# Texts that come from elsewhere: what can lose counts (the sentences of `warnings`), what
# stops a start, and what `Notice` was made with.
CARRIED = {
    ("access/tokens.py", "'%s'"),
    ("cli/serve.py", "message"),
    ("cli/serve.py", "str(ex)"),
    ("cli/serve.py", "warning"),
    ("resources/health.py", "text"),
    ("http1/limit.py", "self._text"),
    ("serve/console.py", "message"),
    ("serve/forked.py", "str(ex)"),
    ("serve/keeper.py", "str(ex)"),
    ("serve/server.py", "report.note"),
    ("serve/server.py", "warning"),
}
# Begun with "Redis" or "No hits", of all or of the pages at a node.
_WHO = {
    "counting/outage.py": (
        "Redis",
        "Redis at …",
        "No hits",
        "No hits of the pages at …",
    ),
    "counting/capacity.py": ("The store",),
}


class Row(NamedTuple):
    """A row of the page."""

    text: str
    level: str


ROWS = [
    Row(text, level)
    for texts, level, _ in _ROW.findall(read("docs/log.md"))
    for text in texts.split("`, `")
    if level != "level"
]
LINES = [*calls(), *warnings()]
SAID = [line for line in LINES if line.level != "carried"]


def spelled(line: Line) -> set[str]:
    """Return what a line may look like, with … for each value."""
    text = _VALUE.sub("…", line.text).replace("%%", "%")
    if line.module == "serve/access_log.py":
        return {"METHOD PATH STATUS"}
    if text.startswith("…") and line.module in _WHO:
        return {who + text[1:] for who in _WHO[line.module]}
    return {text}


def matches(row: str, text: str) -> bool:
    """Tell whether a row of the page is a line; its … stands for anything."""
    return bool(re.fullmatch(".*".join(map(re.escape, row.split("…"))), text))


def test_every_line_is_in_the_reference() -> None:
    """With its level."""
    missing = [
        line
        for line in SAID
        if not any(
            matches(row.text, text)
            for text in spelled(line)
            for row in ROWS
            if row.level == line.level
        )
    ]

    assert missing == []


def test_texts_from_elsewhere_are_known() -> None:
    """A new one needs rows of its own, or a place among these."""
    assert {(x.module, x.text) for x in LINES if x.level == "carried"} == CARRIED


def test_the_reference_has_no_other() -> None:
    """The longest fixed part of each row is said somewhere."""
    texts = [read("docker/store.sh")]
    for _, tree in modules():
        texts += [
            _VALUE.sub("…", text)
            for node in ast.walk(tree)
            if isinstance(node, ast.Constant | ast.JoinedStr)
            and (text := text_of(node, {}))
        ]
    texts += [text for line in SAID for text in spelled(line)]
    everything = "\n".join(texts)
    # Codes that stores answer with.
    codes = {"OOM", "MISCONF", "READONLY", "NOPERM", "WRONGTYPE", "MOVED", "ASK"}
    codes |= {"CLUSTERDOWN"}
    unknown = [
        row.text
        for row in ROWS
        if (fixed := max((part.strip() for part in row.text.split("…")), key=len))
        not in codes
        and fixed not in everything
    ]

    assert unknown == []
