"""What the build hook decides: whether to compile, what that needs, which wheel it makes."""

import sysconfig
import zipfile
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from hatchling.builders.wheel import WheelBuilder

import hatch_build
from hatch_build import TOOLS, CompileHook

DEPENDENCIES = ["click>=8", "falcon>=4"]
PROJECT = """
[project]
name = "hitsvc"
version = "1.2.3"
requires-python = ">=3.11"

[tool.hatch.build.targets.wheel]
packages = ["hitsvc"]

[tool.hatch.build.targets.wheel.hooks.custom]
modules = ["hitsvc/one.py"]
"""


@pytest.fixture(name="project")
def _project(tmp_path: Path) -> Path:
    """A package of two modules, of which one is compiled if that is asked for."""
    root = tmp_path / "project"
    (root / "hitsvc").mkdir(parents=True)
    (root / "pyproject.toml").write_text(PROJECT)
    (root / "hatch_build.py").write_text(Path(hatch_build.__file__).read_text())
    (root / "hitsvc" / "__init__.py").write_text("")
    (root / "hitsvc" / "one.py").write_text("def one() -> int:\n    return 1\n")
    return root


def hook(root: Path) -> CompileHook:
    """Return a hook as hatchling makes it."""
    metadata: Any = SimpleNamespace(core=SimpleNamespace(dependencies=DEPENDENCIES))
    config = {"modules": ["hitsvc/one.py"]}
    build: Any = None
    return CompileHook(str(root), config, build, metadata, str(root / "dist"), "wheel")


def decided(root: Path, version: str = "standard") -> dict[str, Any]:
    """Return what hatchling is told about a wheel."""
    told: dict[str, Any] = {"force_include": {}, "pure_python": True}
    one = hook(root)
    one.initialize(version, told)
    one.finalize(version, told, "")
    return told


@pytest.mark.parametrize("value", [None, "", "0"])
def test_nothing_is_compiled_unless_that_is_asked_for(project, monkeypatch, value):
    """Whoever installs from source needs no compiler, and no tools."""
    monkeypatch.delenv("HITSVC_COMPILE", raising=False)
    if value is not None:
        monkeypatch.setenv("HITSVC_COMPILE", value)

    assert hook(project).dependencies() == []
    assert decided(project) == {"force_include": {}, "pure_python": True}


def test_what_compiles_needs_the_types_of_dependencies(project, monkeypatch):
    """Without them all that comes from there would be slow."""
    monkeypatch.setenv("HITSVC_COMPILE", "1")

    assert hook(project).dependencies() == [*TOOLS, *DEPENDENCIES]


def test_an_editable_installation_is_never_compiled(project, monkeypatch):
    """It runs what is in the checkout."""
    monkeypatch.setenv("HITSVC_COMPILE", "1")

    assert decided(project, "editable") == {"force_include": {}, "pure_python": True}


@pytest.mark.parametrize("value", ["yes", "2", "true", " 1"])
def test_another_value_is_refused(project, monkeypatch, value):
    """With what is right."""
    monkeypatch.setenv("HITSVC_COMPILE", value)

    with pytest.raises(SystemExit, match=f"HITSVC_COMPILE={value}: is 1"):
        hook(project).dependencies()


def test_no_compiler_is_told(project, monkeypatch):
    """A wheel that was asked for compiled is not pure by accident."""
    monkeypatch.setenv("HITSVC_COMPILE", "1")
    monkeypatch.setenv("CC", "no-such-cc -O2")

    with pytest.raises(SystemExit, match=r"there is no no-such-cc.*HITSVC_COMPILE=0"):
        decided(project)


def test_a_wheel_without_asking_fits_everywhere(project, monkeypatch):
    """Of any Python and any system."""
    monkeypatch.delenv("HITSVC_COMPILE", raising=False)

    (made,) = WheelBuilder(str(project)).build(directory=str(project / "dist"))

    assert Path(made).name == "hitsvc-1.2.3-py3-none-any.whl"


def test_a_compiled_wheel_is_for_this_python_and_platform(project, monkeypatch):
    """It has the sources, too: tracebacks show them. Nothing is left in the checkout."""
    _see_compiler()
    monkeypatch.setenv("HITSVC_COMPILE", "1")

    (made,) = WheelBuilder(str(project)).build(directory=str(project / "dist"))

    _, _, python, abi, platform = Path(made).stem.split("-")
    version = sysconfig.get_python_version().replace(".", "")
    assert (python, abi.rstrip("t")) == (f"cp{version}", f"cp{version}")
    assert platform != "any"
    suffix = sysconfig.get_config_var("EXT_SUFFIX")
    with zipfile.ZipFile(made) as wheel:
        names = set(wheel.namelist())
    assert {"hitsvc/__init__.py", "hitsvc/one.py", f"hitsvc/one{suffix}"} <= names
    assert sorted(path.name for path in (project / "hitsvc").iterdir()) == [
        "__init__.py",
        "one.py",
    ]


def _see_compiler() -> None:
    try:
        hatch_build._see_compiler()
    except SystemExit as ex:
        pytest.skip(f"this needs a C compiler and Python's headers: {ex}")
