"""``python -m tests.fuzz [NAME…]``: fuzz, and a line for each fuzzer."""

import argparse
import importlib.util
import sys
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

from tests.fuzz.runs import Run, command, run
from tests.fuzz.targets import HERE, NAMES

_OUTPUT_LINES = 40
_SHOWN_BYTES = 2000


def main() -> int:
    """Run what the command line asks for; 1 if something was found."""
    options = _parse()
    if importlib.util.find_spec("atheris") is None:
        print("atheris is not installed here: `make fuzz` does that", file=sys.stderr)
        return 1
    fuzz = partial(_fuzz, options.directory.absolute(), options.seconds)
    with ThreadPoolExecutor(options.parallel) as pool:
        runs = list(pool.map(fuzz, options.names or NAMES))
    return int(any(run.failed for run in runs))


def _fuzz(directory: Path, seconds: int, name: str) -> Run:
    done = run(name, command(name), HERE / "seeds" / name, directory, seconds)
    print(_told(done), flush=True)
    return done


def _told(done: Run) -> str:
    lines = [
        f"{done.name:<10} {done.executions:>11,} executions, corpus {done.corpus:,}, "
        f"{len(done.findings)} findings"
    ]
    if done.failed:
        said = done.output.partition("=== Uncaught")
        lines += (said[2] or said[0]).splitlines()[-_OUTPUT_LINES:]
    for path in done.findings:
        lines += [f"{path}: {path.read_bytes()[:_SHOWN_BYTES]!r}"]
        lines += [f"When it is fixed: cp {path} {HERE / 'seeds' / done.name}/"]
    return "\n".join(lines)


def _parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(NAMES))
    parser.add_argument("--seconds", type=int, default=600, help="for each")
    parser.add_argument("--parallel", type=int, default=2, help="how many at a time")
    parser.add_argument(
        "--directory",
        type=Path,
        default=Path(".fuzz"),
        help="where what they learn is kept for the next time, and what they find",
    )
    options = parser.parse_args()
    if unknown := set(options.names) - set(NAMES):
        parser.error(f"there is no {', '.join(sorted(unknown))}")
    return options


if __name__ == "__main__":
    sys.exit(main())
