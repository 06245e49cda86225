"""Tries an installed hitsvc: which build it is, and whether it serves and counts.

    python scripts/try_wheel.py compiled|pure

It needs nothing but the standard library, and runs the ``hitsvc`` beside the Python that
runs it: that of a fresh environment, with a wheel and no checkout.
"""

import http.client
import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

_PROGRAM = Path(sys.executable).with_name("hitsvc")
_TARGET = "/count?url=https%3A%2F%2Fexample.com%2Fpost"
_VIEWS = 3
_START_S = 30
_LINE = re.compile(r"^hitsvc (\S+)( \(compiled\))? listening on ", re.MULTILINE)


def main() -> None:
    """Do what the command line asks for.

    Raises:
        SystemExit: It is another build, does not serve, or does not count.
    """
    if sys.argv[1:] not in (["compiled"], ["pure"]):
        sys.exit("usage: try_wheel.py compiled|pure")
    wants_compiled = sys.argv[1] == "compiled"
    said = _run("--version")
    _expect("hitsvc --version", said.endswith("(compiled)"), wants_compiled)
    with tempfile.TemporaryDirectory() as directory:
        numbers, printed = _serve_and_count(Path(directory))
    _expect("three views", numbers, list(range(1, _VIEWS + 1)))
    line = _LINE.search(printed)
    if line is None:
        sys.exit(f"there is no line of the start in: {printed}")
    _expect("the start's line", line[2] is not None, wants_compiled)
    print(f"{said}: serves and counts")


def _run(*arguments: str) -> str:
    done = subprocess.run(  # noqa: S603 - our own program
        [str(_PROGRAM), *arguments], capture_output=True, text=True, check=True
    )
    return done.stdout.strip()


def _serve_and_count(directory: Path) -> tuple[list[int], str]:
    """Return the numbers of some views, and what the service printed."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [str(_PROGRAM), "serve", "--port", str(port), "--workers", "1"]
    with subprocess.Popen(  # noqa: S603 - our own program
        [*command, "--data-dir", str(directory / "data")],
        cwd=directory,
        env={**os.environ, "HITSVC_COOKIE_TIMEOUT": "0"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as process:
        try:
            _wait(port, process)
            numbers = [_view(port) for _ in range(_VIEWS)]
        finally:
            process.send_signal(signal.SIGTERM)
            printed = process.communicate()[0]
    return numbers, printed


def _wait(port: int, process: "subprocess.Popen[str]") -> None:
    deadline = time.monotonic() + _START_S
    while process.poll() is None and time.monotonic() < deadline:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    sys.exit("it does not serve")


def _view(port: int) -> int:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request("GET", _TARGET)
        return int(connection.getresponse().read())
    finally:
        connection.close()


def _expect(what: str, actual: object, expected: object) -> None:
    if actual != expected:
        sys.exit(f"{what}: {actual!r} where {expected!r} was expected")


if __name__ == "__main__":
    main()
