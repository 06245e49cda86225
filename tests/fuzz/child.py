"""One fuzzer in a process of its own: ``… NAME DIRECTORY LIBFUZZER…``.

atheris ends the process at the first finding, and when the time is over.
"""

import hashlib
import importlib
import resource
import sys
from collections.abc import Callable
from pathlib import Path

from tests.fuzz.targets import target

# A loop that allocates ends in an error, not in the machine's memory.
_ADDRESS_SPACE = 4 << 30


def main(name: str, directory: str, *arguments: str) -> None:
    """Fuzz; does not return.

    Args:
        name: The fuzzer.
        directory: Where to keep what it finds.
        *arguments: For libFuzzer.
    """
    # It is not among the project's dependencies, and has no types.
    atheris = importlib.import_module("atheris")
    resource.setrlimit(resource.RLIMIT_AS, (_ADDRESS_SPACE, _ADDRESS_SPACE))
    with atheris.instrument_imports(include=["hitsvc"]):
        test_one_input = target(name)
    kept = _keeping(test_one_input, Path(directory))
    atheris.Setup([sys.argv[0], *arguments], kept)
    atheris.Fuzz()


def _keeping(
    test_one_input: Callable[[bytes], None], directory: Path
) -> Callable[[bytes], None]:
    """Write down what breaks a promise, since libFuzzer does not always get to it."""

    def try_one(data: bytes) -> None:
        try:
            test_one_input(data)
        except BaseException:
            digest = hashlib.sha1(data, usedforsecurity=False).hexdigest()
            (directory / f"crash-{digest}").write_bytes(data)  # as libFuzzer names it
            raise

    return try_one


if __name__ == "__main__":
    main(*sys.argv[1:])
