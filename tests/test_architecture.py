"""Which package may import which: the table in CONTRIBUTING.md, held to the code.

Imports point down that table. A package is used by the names of its ``__init__``; its
modules are its own affair, but for cycles.
"""

import ast
import re
import sys
from collections.abc import Iterator
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

import hitsvc

PACKAGE = Path(hitsvc.__file__).parent
ROOT = PACKAGE.parent

_ROW = re.compile(r"^\| `([\w/.]+)` \| (.+?) \| (.*?) \| (.*?) \|$", re.MULTILINE)
# What is dear to import is not in its package's `__init__`, and named by its module.
DEAR = {"hitsvc.serve.server", "hitsvc.cli.main"}
_ENVIRONMENT = {"environ", "environb", "getenv", "getenvb"}
# The longest module and function that there may be.
MAX_MODULE_LINES = 260
MAX_FUNCTION_LINES = 40


class Row:
    """One row of the table: a package, or a module beside them."""

    def __init__(self, name: str, purpose: str, ours: str, others: str) -> None:
        self.name = name.rstrip("/").removesuffix(".py")
        self.purpose = purpose
        self.ours = set(re.findall(r"`(\w+)`", ours))
        self.others = set(re.findall(r"`(\w+)`", others))


TABLE = {
    row.name: row
    for row in (
        Row(*match)
        for match in _ROW.findall((ROOT / "CONTRIBUTING.md").read_text("utf-8"))
    )
}
FILES = sorted(PACKAGE.rglob("*.py"))
NAMES = ["/".join(path.relative_to(PACKAGE).parts) for path in FILES]


def place(path: Path) -> str:
    """Name the row that a file belongs to: its package, or itself."""
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def parse(path: Path) -> ast.Module:
    """Return a module's syntax tree."""
    return ast.parse(path.read_text(encoding="utf-8"))


def imported(path: Path) -> Iterator[str]:
    """Name the modules that a file imports anywhere in it."""
    for node in ast.walk(parse(path)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports are absolute"
            module = str(node.module)
            if module == "hitsvc":
                for alias in node.names:
                    found = (PACKAGE / alias.name).exists()
                    found |= (PACKAGE / f"{alias.name}.py").exists()
                    yield f"hitsvc.{alias.name}" if found else "hitsvc"
            else:
                yield module


def imports_of(name: str) -> tuple[set[str], set[str]]:
    """Return what a row's files import, of other rows and of other projects."""
    ours, others = set(), set()
    for path in FILES:
        if place(path) != name:
            continue
        for module in imported(path):
            top, _, rest = module.partition(".")
            if top != "hitsvc":
                others.add(top)
            elif rest:
                ours.add(rest.partition(".")[0])
    return ours - {name}, others - sys.stdlib_module_names


class TestPackages:
    """The borders between packages."""

    def test_every_package_is_in_the_table(self):
        """A new one needs a place, and a lost one leaves none."""
        assert sorted(TABLE) == sorted({place(path) for path in FILES})

    @pytest.mark.parametrize("name", TABLE)
    def test_a_package_imports_what_the_table_says(self, name):
        """No more than that, and no less, or the table would grow untrue."""
        assert imports_of(name) == (TABLE[name].ours, TABLE[name].others)

    def test_imports_point_down_the_table(self):
        """A package imports only what is below it, so there is no cycle."""
        order = list(TABLE)
        upward = [
            (row.name, other)
            for row in TABLE.values()
            for other in row.ours
            if order.index(other) <= order.index(row.name)
        ]

        assert upward == []

    @pytest.mark.parametrize("name", TABLE)
    def test_a_package_says_what_it_is_for(self, name):
        """The first line of its docstring is what the table says."""
        path = PACKAGE / name
        path = path / "__init__.py" if path.is_dir() else path.with_suffix(".py")
        docstring = ast.get_docstring(parse(path)) or ""

        assert docstring.partition("\n")[0].rstrip(".") == TABLE[name].purpose

    @pytest.mark.parametrize("path", FILES, ids=NAMES)
    def test_a_package_is_used_by_the_names_it_hands_on(self, path):
        """From outside nobody names a module of it."""
        reached_into = {
            module
            for module in imported(path)
            if module.count(".") > 1
            and module.startswith("hitsvc.")
            and not (ROOT / module.replace(".", "/")).is_dir()  # a package, too
            and module.split(".")[1] != place(path)
        }

        assert reached_into <= DEAR


class TestModules:
    """Inside the packages."""

    def test_there_are_no_cycles(self):
        """Modules of one package import one another one way."""
        graph = {}
        for path in FILES:
            dotted = ".".join(path.relative_to(ROOT).with_suffix("").parts)
            if not dotted.endswith(".__init__"):
                graph[dotted] = set(imported(path))

        TopologicalSorter(graph).prepare()

    @pytest.mark.parametrize("path", FILES, ids=NAMES)
    def test_a_module_is_short(self, path):
        """One concept each."""
        assert len(path.read_text("utf-8").splitlines()) <= MAX_MODULE_LINES

    @pytest.mark.parametrize("path", FILES, ids=NAMES)
    def test_a_function_is_short(self, path):
        """Docstring and signature included."""
        long = [
            node.name
            for node in ast.walk(parse(path))
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
            and (node.end_lineno or 0) - node.lineno >= MAX_FUNCTION_LINES
        ]

        assert long == []


def test_only_the_settings_read_the_environment():
    """The command line hands it over, unread; no other module names it."""
    for path in FILES:
        tree = parse(path)
        named = [
            node
            for node in ast.walk(tree)
            if (isinstance(node, ast.Attribute) and node.attr in _ENVIRONMENT)
            or (isinstance(node, ast.alias) and node.name in _ENVIRONMENT)
        ]
        handed_over = [
            call.args[0]
            for call in ast.walk(tree)
            if isinstance(call, ast.Call)
            and ast.unparse(call.func)
            in {
                "Settings.load",
                "heeded",
                "operator_of",
                "sources",
                "unknown_variables",
            }
        ]

        assert [node for node in named if node not in handed_over] == [], path


def test_the_settings_have_no_source_of_their_own():
    """They read the mapping that they are given."""
    for path in (PACKAGE / "settings").glob("*.py"):
        assert "os" not in set(imported(path))


def test_the_configuration_is_no_package():
    """config/ holds files to deploy, not code to import."""
    assert list((ROOT / "config").rglob("__init__.py")) == []


def test_no_file_of_tests_is_long():
    """Split by what they prove, they can be found."""
    long = [
        str(path)
        for path in (ROOT / "tests").rglob("*.py")
        if "node_modules" not in path.parts
        and len(path.read_text("utf-8").splitlines()) > 500
    ]

    assert long == []
