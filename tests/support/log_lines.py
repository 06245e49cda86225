"""What the service can write into its log, as its source says it."""

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[2] / "hitsvc"
_LEVELS = {
    "debug": "debug",
    "info": "info",
    "warning": "warning",
    "error": "error",
    "exception": "error",
}
# Modules whose long sentences are what can lose counts: the log and /readyz say them.
WARNINGS = ("check", "cluster_check", "copies", "description", "stuck")
_A_SENTENCE = 8
_NO_WARNING = "a store that does not describe itself"


class Line(NamedTuple):
    """A line that can be written.

    Attributes:
        module: Where.
        level: Of the call, or "carried" if the text is from elsewhere.
        text: What it says, with … for each value; or the expression that holds it.
    """

    module: str
    level: str
    text: str


def modules() -> Iterator[tuple[str, ast.Module]]:
    """Parse the package."""
    for path in sorted(ROOT.rglob("*.py")):
        yield (
            path.relative_to(ROOT).as_posix(),
            ast.parse(path.read_text(encoding="utf-8")),
        )


def text_of(node: ast.expr, constants: dict[str, str]) -> str | None:
    """Return what an expression says, with … for each value; None if that is not seen."""
    match node:
        case ast.Constant(value=str(text)):
            return text
        case ast.Name(id=name):
            return constants.get(name)
        case ast.JoinedStr(values=parts):
            return "".join(text_of(part, {}) or "…" for part in parts)
    return None


def constants_of(tree: ast.Module) -> dict[str, str]:
    """Return a module's named texts."""
    found = {}
    for node in tree.body:
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=value):
                if text := text_of(value, {}):
                    found[name] = text
    return found


def _loggers(tree: ast.Module) -> set[str]:
    return {
        node.targets[0].id
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign)
        and isinstance(node.targets[0], ast.Name)
        and "getLogger(" in ast.unparse(node.value)
    }


def calls() -> Iterator[Line]:
    """Find every call that writes a line."""
    for module, tree in modules():
        loggers, constants = _loggers(tree), constants_of(tree)
        serves = module.startswith("serve/") or module == "cli/serve.py"
        for node in ast.walk(tree):
            match node:
                case ast.Call(
                    func=ast.Attribute(value=ast.Name(id=logger), attr=method),
                    args=[first, *_],
                ) if logger in loggers and method in _LEVELS:
                    level = _LEVELS[method]
                case ast.Call(func=ast.Name(id="say"), args=[first]) if serves:
                    level = "warning"
                case ast.Call(func=ast.Name(id="Notice"), args=[first]):
                    level = "warning"
                case _:
                    continue
            text = text_of(first, constants)
            yield (
                Line(module, "carried", ast.unparse(first))
                if text in (None, "%s")
                else Line(module, level, text)
            )


def warnings() -> Iterator[Line]:
    """Find every sentence that tells what can lose counts."""
    for name in WARNINGS:
        tree = ast.parse((ROOT / "store" / f"{name}.py").read_text(encoding="utf-8"))
        documented = {
            id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)
        }
        parts = {
            id(part)
            for node in ast.walk(tree)
            if isinstance(node, ast.JoinedStr)
            for part in node.values
        }
        notes = {
            id(part)
            for node in ast.walk(tree)
            if isinstance(node, ast.keyword) and node.arg == "note"
            for part in ast.walk(node)
        }
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant | ast.JoinedStr):
                level = "info" if id(node) in notes else "warning"
                text = text_of(node, {})
                if (
                    text
                    and id(node) not in documented | parts
                    and len(text.split()) >= _A_SENTENCE
                    and text != _NO_WARNING
                ):
                    yield Line(f"store/{name}.py", level, text)
