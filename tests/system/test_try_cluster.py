"""`python -m scripts.try_cluster`: a cluster that one can try things with."""

# ruff: noqa: S603 - starts our own programs

import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from redis import Redis

from tests.support.processes import alive

pytestmark = [
    pytest.mark.service,
    pytest.mark.skipif(sys.platform != "linux", reason="looks at processes in /proc"),
]


def test_it_runs_until_ctrl_c() -> None:
    """It is whole when its URL is printed, and nothing of it stays."""
    command = [sys.executable, "-m", "scripts.try_cluster", "--replicas", "0"]
    root = Path(__file__).parents[2]
    with subprocess.Popen(command, cwd=root, stdout=subprocess.PIPE, text=True) as one:
        assert one.stdout
        lines = [one.stdout.readline() for _ in range(4)]
        port = int(re.search(r":(\d+)", lines[0])[1])  # type: ignore[index]
        with Redis(port=port, decode_responses=True) as node:
            state = node.execute_command("CLUSTER", "INFO")
        one.send_signal(signal.SIGINT)

        assert one.wait(30) == 0
    assert {"cluster_state:ok", "cluster_known_nodes:3"} <= set(state.split())
    assert lines[3].startswith(f"redis+cluster://127.0.0.1:{port},")
    pids = [int(line.rpartition(" ")[2]) for line in lines[:3]]
    assert not any(map(alive, pids))
