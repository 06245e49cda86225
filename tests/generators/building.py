"""How sites are built, for tests: with npm's generators, and files of the manual."""

# ruff: noqa: S603 - starts programs that we name

import re
import subprocess
from pathlib import Path

import pytest

from tests.support.commands import clean_environment

HERE = Path(__file__).parent
SERVICE = "https://hits.example.org"
_DOCS = HERE.parents[1] / "docs"
_FILE = re.compile(r"^<!-- file: (\S+) (\S+) -->\n```\w+\n(.*?)^```", re.M | re.S)
# Quiet, and without asking home.
SILENT = {"ASTRO_TELEMETRY_DISABLED": "1", "NO_MKDOCS_2_WARNING": "1", "CI": "1"}


def snippets(page: str) -> dict[str, tuple[str, str]]:
    """Return the files that a page of the manual has: their paths and texts by name."""
    manual = (_DOCS / page).read_text(encoding="utf-8")
    return {name: (path, text) for name, path, text in _FILE.findall(manual)}


def write(path: Path, text: str) -> None:
    """Write a file of a site."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def put(snippet: tuple[str, str], site: Path, service: str) -> str:
    """Put a file of the manual where it says; return its text."""
    path, text = snippet
    text = text.replace(SERVICE, service)
    write(site / path, text)
    return text


def node(site: Path, program: str, *arguments: str) -> None:
    """Run one of npm's programs in a site."""
    modules = HERE / "node_modules"
    if not modules.is_dir():
        pytest.skip("this needs npm's generators: npm ci --prefix tests/generators")
    if not (site / "node_modules").exists():
        (site / "node_modules").symlink_to(modules)
    run(site, [str(modules / ".bin" / program), *arguments])


def run(site: Path, command: list[str]) -> None:
    """Run a generator."""
    done = subprocess.run(
        command,
        cwd=site,
        env=clean_environment(**SILENT),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stdout
