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
# Quiet, without asking home, and without what another site has left among the packages.
SILENT = {
    "ASTRO_TELEMETRY_DISABLED": "1",
    "CI": "1",
    "DOCUSAURUS_NO_PERSISTENT_CACHE": "1",
    "NO_MKDOCS_2_WARNING": "1",
}


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


def node(site: Path, program: str, *arguments: str, where: Path = HERE) -> None:
    """Run one of npm's programs in a site."""
    modules = where / "node_modules"
    if not modules.is_dir():
        prefix = where.relative_to(HERE.parents[1])
        pytest.skip(f"this needs npm's generators: npm ci --prefix {prefix}")
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
