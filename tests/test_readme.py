"""The README is short, and its commands are true."""

# ruff: noqa: S603 - starts our own programs

import os
import re
import subprocess
import sys
from pathlib import Path
from urllib.parse import quote, urlsplit

import pytest

from scripts import repository
from scripts.reading_ease import reading_ease
from tests.support.commands import free_port
from tests.support.processes import eventually
from tests.support.visitors import visit

ROOT = Path(__file__).parents[1]
UVX = Path(sys.executable).with_name("uvx")
MOST_WORDS = 450
TEXT = (ROOT / "README.md").read_text(encoding="utf-8")


def commands() -> list[str]:
    """Return the ways to run it, in their order."""
    return re.findall(r"^```sh\n(.+?)\n```$", TEXT, re.MULTILINE | re.DOTALL)


def test_it_is_short() -> None:
    """Whoever wants more finds it in the manual."""
    assert len(TEXT.split()) <= MOST_WORDS


@pytest.mark.parametrize("page", ["README.md", "docs/index.md"])
def test_it_is_easy_to_read(page: str) -> None:
    """As plain English is: 60 by Flesch; `python -m scripts.reading_ease` tells."""
    assert reading_ease((ROOT / page).read_text(encoding="utf-8")) >= 60


def test_what_is_hard_to_read_is_told_from_what_is_easy() -> None:
    """By the length of sentences and words."""
    assert reading_ease("The cat sat on the mat. It was warm.") > 100
    assert reading_ease("Institutional considerations necessitate deliberation.") < 0


def test_there_are_three_ways_to_run_it() -> None:
    """With make, in a container, and without a clone; the clone is made first."""
    first, second, third = commands()

    assert first == f"git clone {repository.address()}\ncd hitsvc\nmake run"
    assert second.startswith("docker build ")
    assert third == f"uvx --from git+{repository.address()} hitsvc serve"


def test_there_is_one_address_of_the_repository() -> None:
    """The one in pyproject.toml, wherever somebody is told to clone or install."""
    found = list(repository.named())

    assert {document for document, _ in found} >= {"README.md", "docs/index.md"}
    assert {url.removesuffix(".git") for _, url in found} == {repository.address()}


def test_an_address_that_leads_nowhere_is_said_to_be_one() -> None:
    """On each page that has it, until there is a real one."""
    host = urlsplit(repository.address()).hostname or ""
    pages = {ROOT / document for document, _ in repository.named()}
    texts = [page.read_text(encoding="utf-8") for page in pages]

    assert {repository.PLACEHOLDER in text for text in texts} == {
        host.endswith("example.org")
    }


def test_addresses_of_pages_are_spelled_alike() -> None:
    """Here and on the start page, as the page that makes the code spells them."""
    start = (ROOT / "docs" / "index.md").read_text(encoding="utf-8")
    given = re.compile(r"/count/tag\.svg\?url=([^\s)\"]+)")

    assert set(given.findall(TEXT)) == set(given.findall(start))
    assert set(given.findall(TEXT)) == {quote("https://example.com/post", safe="")}


def test_another_address_is_written_everywhere(tmp_path: Path) -> None:
    """In pyproject.toml and in every document; none is a placeholder any more."""
    for path in (ROOT / "pyproject.toml", *repository.documents()):
        copy = tmp_path / path.relative_to(ROOT)
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_text(path.read_text(encoding="utf-8"), encoding="utf-8")

    repository.move("https://code.example/us/hits", tmp_path)

    assert repository.address(tmp_path) == "https://code.example/us/hits"
    assert {url for _, url in repository.named(tmp_path)} == {
        "https://code.example/us/hits"
    }
    for path in repository.documents(tmp_path):
        assert "placeholder." not in path.read_text(encoding="utf-8")


def test_every_comparison_has_its_source() -> None:
    """Row by row, and of each program."""
    page = (ROOT / "docs" / "compared.md").read_text(encoding="utf-8")
    name = re.compile(r"^\| (\w[^|]*) \|", re.MULTILINE)
    rows = name.findall(TEXT)
    programs = re.findall(r"\[([^\]]+)\]\((https://github[^)]+)\)", TEXT)

    assert len(rows) == 10
    assert name.findall(page.partition("## Sources")[0]) == rows
    assert [url for _, url in programs if f"]({url})" not in page] == []


@pytest.mark.service
def test_the_command_without_a_clone_serves(tmp_path: Path) -> None:
    """As it stands there, from a repository that is this one."""
    if not (UVX.exists() and (ROOT / ".git").exists()):
        pytest.skip("this needs uv, which `make install` brings, and a clone")
    words = commands()[2].replace(repository.address(), ROOT.as_uri()).split()
    address = f"127.0.0.1:{free_port()}"
    environ = os.environ | {
        "HITSVC_BIND": address,
        "UV_PYTHON": sys.executable,
        "UV_TOOL_DIR": str(tmp_path / "tools"),
    }
    with (
        (tmp_path / "log").open("w+") as log,
        subprocess.Popen(
            [UVX, *words[1:]], cwd=tmp_path, env=environ, stderr=log
        ) as process,
    ):
        try:
            eventually(
                lambda: process.poll() is not None or answers(f"http://{address}"),
                within_s=60,
            )
            log.seek(0)
            if re.search("Failed to fetch|not found in the package", log.read()):
                pytest.skip("this needs the package index")
            found = visit(f"http://{address}", "/count.json?url=example.com").body
        finally:
            process.terminate()

    assert '"total": 1' in found


def answers(url: str) -> bool:
    """Tell whether somebody is there."""
    try:
        return visit(url, "/healthz").status == 200
    except OSError:
        return False
