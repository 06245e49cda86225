"""Load by wrk: as many requests as the server can answer, on a number of connections."""

import json
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from bench.machine import pinned

_SCRIPT = Path(__file__).parent / "wrk" / "hits.lua"
_MARGIN_S = 30


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a load generator saw.

    Attributes:
        requests: Requests answered, whatever the answer was.
        seconds: How long it took.
        status_errors: Answers that were not 2xx.
        socket_errors: Failed connections, reads and writes, and time-outs.
        p50_us: Median latency.
        p90_us: 90th percentile.
        p99_us: 99th percentile.
        max_us: The slowest.
        lag_p99_us: How late the generator itself was, where it knows.
    """

    requests: int
    seconds: float
    status_errors: int
    socket_errors: int
    p50_us: float
    p90_us: float
    p99_us: float
    max_us: float
    lag_p99_us: float | None = None

    @property
    def rate(self) -> float:
        """Requests a second."""
        return self.requests / self.seconds


def run(
    url: str,
    *,
    connections: int,
    seconds: float,
    cores: frozenset[int],
    method: str = "GET",
    headers: Mapping[str, str] | None = None,
    draws: Path | None = None,
    first: int = 0,
) -> Outcome:
    """Run wrk with one thread.

    Args:
        url: What to request.
        connections: How many, each with one request in flight.
        seconds: For how long; wrk knows whole seconds only.
        cores: Where wrk may run.
        method: Of all requests.
        headers: What they are sent with.
        draws: A file of what to append in turn; see ``wrk/hits.lua``.
        first: The line of ``draws`` to start at.
    """
    command = ["wrk", "-t1", f"-c{connections}", f"-d{max(1, round(seconds))}s"]
    command += ["--timeout", "5s", "-s", str(_SCRIPT)]
    for name, value in (headers or {}).items():
        command += ["-H", f"{name}: {value}"]
    command += [url, "--", method]
    if draws:
        command += [str(draws), str(first)]
    with pinned(cores):
        done = subprocess.run(  # noqa: S603 - our own command
            command,
            capture_output=True,
            text=True,
            check=True,
            timeout=seconds + _MARGIN_S,
        )
    line = next(x for x in done.stdout.splitlines() if x.startswith("RESULT "))
    seen = json.loads(line.removeprefix("RESULT "))
    return Outcome(
        seen["requests"],
        seen["duration_us"] / 1e6,
        seen["status_errors"],
        seen["socket_errors"],
        seen["p50_us"],
        seen["p90_us"],
        seen["p99_us"],
        seen["max_us"],
    )
