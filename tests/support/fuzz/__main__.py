"""The fuzzer as a script; see the package."""

import sys
import time

from tests.support.fuzz.fuzzer import Fuzzer, count_twice


def main(url: str, requests: str, seed: str) -> int:
    """Fuzz a service; the exit code says whether something was found."""
    began = time.monotonic()
    report = Fuzzer(url, int(seed)).run(int(requests))
    for finding, request in report.findings:
        print(f"{finding}\n  {request.data[:2000]!r}")
    took_s = time.monotonic() - began
    print(f"{report.statuses.total()} answers in {took_s:.1f} s, by status:")
    print(dict(sorted(report.statuses.items())), f"and {report.silent} without one")
    first, second = count_twice(url, f"fuzz-{seed}.example/{int(time.time())}")
    print(f"{len(report.findings)} findings; it still counts: {first}, {second}")
    return 1 if report.findings or second != first + 1 else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
