"""``python -m bench.scale``: what the operator's commands take with a million pages.

It imports 1,000,000 pages of 1,000 sites into an empty store, one of them with 10,000 pages,
and then times `top`, `export` and another import, alone and while 1,000 hits a second come
in (`bench.openloop`); each beside the hits' own 99th percentile with nothing else going on.
No process is bound to a core: where the operator works, the system has to find room.
"""

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from statistics import median
from threading import Thread

from bench.contenders import CONTENDERS, running
from bench.machine import Cores
from bench.openloop import run as open_loop
from bench.store import running_store

_SITES = 1_000
_PAGES = 1_000_000
_LARGE = 10_000
_RATE = 1_000
_TARGET = "/count/tag.svg?url=https%3A%2F%2Fbusy.example%2Fpage"
_SECONDS = 10.0


def _write(path: Path, day: str) -> None:
    """Write a hit of each page on one day, as our own format has it."""
    others = _PAGES - _LARGE
    with path.open("w") as file:
        file.write("url,day,hits\n")
        for number in range(_LARGE):
            file.write(f"large.example/post/{number:05},{day},{number % 90 + 1}\n")
        for number in range(others):
            site, page = number % (_SITES - 1), number // (_SITES - 1)
            file.write(f"site{site:03}.example/post/{page:04},{day},1\n")


def _timed(*arguments: str, output: Path | None = None) -> tuple[float, float]:
    """Run a command of ours.

    Returns:
        Seconds, and the most memory that any of them has taken so far, in MB.
    """
    command = [str(Path(sys.executable).with_name("hitsvc")), *arguments]
    with (output or Path(os.devnull)).open("wb") as target:
        start = time.perf_counter()
        subprocess.run(  # noqa: S603 - our own command
            command, stdout=target, stderr=subprocess.DEVNULL, check=True, timeout=600
        )
        seconds = time.perf_counter() - start
    return seconds, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024


def _p99_ms(port: int, cores: frozenset[int], work: Sequence[str] | None) -> float:
    """Return the 99th percentile of hits, while a command runs again and again."""
    busy = True

    def repeat() -> None:
        while work and busy:
            _timed(*work)

    worker = Thread(target=repeat)
    worker.start()
    try:
        outcome = open_loop(
            port, _TARGET, rate=_RATE, connections=64, seconds=_SECONDS, cores=cores
        )
    finally:
        busy = False
        worker.join()
    if outcome.status_errors or outcome.socket_errors:
        print("  WRONG: not all hits were answered")
    return outcome.p99_us / 1000


def main() -> None:
    """Print the figures."""
    every = frozenset(os.sched_getaffinity(0))
    cores = Cores(server=every, load=every)
    with tempfile.TemporaryDirectory(prefix="scale-") as name:
        directory = Path(name)
        files = [directory / f"{day}.csv" for day in ("2026-01-01", "2026-01-02")]
        for file in files:
            _write(file, file.stem)
        with (
            running_store(directory / "store", cores.load) as store,
            running(
                CONTENDERS["hitsvc"], store.port, directory / "app", cores.server
            ) as app,
        ):
            to = ["--store", store.url]
            seconds, _ = _timed("import", *to, str(files[0]))
            print(f"import {_PAGES:,} new pages: {_PAGES / seconds:,.0f} rows/s")
            print(f"the store takes {store.memory() / 2**20:,.0f} MB")
            large = ["top", *to, "--site", "large.example"]
            print(f"top of {_LARGE:,} pages, anew: {_timed(*large)[0]:.2f} s")
            print(f"the same, kept: {_timed(*large)[0]:.2f} s")
            print(f"top of all sites, anew: {_timed('top', *to)[0]:.2f} s")
            exported = directory / "all.csv"
            seconds, memory = _timed("export", *to, output=exported)
            print(f"export: {_PAGES / seconds:,.0f} rows/s, {memory:.0f} MB at most")
            seconds, _ = _timed("import", *to, str(files[1]))
            print(f"import another day: {_PAGES / seconds:,.0f} rows/s")
            works: dict[str, list[str] | None] = {
                "nothing": None,
                "top": large,
                "export": ["export", *to],
                "import": ["import", *to, "--again", str(files[1])],
            }
            found: dict[str, list[float]] = {work: [] for work in works}
            for _ in range(3):
                for work, command in works.items():
                    found[work].append(_p99_ms(app.port, cores.load, command))
            alone = median(found["nothing"])
            print(f"99th percentile of {_RATE:,} hits a second beside:")
            for work, all_ms in found.items():
                ms = median(all_ms)
                print(f"  {work}: {ms:.2f} ms, {ms / alone:.2f} ({json.dumps(all_ms)})")


if __name__ == "__main__":
    main()
