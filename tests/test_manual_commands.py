"""Commands in the manual are run as they stand there, beside a service that counts."""

# ruff: noqa: S607 - runs what the manual says

import os
import re
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from tests.support.commands import clean_environment
from tests.support.service import PATIENT, Service

ROOT = Path(__file__).parents[1]
_BLOCK = re.compile(
    r"^ *<!-- run: ([\w-]+) -->\n( *)```\w*\n(.*?)^ *```", re.MULTILINE | re.DOTALL
)


def blocks(page: str, name: str) -> str:
    """Return all commands of a page that are to be run under a name."""
    text = (ROOT / "docs" / page).read_text(encoding="utf-8")
    found = [
        textwrap.dedent(code) for mark, _, code in _BLOCK.findall(text) if mark == name
    ]
    assert found
    return "".join(found)


def run(script: str, directory: Path) -> str:
    """Run commands as a user types them there; return what they print."""
    programs = directory / "bin"
    programs.mkdir(exist_ok=True)
    command = programs / "hitsvc"
    command.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m hitsvc "$@"\n')
    command.chmod(0o755)
    path = f"{programs}{os.pathsep}{os.environ.get('PATH', '')}"
    done = subprocess.run(
        ["sh", "-e"],
        input=script,
        cwd=directory,
        env=clean_environment(PATH=path, PYTHONPATH=str(ROOT)),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.service
def test_the_manuals_commands_work(tmp_path: Path) -> None:
    """They find the service's counts in the directory where they are typed."""
    with Service(
        tmp_path / "service", data_dir=tmp_path / "hitsvc-data", env=PATIENT
    ) as service:
        for page in ("example.com/post", "example.com/old", "junk.example/a"):
            service.count(page)
        service.count("example.com/people/jane-doe")
        run(blocks("operate.md", "operate"), tmp_path)
        removed = run(blocks("privacy.md", "privacy"), tmp_path)
        run(blocks("moving/hosted.md", "hosted"), tmp_path)
        (tmp_path / "numbers.csv").write_text(
            blocks("moving/hosted.md", "hosted-csv").replace("you", "me")
        )
        run("hitsvc import numbers.csv", tmp_path)
        totals = {
            page: int(service.get(f"/nocount?url={page}"))
            for page in (
                *("example.com/post", "example.com/new", "junk.example/a"),
                *("example.com/people/jane-doe", "github.com/you/project"),
                "github.com/me/other",
            )
        }

    assert "example.com/people/jane-doe" in removed
    assert (tmp_path / "hits.backup").stat().st_size > 0
    assert totals == {
        "example.com/post": 20250,
        "example.com/new": 1,
        "junk.example/a": 0,
        "example.com/people/jane-doe": 0,
        "github.com/you/project": 17777,
        "github.com/me/other": 42,
    }
