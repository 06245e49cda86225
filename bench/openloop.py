"""Load at a given rate, whatever the server does: compiles and runs ``openloop.c``.

wrk sends a connection's next request when the last is answered, so a slow server is
asked less often, and its slowness is seen less ("coordinated omission"). Here requests
are due at random times (a Poisson process, as independent visitors make), and a latency
counts from when a request was *due*: waiting for a free connection is part of it.

The generator is a small C program, since it shares its core with the store: in Python it
was later than the servers that it measured. How late it was itself is part of the outcome;
believe a percentile only where that is small against it.
"""

import hashlib
import json
import os
import shlex
import shutil
import subprocess
import tempfile
from pathlib import Path

from bench.machine import pinned
from bench.wrk_load import Outcome

_SOURCE = Path(__file__).with_suffix(".c")
_OPTIONS = ("-O2", "-std=gnu11", "-Wall", "-Wextra", "-Werror")
_MARGIN_S = 30


def compiler() -> list[str] | None:
    """Return the C compiler: that of ``CC``, or ``cc``; `None` if there is none."""
    command = shlex.split(os.environ.get("CC") or "cc")
    return command if shutil.which(command[0]) else None


def program(source: Path = _SOURCE) -> Path:
    """Return the compiled generator; it is compiled once for a source.

    Args:
        source: The C program.

    Raises:
        FileNotFoundError: There is no C compiler.
        subprocess.CalledProcessError: It does not compile.
    """
    command = compiler()
    if command is None:
        msg = "there is no C compiler, and the generator is written in C"
        raise FileNotFoundError(msg)
    text = source.read_bytes() + " ".join((*command, *_OPTIONS)).encode()
    home = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    place = Path(home, "hitsvc", "bench")
    target = place / f"openloop-{hashlib.sha256(text).hexdigest()[:16]}"
    if not target.exists():
        place.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=place) as directory:
            made = Path(directory, "openloop")
            subprocess.run(  # noqa: S603 - our own program
                [*command, *_OPTIONS, "-o", str(made), str(source), "-lm"], check=True
            )
            made.rename(target)  # whole, or not there
    return target


def run(
    port: int,
    target: str,
    *,
    rate: float,
    connections: int,
    seconds: float,
    cores: frozenset[int],
) -> Outcome:
    """Request a target at a rate, for a time, and wait a second for the last answers.

    Args:
        port: The server's, on the loopback.
        target: Path and query.
        rate: Requests a second, on average.
        connections: How many, each with one request in flight.
        seconds: For how long.
        cores: Where the generator may run.

    Raises:
        FileNotFoundError: There is no C compiler.
        subprocess.SubprocessError: It does not compile, or nobody listens there.
    """
    command = [str(program()), str(port), target]
    command += [repr(rate), str(connections), repr(seconds)]
    with pinned(cores):
        done = subprocess.run(  # noqa: S603 - our own command
            command,
            capture_output=True,
            text=True,
            check=True,
            timeout=seconds + _MARGIN_S,
        )
    return Outcome(**json.loads(done.stdout))
