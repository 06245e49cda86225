"""Commands in the manual are run as they stand there, beside a service that counts."""

# ruff: noqa: S603, S607 - runs what the manual says

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.commands import clean_environment
from tests.support.manual import blocks, marked, with_other
from tests.support.processes import eventually
from tests.support.service import PATIENT, Service

ROOT = Path(__file__).parents[1]
# What runs marked commands: here, in containers, behind proxies, after an installation.
RUNNERS = (
    "test_manual_commands.py",
    "support/manual_proxies.py",
    "system/test_compose.py",
    "system/test_install.py",
    "system/test_manual_docker.py",
    "system/test_manual_linux.py",
)


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


@pytest.mark.service
def test_the_first_view_of_the_start_page_is_counted(tmp_path: Path) -> None:
    """As the page shows it."""
    if not shutil.which("curl"):
        pytest.skip("this needs curl")
    page = (ROOT / "docs" / "index.md").read_text(encoding="utf-8")
    with Service(tmp_path / "service", store="memory") as service:
        script = blocks("index.md", "count")
        said = run(
            with_other(script, **{"http://127.0.0.1:8000": service.url}), tmp_path
        )

    assert json.loads(said) == {"url": "example.com", "total": 1, "today": 1}
    assert said.strip() in page


def test_a_redis_of_ones_own_is_set_up_without_a_warning(tmp_path: Path) -> None:
    """By the commands for systems that have no store of ours."""
    programs = "redis-server", "redis-cli"
    if not all(map(shutil.which, programs)):
        pytest.skip("this needs redis-server: apt-get install redis-tools")
    socket = tmp_path / "redis.sock"
    (tmp_path / "redis.conf").write_text(
        f"port 0\nunixsocket {socket}\ndir {tmp_path}\n"
    )
    with subprocess.Popen(
        ["redis-server", tmp_path / "redis.conf"], stdout=subprocess.DEVNULL
    ) as process:
        try:
            eventually(socket.exists)
            alias = tmp_path / "bin" / "redis-cli"
            alias.parent.mkdir()
            real = shutil.which("redis-cli")
            alias.write_text(f'#!/bin/sh\nexec {real} -s {socket} "$@"\n')
            alias.chmod(0o755)
            run(blocks("install/raspberry-pi.md", "redis"), tmp_path)
            said = run(f"hitsvc doctor --store unix://{socket}", tmp_path)
        finally:
            process.terminate()

    assert "WRONG" not in said
    assert "maxmemory-policy volatile-ttl" in (tmp_path / "redis.conf").read_text()


def test_every_mark_is_run() -> None:
    """A new one needs a test that names it."""
    tests = "".join((ROOT / "tests" / name).read_text("utf-8") for name in RUNNERS)
    found = [
        (page.name, mark)
        for page in sorted((ROOT / "docs").rglob("*.md"))
        for mark, _ in marked(page.relative_to(ROOT / "docs").as_posix())
    ]

    assert len(found) > 20
    assert [mark for mark in found if f'"{mark[1]}"' not in tests] == []
