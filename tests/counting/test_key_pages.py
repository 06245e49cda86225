"""docs/keys.md names every key that the code can name, and none that it cannot."""

import ast
import inspect
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from hitsvc.counting.keys import Keys, PageKeys

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "docs" / "keys.md").read_text(encoding="utf-8")
# What the examples of the page and of the module put in; all else is "…".
GIVEN = {
    "site": "example.com",
    "page_key": "example.com/b",
    "year": 2026,
    "day": "2026-330",
}
# These name no key: a pattern, and the way back from a name.
NO_NAMES = {"all_pages", "parse"}

_SPAN = re.compile(r"`(hits:[^`]+)`")
_ROW = re.compile(r"^\| (`hits:.*?) \| ([^|]*) \|", re.MULTILINE)
_TABLED = re.compile(r"^``(hits:\S+)`` +(string|hash|set|zset|any)? ", re.MULTILINE)
# A compiled module has no docstring: its source has.
_SOURCE = (ROOT / "hitsvc" / "counting" / "keys.py").read_text(encoding="utf-8")
TABLED = _TABLED.findall(ast.get_docstring(ast.parse(_SOURCE)) or "")
_SUFFIX = re.compile(r"\}(:[a-z]+)[:\"']|\.\. '(:[a-z]+)[:']")


def named(of: Keys | PageKeys) -> Iterator[str]:
    """Return all names that an object can give, with the examples' arguments."""
    for attribute in sorted({*dir(of), *vars_of(of)}):
        if attribute.startswith("_") or attribute in NO_NAMES:
            continue
        name = getattr(of, attribute)
        if callable(name):
            wanted = inspect.signature(name).parameters
            name = name(*(GIVEN.get(parameter, "…") for parameter in wanted))
        if not isinstance(name, PageKeys):
            yield name
        elif "visitors:" not in name.total:
            yield from named(name)
        else:  # a site has nothing else of what a page has
            yield from (name.visitors(2026), name.sketch("2026-330"))


def vars_of(of: Keys | PageKeys) -> list[str]:
    """Return what the object itself has, with slots or without."""
    return list(getattr(of, "__dict__", ()))


def example(name: str) -> str:
    """Return a name as the page has it: whatever day it is, and open at its end."""
    return re.sub(r"\d{4}-\d+", "2026-330", name).removesuffix("…")


DOCUMENTED: dict[str, str] = {example(name): name for name in _SPAN.findall(TEXT)}
NAMES = sorted(set(map(example, named(Keys("hits:")))))
TYPES = {
    example(name): kind.replace("sorted set", "zset")
    for spans, kind in _ROW.findall(TEXT)
    for name in _SPAN.findall(spans)
}


def open_ended(name: str) -> bool:
    """Tell whether a documented name stands for all that begin with it."""
    return DOCUMENTED[name].endswith("…")


@pytest.mark.parametrize("name", NAMES)
def test_each_name_is_on_the_page(name: str) -> None:
    """As it is, or as one of those that begin so."""
    assert name in DOCUMENTED or any(
        name.startswith(start) for start in DOCUMENTED if open_ended(start)
    )


@pytest.mark.parametrize("name", sorted(TYPES))
def test_the_page_has_no_other_names(name: str) -> None:
    """What is documented can be in a store."""
    assert any(
        known == name or (open_ended(name) and known.startswith(name))
        for known in NAMES
    )


@pytest.mark.parametrize(("name", "kind"), TABLED, ids=lambda value: value)
def test_the_table_beside_the_code_says_the_same(name: str, kind: str) -> None:
    """The names, and of which type they are."""
    assert kind in TYPES[example(name)]


def test_the_table_beside_the_code_has_every_row() -> None:
    """Both list the same names, but for the days of version 1.0."""
    assert {example(name) for name, _ in TABLED} == set(TYPES)


def test_ends_of_names_elsewhere_are_on_the_page_too() -> None:
    """In scripts, and where a module adds something to the name of a key."""
    found = {
        (path.name, next(filter(None, match)))
        for kind in ("*.py", "*.lua")
        for path in (ROOT / "hitsvc").rglob(kind)
        for match in _SUFFIX.findall(path.read_text(encoding="utf-8"))
    }

    assert ("take.lua", ":v") in found
    assert [one for one in sorted(found) if "}" + one[1] not in TEXT] == []
