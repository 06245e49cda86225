"""Running this checkout's commands in tests."""

# ruff: noqa: S603 - starts our own programs

import contextlib
import os
import socket
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from random import SystemRandom

import hitsvc


def free_port() -> int:
    """Find a TCP port that nobody listens on.

    It is none of those that a system gives to clients (from 32768 on by default): one of
    the many connections of other tests would have it before the server does. Hypothesis
    makes the usual random numbers the same in every process.
    """
    for port in SystemRandom().sample(range(20_000, 32_000), 100):
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port
    msg = "all ports that were tried are in use"
    raise OSError(msg)


# `make test-compiled` tests a build that is not in this checkout.
IS_COMPILED = Path(hitsvc.__file__).parents[1] != Path(__file__).parents[2]


def hitsvc_command(*arguments: str) -> list[str]:
    """Word a command line that runs the hitsvc that is tested."""
    return [sys.executable, "-m", "hitsvc", *arguments]


# What a platform that runs services says to them.
PLATFORM = {"PORT", "REDIS_URL", "VALKEY_URL"}
# Tests are what these limits are against: they invent pages by the thousand.
NO_LIMITS = {"HITSVC_NEW_PAGES_BY_SITE": "0", "HITSVC_NEW_PAGES_IN_ALL": "0"}


def clean_environment(**variables: str) -> dict[str, str]:
    """Make an environment without the tester's own settings."""
    environ = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("HITSVC_") and name not in PLATFORM
    }
    environ["PYTHONPATH"] = str(Path(hitsvc.__file__).parents[1])
    return environ | NO_LIMITS | variables


def run_hitsvc(
    *arguments: str, env: Mapping[str, str] = {}, cwd: Path | None = None
) -> subprocess.CompletedProcess[str]:
    """Run a hitsvc command that is expected to end by itself."""
    return subprocess.run(
        hitsvc_command(*arguments),
        env=clean_environment(**env),
        cwd=cwd,
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
