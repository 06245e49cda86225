"""``python -m tests.http [WAY…]``: play all cases, and write what came of them as a table."""

import argparse
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path

from tests.faults.targets import DIRECT, WAYS
from tests.http.cases import CASES
from tests.http.rounds import Outcome, numbering, service, way
from tests.support.proxies import PROXIES

_HEAD = (
    "| way | cases | held | not held, for a reason | not held | seconds |",
    "| --- | ---: | ---: | ---: | ---: | ---: |",
)


def main() -> int:
    """Play; 1 if a case does not hold and nobody knows why."""
    options = _parse()
    numbers, wrong = numbering(), 0
    reasons: list[str] = []
    print(*_HEAD, sep="\n", flush=True)
    with tempfile.TemporaryDirectory(prefix="hits-") as place:
        directory = Path(place)
        with service(directory / "service") as running:
            for name in options.ways or WAYS:
                if missing := name != DIRECT and PROXIES[name].missing():
                    print(f"| {name} | {missing} | | | | |", flush=True)
                    continue
                begun = time.monotonic()
                with way(name, running, directory / name, numbers) as found:
                    outcomes = [*found.play(CASES).values()]
                print(row(name, outcomes, time.monotonic() - begun), flush=True)
                reasons += told(name, outcomes)
                wrong += sum(not one.holds and not one.reason for one in outcomes)
    print("", *reasons, sep="\n")
    return int(wrong > 0)


def row(name: str, outcomes: Sequence[Outcome], seconds: float) -> str:
    """Write a line of the table."""
    held = sum(one.holds for one in outcomes)
    known = sum(not one.holds and bool(one.reason) for one in outcomes)
    wrong = len(outcomes) - held - known
    return f"| {name} | {len(outcomes)} | {held} | {known} | {wrong} | {seconds:.0f} |"


def told(name: str, outcomes: Iterable[Outcome]) -> list[str]:
    """Say why cases do not hold: a line for each reason, and for each without one."""
    failed = [one for one in outcomes if not one.holds]
    reasons = Counter(one.reason for one in failed if one.reason)
    lines = [f"{name}: {number} x {reason}" for reason, number in reasons.items()]
    return lines + [
        f"{name}: WRONG: {one.case.name} (RFC {one.case.section}): {one.found}"
        for one in failed
        if not one.reason
    ]


def _parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.http", description=__doc__)
    parser.add_argument("ways", nargs="*", metavar="WAY", help=", ".join(WAYS))
    options = parser.parse_args()
    if unknown := set(options.ways) - set(WAYS):
        parser.error(f"there is no {', '.join(sorted(unknown))}")
    return options


if __name__ == "__main__":
    sys.exit(main())
