"""The manual can be built, and every link in it leads somewhere."""

# ruff: noqa: S603 - starts our own programs

import html
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


def build(site: Path, source: Path | None = None) -> subprocess.CompletedProcess[str]:
    """Make the manual, of other pages if they are given.

    Not with ``--quiet``: what it does not print, it does not count as wrong either.
    """
    pytest.importorskip("material", reason="the manual needs mkdocs-material")
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "-d", str(site)]
    if source is not None:
        command += ["--config-file", str(source)]
    return subprocess.run(
        command,
        cwd=ROOT,
        env=os.environ | {"NO_MKDOCS_2_WARNING": "1"},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture(name="site", scope="module")
def _site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The manual as it is served."""
    site = tmp_path_factory.mktemp("manual")
    done = build(site)
    assert done.returncode == 0, done.stderr
    return site


def test_every_page_is_made(site: Path) -> None:
    """And no link, anchor or picture of it is missing: the build is strict."""
    pages = {path.relative_to(ROOT / "docs") for path in ROOT.glob("docs/**/*.md")}
    made = {
        page.with_suffix("") / "index.html"
        if page.stem != "index"
        else page.with_suffix(".html")
        for page in pages
    }

    assert [str(page) for page in sorted(made) if not (site / page).is_file()] == []


def test_every_address_of_the_api_is_in_the_reference(site: Path) -> None:
    """With each of its methods, and no other."""
    api = json.loads((ROOT / "hitsvc/pages/assets/openapi.json").read_text("utf-8"))
    text = html.unescape((site / "api" / "index.html").read_text(encoding="utf-8"))
    known = {
        f"{method.upper()} {path}"
        for path, item in api["paths"].items()
        for method in item
        if method != "parameters"
    }

    assert set(re.findall(r"<h3 [^>]*><code>(.+?)</code>", text)) == known


def test_files_of_the_project_come_with_it(site: Path) -> None:
    """A link to an example leads to the example, as it is shipped."""
    copy = site / "source" / "config" / "nginx.conf"

    assert copy.read_bytes() == (ROOT / "config" / "nginx.conf").read_bytes()
    assert "../source/config/nginx.conf" in (
        site / "operations" / "index.html"
    ).read_text(encoding="utf-8")


def test_nothing_is_loaded_from_another_host(site: Path) -> None:
    """No font, script or style of a third party."""
    text = (site / "index.html").read_text(encoding="utf-8")

    for attribute in ('src="http', 'href="http://fonts', 'href="https://fonts'):
        assert attribute not in text


@pytest.mark.parametrize(
    "link", ["missing.md", "operations.md#nowhere", "../config/missing.conf"]
)
def test_a_link_that_leads_nowhere_stops_the_build(tmp_path: Path, link: str) -> None:
    """To a page, to a place on one, and to a file of the project."""
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "index.md").write_text(f"# Here\n\n[there]({link})\n")
    (tmp_path / "docs" / "operations.md").write_text("# Operations\n")
    config = (ROOT / "mkdocs.yml").read_text(encoding="utf-8")
    head, _, _ = config.partition("nav:\n")
    config = head.replace("scripts/manual_hooks.py", f"{ROOT}/scripts/manual_hooks.py")
    (tmp_path / "mkdocs.yml").write_text(config.replace("  logo: badge.svg\n", ""))

    done = build(tmp_path / "site", tmp_path / "mkdocs.yml")

    assert done.returncode != 0
    assert link in done.stderr


def test_words_are_spelled_as_they_are() -> None:
    """In the documents, and in what the service says."""
    program = Path(sys.executable).with_name("codespell")
    if not program.exists():
        pytest.skip("this needs codespell, which `make install` brings")
    documents = sorted(path.name for path in ROOT.glob("*.md"))
    done = subprocess.run(
        [str(program), *documents, "docs", "hitsvc"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.stdout == ""
    assert done.returncode == 0, done.stderr
