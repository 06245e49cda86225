"""The compiled build of a checkout: it is that of these very sources, or it is none."""

# ruff: noqa: S603 - starts our own programs

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from hitsvc import __version__
from hitsvc.counting import batch
from hitsvc.serve import version
from scripts.compiled import find, key, make
from tests.support.commands import IS_COMPILED, run_hitsvc

ROOT = Path(__file__).parents[1]


@pytest.fixture(name="checkout")
def _checkout(tmp_path: Path) -> Path:
    """A few files, of the names that a build is made of."""
    root = tmp_path / "checkout"
    (root / "hitsvc" / "counting").mkdir(parents=True)
    (root / "config").mkdir()
    for name in ("pyproject.toml", "uv.lock", "hatch_build.py"):
        (root / name).write_text("")
    (root / "hitsvc" / "counting" / "batch.py").write_text("SIZE = 1\n")
    return root


@pytest.fixture(name="builds")
def _builds(checkout: Path, tmp_path: Path) -> Path:
    """Where there is a build of that."""
    builds = tmp_path / "builds"
    (builds / key(checkout)).mkdir(parents=True)
    return builds


def test_a_build_is_found(checkout, builds):
    """And not made again."""
    assert find(checkout, builds) == builds / key(checkout)
    assert make(checkout, builds) == builds / key(checkout)


def test_a_clone_of_the_same_sources_has_it(checkout, builds, tmp_path):
    """Wherever it is, and whenever it was made."""
    clone = shutil.copytree(checkout, tmp_path / "clone", copy_function=shutil.copyfile)

    assert find(clone, builds) == builds / key(checkout)


@pytest.mark.parametrize(
    "name", ["hitsvc/counting/batch.py", "uv.lock", "hatch_build.py", "hitsvc/new.py"]
)
def test_a_build_of_other_sources_is_none(checkout, builds, name):
    """Even if the new one is said to be older than the build."""
    with (checkout / name).open("a") as file:
        file.write("SIZE = 2\n")
    os.utime(checkout / name, (0, 0))

    assert find(checkout, builds) is None


def test_a_source_that_is_gone_is_missed(checkout, builds):
    """A build that has it still is of other sources."""
    (checkout / "hitsvc" / "counting" / "batch.py").unlink()

    assert find(checkout, builds) is None


def test_what_python_has_left_is_no_source(checkout, builds):
    """Its caches come and go."""
    (checkout / "hitsvc" / "__pycache__").mkdir()
    (checkout / "hitsvc" / "__pycache__" / "batch.cpython-311.pyc").write_bytes(b"1")

    assert find(checkout, builds) is not None


def test_who_wants_none_gets_none(checkout, builds, monkeypatch):
    """`make run HITSVC_COMPILE=0`."""
    monkeypatch.setenv("HITSVC_COMPILE", "0")

    assert find(checkout, builds) is None


@pytest.mark.parametrize("what", ["make", "try"])
def test_without_a_compiler_it_says_so(what, tmp_path):
    """And installing goes on: what is not compiled runs as well."""
    done = subprocess.run(
        [sys.executable, "-m", "scripts.compiled", what],
        cwd=ROOT,
        env={**os.environ, "CC": "no-such-cc", "XDG_CACHE_HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )

    assert "needs a C compiler, and there is no no-such-cc" in done.stderr
    assert (done.returncode, done.stdout) == (int(what == "make"), "")


class TestVersion:
    """Which build it is, as `hitsvc --version` and the line of the start say."""

    def test_a_compiled_one_says_so(self, tmp_path):
        """It has an extension module beside a source."""
        (tmp_path / "counting").mkdir()
        (tmp_path / "counting" / "batch.abi3.so").touch()

        assert version(tmp_path) == f"{__version__} (compiled)"

    def test_it_is_the_one_that_is_tested(self):
        """`make test-compiled` runs the tests against that; all else does not."""
        said = run_hitsvc("--version").stdout

        assert said == f"hitsvc {__version__}{' (compiled)' if IS_COMPILED else ''}\n"
        assert batch.__file__.endswith(".py") != IS_COMPILED
