"""``python -m tests.faults.crowds WHAT``: what a crowd costs the others, and memory.

Figures of a busy machine are ratios at best: windows with and without the crowd take
turns, and all of them are shown.
"""

import argparse
import asyncio
import json
import sys
import tempfile
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import uvloop

from tests.faults.clients import Crowd, Watch, connect, p99, request, resident_bytes
from tests.faults.floods import flood, full
from tests.support.service import Service

PAGE = "example.com/visited"
_TRICKLE = b"GET /count HTTP/1.1\r\nx: " + b"x" * 1000


async def slow(
    directory: Path, silent: int = 2000, dribbling: int = 200, seconds: float = 20
) -> dict[str, Any]:
    """Silent clients, and some that send a byte a second."""
    with Service(directory / "service") as service:
        (worker,) = service.worker_pids
        quiet, crowded, cut_off = [], [], 0
        async with Watch(service.url, PAGE) as watch:
            await watch.window(seconds / 5)
            before = resident_bytes(worker)
            most = before
            for _ in range(3):
                quiet.append(p99(await watch.window(seconds / 3)))
                async with AsyncExitStack() as stack:
                    crowds = [
                        Crowd(service.url, silent),
                        Crowd(service.url, dribbling, _TRICKLE),
                    ]
                    for crowd in crowds:
                        await stack.enter_async_context(crowd)
                    crowded.append(p99(await watch.window(seconds)))
                    most = max(most, resident_bytes(worker))
                    cut_off += sum(crowd.cut_off for crowd in crowds)
        return {
            "p99_ms_without": quiet,
            "p99_ms_with": crowded,
            "cut_off": cut_off,
            "worker_bytes_before": before,
            "worker_bytes_most": most,
        }


async def many(
    directory: Path, count: int = 10_000, seconds: float = 5
) -> dict[str, Any]:
    """Clients that were answered and keep their connections."""
    with Service(directory / "service") as service:
        (worker,) = service.worker_pids
        async with Watch(service.url, PAGE) as watch:
            await watch.window(seconds / 5)
            before = resident_bytes(worker)
            quiet = p99(await watch.window(seconds))
            clients, refused = [], 0
            for _ in range(count):
                try:
                    clients.append(await connect(service.url))
                except OSError:
                    refused += 1
            for _, writer in clients:
                writer.write(request("/healthz"))
            counted = await asyncio.gather(
                *(reader.read(12) for reader, _ in clients), return_exceptions=True
            )
            crowded = p99(await watch.window(seconds))
            most = resident_bytes(worker)
            for _, writer in clients:
                writer.transport.abort()
            after = p99(await watch.window(seconds))
        return {
            "connections": len(clients),
            "refused": refused,
            "answered": sum(head == b"HTTP/1.1 200" for head in counted),
            "p99_ms": {"before": quiet, "during": crowded, "after": after},
            "worker_bytes_before": before,
            "worker_bytes_most": most,
            "log": service.stderr.splitlines(),
        }


CROWDS: dict[str, Callable[[Path], Awaitable[dict[str, Any]]]] = {
    "slow": slow,
    "many": many,
    "flood": flood,
    "full": full,
}


def main() -> None:
    """Measure what the command line names."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.faults.crowds", description=__doc__
    )
    parser.add_argument("what", nargs="*", default=list(CROWDS), help=", ".join(CROWDS))
    for what in parser.parse_args().what:
        with tempfile.TemporaryDirectory(prefix="crowd-") as directory:
            result = uvloop.run(_measure(what, Path(directory)))
        json.dump({what: result}, sys.stdout, indent=1)
        print(flush=True)


async def _measure(what: str, directory: Path) -> dict[str, Any]:
    return await CROWDS[what](directory)


if __name__ == "__main__":
    main()
