"""The compiled build of this checkout: make it, or find it.

    .venv/bin/python -m scripts.compiled make|try|find

``make`` builds it, unless there is one of these very sources, and prints where it is;
``try`` does so if there is a C compiler; ``find`` prints where it is, if it is there. With
HITSVC_COMPILE=0 the last two do nothing. What runs with that directory in PYTHONPATH runs
compiled.

Builds lie in the user's cache, each under a hash of all that it is made of. So another
clone of the same sources has it at once, and one of other sources is never found.
"""

import argparse
import hashlib
import os
import platform
import shutil
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

ROOT = Path(__file__).parents[1]
SWITCH = "HITSVC_COMPILE"
# What a build is made of, in a checkout.
SOURCES = ("hatch_build.py", "pyproject.toml", "uv.lock", "config", "hitsvc")
# Builds that are kept: of some clones and versions, 8 MB each.
_KEPT = 6


def cache() -> Path:
    """Return where builds are kept."""
    home = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(home, "hitsvc", "compiled")


def key(root: Path) -> str:
    """Name a build by all that it is made of.

    Args:
        root: A checkout.
    """
    told = [platform.platform(), sys.version, os.environ.get("CC", "")]
    digest = hashlib.sha256("\n".join(told).encode())
    files = {
        found for name in SOURCES for found in [root / name, *(root / name).rglob("*")]
    }
    for path in sorted(files):
        if path.is_file() and path.suffix not in {".pyc", ".so"}:
            content = path.read_bytes()
            name = path.relative_to(root).as_posix()
            digest.update(f"{name} {len(content)}\n".encode())
            digest.update(content)
    return digest.hexdigest()[:32]


def find(root: Path = ROOT, builds: Path | None = None) -> Path | None:
    """Return the compiled build of a checkout, if it is there.

    Args:
        root: The checkout.
        builds: Where builds are kept.
    """
    if os.environ.get(SWITCH) == "0":
        return None
    build = (builds or cache()) / key(root)
    return build if build.is_dir() else None


def make(root: Path = ROOT, builds: Path | None = None) -> Path:
    """Return the compiled build of a checkout; build it, if it is not there.

    Args:
        root: The checkout.
        builds: Where builds are kept.

    Raises:
        RuntimeError: It cannot be built.
    """
    builds = builds or cache()
    if found := find(root, builds):
        found.touch()  # it was used
        return found
    print("Compiling (once for these sources) ...", file=sys.stderr, flush=True)
    builds.mkdir(parents=True, exist_ok=True)
    target = builds / key(root)
    with tempfile.TemporaryDirectory(prefix="new-", dir=builds) as directory:
        wheels, tree = Path(directory, "wheels"), Path(directory, "tree")
        _build(root, wheels)
        (wheel,) = wheels.glob("*.whl")
        with zipfile.ZipFile(wheel) as archive:
            archive.extractall(tree)
        if not target.is_dir():  # somebody else may have been faster
            tree.rename(target)
    _tidy(builds)
    return target


def _build(root: Path, wheels: Path) -> None:
    command = [sys.executable, "-m", "hatchling", "build", "--target", "wheel"]
    done = subprocess.run(  # noqa: S603 - our own build
        [*command, "--directory", wheels],
        cwd=root,
        env=os.environ | {SWITCH: "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError((done.stdout + done.stderr).strip())


def _tidy(builds: Path) -> None:
    """Forget the builds that were not used for longest."""
    by_use = sorted(
        (build for build in builds.iterdir() if not build.name.startswith("new-")),
        key=lambda build: build.stat().st_mtime,
        reverse=True,
    )
    for build in by_use[_KEPT:]:
        shutil.rmtree(build, ignore_errors=True)


def _try() -> Path | None:
    if os.environ.get(SWITCH) == "0":
        return None
    try:
        return make()
    except RuntimeError as ex:
        print(f"hitsvc runs here, but not compiled. {ex}", file=sys.stderr)
        return None


def main() -> int:
    """Do what the command line asks for."""
    parser = argparse.ArgumentParser(prog="python -m scripts.compiled")
    parser.add_argument("what", choices=("make", "try", "find"))
    what = parser.parse_args().what
    try:
        found = {"make": make, "try": _try, "find": find}[what]()
    except RuntimeError as ex:
        print(ex, file=sys.stderr)
        return 1
    if found:
        print(found)
    return 0


if __name__ == "__main__":
    sys.exit(main())
