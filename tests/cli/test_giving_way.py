"""Commands let hits go first, where they share their CPUs."""

# ruff: noqa: S603 - starts our own programs

import os
import subprocess
import sys
from importlib.metadata import entry_points

import pytest

from tests.support.commands import run_hitsvc
from tests.support.service import StartService

TOLD = "signal.getitimer(signal.ITIMER_REAL)[1], os.nice(0)"
GIVING_WAY = f"""
import os, signal, subprocess, sys, time
from hitsvc.cli.giving_way import give_way
before = os.nice(0)
give_way()
offered = []
own = signal.getsignal(signal.SIGALRM)
signal.signal(signal.SIGALRM, lambda *given: offered.append(own(*given)))
while len(offered) < 9:
    pass
signal.signal(signal.SIGALRM, own)
print(*({TOLD}), os.nice(0) - before)
subprocess.run([sys.executable, "-c", "import os, signal; print({TOLD})"], check=True)
"""

# It reads as a library written in C does, which may know nothing of interruptions.
READING = """
import ctypes, os, threading
from hitsvc.cli.giving_way import give_way
give_way()
ours, theirs = os.pipe()
threading.Timer(0.05, os.write, (theirs, b"x")).start()
print(ctypes.CDLL(None).read(ours, ctypes.create_string_buffer(1), 1))
"""

pytestmark = pytest.mark.skipif(
    not hasattr(os, "sched_yield"), reason="this system cannot offer a CPU"
)


def ran(program: str) -> tuple[int, str, str]:
    """Run a program; return its exit code, and what it has printed."""
    done = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    return done.returncode, done.stdout, done.stderr


def test_a_process_offers_its_cpu_and_ends_in_peace() -> None:
    """Again and again; its children do not, unless they want to."""
    code, printed, errors = ran(GIVING_WAY)

    assert (code, errors) == (0, "")
    own, child = printed.splitlines()
    every_s, nice, niced = own.split()
    assert (float(every_s), niced) == (0.001, "10")
    assert child.split() == ["0.0", nice]


def test_what_waits_is_not_interrupted() -> None:
    """A look-up of a name, say, would fail at the first offer."""
    assert ran(READING) == (0, "1\n", "")


def test_every_command_does_before_it_imports_anything() -> None:
    """What it imports takes a third of a short command's time."""
    env = {"PYTHONPROFILEIMPORTTIME": "1"}
    lines = run_hitsvc("--version", env=env).stderr.splitlines()
    modules = [line.rpartition("|")[2].strip() for line in lines]

    assert modules.index("hitsvc.cli.giving_way") < modules.index("click")
    assert modules.index("hitsvc.cli.giving_way") < modules.index("hitsvc.cli.main")


def test_the_installed_command_is_the_same_program() -> None:
    """As ``python -m hitsvc``, which the tests use."""
    (entry,) = entry_points(group="console_scripts", name="hitsvc")

    assert entry.load().__module__ == "hitsvc.__main__"


@pytest.mark.service
def test_the_service_gives_way_to_nobody(service: StartService) -> None:
    """It has the priority that it was started with."""
    running = service()

    assert {os.getpriority(os.PRIO_PROCESS, pid) for pid in running.pids} == {
        os.getpriority(os.PRIO_PROCESS, 0)
    }
