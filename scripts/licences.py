"""Write the table in docs/licences.md: what uv.lock names, and under which licence.

    .venv/bin/python -m scripts.licences

It has no versions, so that it changes when a package comes or goes. Licences are read
from the installed packages, so `make install` comes first.
"""

import sys
import tomllib
from collections.abc import Callable, Iterable, Mapping
from importlib.metadata import PackageNotFoundError, metadata
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "licences.md"
START, END = "<!-- by scripts/licences.py -->\n", "<!-- end -->\n"
PROJECT = "hitsvc"

# What their LICENSE files say, where the metadata say less or cannot be read here.
STATED = {
    "async-timeout": "Apache-2.0",  # for old Pythons only
    "colorama": "BSD-3-Clause",  # for Windows only
    "crawler-user-agents": "MIT",
    "itsdangerous": "BSD-3-Clause",
    "jinja2": "BSD-3-Clause",
    "resvg-py": "MIT",
    "uvloop": "MIT OR Apache-2.0",
}
# How the older metadata spell an SPDX identifier.
SPELLINGS = {
    "Apache 2.0": "Apache-2.0",
    "Apache-2.0": "Apache-2.0",
    "MIT": "MIT",
    "MIT License": "MIT",
    "MIT style": "MIT",
    "MPL-2.0": "MPL-2.0",
    "License :: OSI Approved :: Apache Software License": "Apache-2.0",
    "License :: OSI Approved :: MIT License": "MIT",
    "License :: OSI Approved :: Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
}

Lock = Mapping[str, Mapping[str, Any]]


def read_lock(path: Path = ROOT / "uv.lock") -> Lock:
    """Return the lock's packages by name."""
    return {
        package["name"]: package
        for package in tomllib.loads(path.read_text(encoding="utf-8"))["package"]
    }


def closure(lock: Lock, wanted: Iterable[Mapping[str, Any]]) -> set[str]:
    """Return the names of some requirements and of all that they need."""
    found: set[tuple[str, str]] = set()
    left = list(wanted)
    while left:
        one = left.pop()
        for extra in ("", *one.get("extra", ())):
            if (one["name"], extra) in found:
                continue
            found.add((one["name"], extra))
            package = lock[one["name"]]
            left += (
                package.get("optional-dependencies", {}).get(extra, ())
                if extra
                else package.get("dependencies", ())
            )
    return {name for name, _ in found}


def uses(lock: Lock) -> dict[str, str]:
    """Tell of each package what it is here for."""
    project = lock[PROJECT]
    found = dict.fromkeys(closure(lock, project["dependencies"]), "the service")
    for extra, wanted in sorted(project.get("optional-dependencies", {}).items()):
        for name in closure(lock, wanted):
            found.setdefault(name, f"the extra `{extra}`")
    for name in lock:
        found.setdefault(name, "development")
    del found[PROJECT]
    return found


def licence(name: str) -> str:
    """Return a package's licence as an SPDX expression.

    Raises:
        LookupError: It is neither installed with a licence that can be read, nor stated
            above.
    """
    if name in STATED:
        return STATED[name]
    try:
        fields = metadata(name)
    except PackageNotFoundError:
        message = f"{name} is not installed: install it, or state its licence"
        raise LookupError(message) from None
    # What is not there is None up to Python 3.13, and an error later.
    if "License-Expression" in fields:
        return str(fields["License-Expression"])
    (said,) = fields.get_all("License") or [""]
    spelled = said.splitlines()[:1]
    spelled += fields.get_all("Classifier") or []
    known = [SPELLINGS[one] for one in spelled if one in SPELLINGS]
    if not known:
        message = f"{name} does not say its licence in a known way: state it"
        raise LookupError(message)
    return known[0]


def table(lock: Lock, licence_of: Callable[[str], str] = licence) -> str:
    """Return the table, the service's own dependencies first."""
    order = {"the service": 0, "development": 2}
    rows = sorted(uses(lock).items(), key=lambda row: (order.get(row[1], 1), row))
    lines = ["| package | licence | for |", "|---|---|---|"]
    lines += [f"| `{name}` | {licence_of(name)} | {use} |" for name, use in rows]
    return "\n".join(lines) + "\n"


def main() -> None:
    """Write the table into its page."""
    before, rest = PAGE.read_text(encoding="utf-8").split(START)
    _, after = rest.split(END)
    try:
        text = before + START + table(read_lock()) + END + after
    except LookupError as error:
        sys.exit(str(error))
    PAGE.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
