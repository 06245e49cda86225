"""What is compiled: nothing that mypyc is known to get wrong.

Where one of these tests fails, write the module another way, or take it off the list in
pyproject.toml. Whether the rest is right, `make test-compiled` tells.
"""

import ast
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "hitsvc"
_WHEEL = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["hatch"]["build"][
    "targets"
]["wheel"]
MODULES: list[str] = _WHEEL["hooks"]["custom"]["modules"]
# Classes with these bases are made by Python in a compiled module, too.
_PYTHONS_OWN = {"NamedTuple", "Protocol", "Interface", "Exception"}


def parse(module: str) -> ast.Module:
    """Return a module's syntax tree."""
    return ast.parse((ROOT / module).read_text(encoding="utf-8"))


def classes(module: str) -> dict[str, set[str]]:
    """Return the names of a module's classes, each with those of its bases."""
    return {
        node.name: {_named(base) for base in node.bases}
        for node in ast.walk(parse(module))
        if isinstance(node, ast.ClassDef)
    }


def _named(base: ast.expr) -> str:
    name = ast.unparse(base).partition("[")[0]
    # Its subclasses are compiled, unlike those of the `Protocol` of `typing`.
    return name if name == "asyncio.Protocol" else name.rpartition(".")[2]


def test_each_is_listed_once_in_order():
    """And is there."""
    assert sorted(set(MODULES)) == MODULES
    assert [module for module in MODULES if not (ROOT / module).is_file()] == []


@pytest.mark.parametrize("module", MODULES)
def test_there_is_no_coroutine(module):
    """What mypyc 2.4 makes of one can free its result before somebody looks at it."""
    found = [n.name for n in ast.walk(parse(module)) if type(n) is ast.AsyncFunctionDef]

    assert found == []


@pytest.mark.parametrize("module", MODULES)
def test_arguments_of_bases_are_spelled(module):
    """``super().__init__(*args)`` passes one tuple."""
    starred = [
        ast.unparse(call)
        for call in ast.walk(parse(module))
        if isinstance(call, ast.Call)
        and ast.unparse(call.func).startswith("super().")
        and (
            any(isinstance(one, ast.Starred) for one in call.args)
            or any(one.arg is None for one in call.keywords)
        )
    ]

    assert starred == []


def test_bases_and_subclasses_are_compiled_or_not_together():
    """A compiled class cannot have an interpreted subclass, nor base, of ours."""
    everywhere = {
        path.relative_to(ROOT).as_posix(): classes(path.relative_to(ROOT).as_posix())
        for path in sorted(PACKAGE.rglob("*.py"))
    }
    ours = {name for found in everywhere.values() for name in found}
    compiled = {
        name
        for module in MODULES
        for name, bases in everywhere[module].items()
        if not bases & _PYTHONS_OWN
    }
    mixed = [
        f"{module}: {name}({base})"
        for module, found in everywhere.items()
        for name, bases in found.items()
        for base in bases & ours
        if (name in compiled) != (base in compiled)
    ]

    assert mixed == []


def test_handlers_are_methods():
    """``on_head = on_get`` in the body of a compiled class fails when it is used."""
    aliases = [
        f"{module}: {ast.unparse(statement)}"
        for module in MODULES
        for node in ast.walk(parse(module))
        if isinstance(node, ast.ClassDef)
        for statement in node.body
        if isinstance(statement, ast.Assign)
        and isinstance(statement.value, ast.Name | ast.Attribute)
        and "on_" in ast.unparse(statement)
    ]

    assert aliases == []
