"""The version is one everywhere: in the package, the documents and the changelog."""

import re
from pathlib import Path

from hitsvc import __version__

ROOT = Path(__file__).parents[1]
_WRITTEN = re.compile(
    r"hitsvc[: ](\d+\.\d+\.\d+)|^version: (\d+\.\d+\.\d+)|^appVersion: \"(.+)\"", re.M
)


def test_documents_and_the_chart_name_this_version() -> None:
    """Where they name one of hitsvc."""
    files = [
        *ROOT.glob("*.md"),
        *ROOT.glob("docs/**/*.md"),
        *ROOT.glob("deploy/**/*.md"),
        ROOT / "deploy" / "helm" / "hitsvc" / "Chart.yaml",
    ]
    named = {
        (file.name, version)
        for file in files
        for match in _WRITTEN.findall(file.read_text(encoding="utf-8"))
        for version in filter(None, match)
    }

    assert {name for name, _ in named} >= {"Chart.yaml", "index.md", "kubernetes.md"}
    assert {version for _, version in named} == {__version__}


def test_the_changelog_begins_with_this_version() -> None:
    """Or with what comes after it."""
    text = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    sections = re.findall(r"^## \[(.+?)\](?: - (\d{4}-\d\d-\d\d))?$", text, re.M)
    released = [section for section in sections if section[0] != "Unreleased"]

    assert released[0][0] == __version__
    assert all(date for _, date in released)
