"""Compiles the modules that a plain hit passes, if ``HITSVC_COMPILE=1`` asks for it.

hatchling runs this when it builds a wheel. Without the variable it does nothing, and the
wheel is one for every platform. With it, the modules that pyproject.toml lists become
extension modules by mypyc, beside their sources, and the wheel is for this platform and
this version of Python. An editable installation is never compiled: what it runs is what
is in the checkout.
"""

import os
import shlex
import shutil
import subprocess
import sys
import sysconfig
import tempfile
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

SWITCH = "HITSVC_COMPILE"
TOOLS = ["mypy>=2", "setuptools>=77"]
# Runs in a process of its own: setuptools and mypy change directory, paths and options.
_COMPILE = """
import sys
from mypyc.build import mypycify
from setuptools import setup

options = ["--config-file=", "--ignore-missing-imports", "--explicit-package-bases"]
extensions = mypycify(
    [*options, *sys.argv[1:]], opt_level="3", debug_level="0", group_name="hitsvc"
)
setup(
    name="hitsvc",
    packages=[],
    ext_modules=extensions,
    script_args=["--quiet", "build_ext", "--inplace"],
)
"""


class CompileHook(BuildHookInterface[Any]):
    """The hook; `modules` of its table in pyproject.toml says what is compiled."""

    PLUGIN_NAME = "custom"

    def dependencies(self) -> list[str]:
        """Return what compiling needs: nothing if nothing is compiled.

        What the service depends on is among it: its types make the code fast.
        """
        if not _is_wanted():
            return []
        return [*TOOLS, *self.metadata.core.dependencies]

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Compile, and put what comes of it into the wheel.

        Args:
            version: ``standard`` or ``editable``.
            build_data: What hatchling is told about the wheel.

        Raises:
            SystemExit: There is no C compiler, or it does not compile.
        """
        if version == "editable" or not _is_wanted():
            return
        _see_compiler()
        self._directory = tempfile.TemporaryDirectory(prefix="hitsvc-compile-")
        tree = Path(self._directory.name)
        for made in _compile(Path(self.root), tree, self.config["modules"]):
            build_data["force_include"][str(made)] = str(made.relative_to(tree))
        build_data["pure_python"] = False
        build_data["infer_tag"] = True

    def finalize(
        self, version: str, build_data: dict[str, Any], artifact_path: str
    ) -> None:
        """Throw away what the wheel has got."""
        if directory := getattr(self, "_directory", None):
            directory.cleanup()


def _is_wanted() -> bool:
    value = os.environ.get(SWITCH, "0")
    if value not in {"", "0", "1"}:
        sys.exit(f"{SWITCH}={value}: is 1 (compile) or 0 (do not), such as {SWITCH}=1")
    return value == "1"


def _see_compiler() -> None:
    """See that there is what C needs; what fails later says less clearly what is wrong."""
    command = os.environ.get("CC") or sysconfig.get_config_var("CC") or "cc"
    compiler = shlex.split(command)[0]
    if shutil.which(compiler) is None:
        sys.exit(
            f"{SWITCH}=1 needs a C compiler, and there is no {compiler}. On Debian and "
            f"Ubuntu: apt install gcc libc6-dev. {SWITCH}=0 builds without one."
        )
    headers = Path(sysconfig.get_path("include"))
    if not (headers / "Python.h").exists():
        sys.exit(
            f"{SWITCH}=1 needs Python's headers, and {headers} has no Python.h. On Debian "
            f"and Ubuntu: apt install python3-dev. {SWITCH}=0 builds without them."
        )


def _compile(root: Path, tree: Path, modules: list[str]) -> list[Path]:
    """Compile modules in a copy of the package; return the extension modules."""
    ignored = shutil.ignore_patterns("__pycache__", "*.so")
    shutil.copytree(root / "hitsvc", tree / "hitsvc", ignore=ignored)
    command = [sys.executable, "-c", _COMPILE, *modules]
    done = subprocess.run(  # noqa: S603 - ourselves
        command, cwd=tree, capture_output=True, text=True, check=False
    )
    if done.returncode:
        sys.exit(f"{SWITCH}=1: compiling failed.\n{done.stdout}{done.stderr}")
    shutil.rmtree(tree / "build")  # where setuptools has left another of each
    suffix = sysconfig.get_config_var("EXT_SUFFIX")
    return sorted(tree.rglob(f"*{suffix}"))
