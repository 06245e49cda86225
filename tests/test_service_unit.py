"""config/hitsvc.service: systemd understands it, and finds it hardened."""

# ruff: noqa: S603, S607 - starts systemd's own checks

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from hitsvc.serve.embedded import STOP_WAIT_S
from hitsvc.settings import Settings

ROOT = Path(__file__).parents[1]
UNIT = ROOT / "config" / "hitsvc.service"
MANUAL = (ROOT / "docs" / "install" / "linux.md").read_text(encoding="utf-8")
# Of 100; systemd calls up to 20 "safe", and its own services have 20 to 95.
MAX_EXPOSURE = 20


def value(name: str) -> str:
    """Return what the unit has for a name that stands there once."""
    (found,) = re.findall(rf"^{name}=(.*)$", UNIT.read_text(), re.MULTILINE)
    return str(found)


@pytest.fixture(name="unit")
def _unit(tmp_path: Path) -> Path:
    """The unit, for a program that this machine has."""
    if shutil.which("systemd-analyze") is None:
        pytest.skip("this needs systemd-analyze: apt-get install systemd")
    program = tmp_path / "hitsvc"
    program.symlink_to(sys.executable)
    unit = tmp_path / UNIT.name
    unit.write_text(UNIT.read_text().replace("/opt/hitsvc/bin/hitsvc", str(program)))
    return unit


def analyze(*words: str) -> subprocess.CompletedProcess[str]:
    """Ask systemd about a file, where systemd need not run."""
    return subprocess.run(
        ["systemd-analyze", "--no-pager", *words],
        env={"PATH": os.environ["PATH"], "LC_ALL": "C"},
        capture_output=True,
        text=True,
        check=False,
    )


def test_systemd_understands_it(unit: Path) -> None:
    """Without a warning about this unit."""
    done = analyze("verify", "--man=no", str(unit))
    about_it = [line for line in done.stderr.splitlines() if UNIT.name in line]
    assert (done.returncode, about_it) == (0, []), done.stderr


def test_it_is_hardened(unit: Path) -> None:
    """By systemd's own measure."""
    done = analyze(
        "security", "--offline=true", f"--threshold={MAX_EXPOSURE}", str(unit)
    )
    assert done.returncode == 0, done.stdout


def test_only_the_keeper_is_told_to_stop() -> None:
    """It stops the store last, and has the time that the store may take."""
    assert value("KillMode") == "mixed"
    assert int(value("TimeoutStopSec")) > STOP_WAIT_S + 20


def test_its_variables_are_settings() -> None:
    """And data lies in the directory that systemd makes."""
    name, _, directory = value("Environment").partition("=")
    assert name.removeprefix("HITSVC_").lower() in Settings.model_fields
    assert directory == f"/var/lib/{value('StateDirectory')}"


def test_the_manual_installs_what_it_starts() -> None:
    """The commands there make the program that the unit names."""
    program = value("ExecStart").split()[0]
    assert f"python3 -m venv {Path(program).parents[1]}" in MANUAL
    assert value("EnvironmentFile").removeprefix("-") in MANUAL
