"""One fuzzer in a process of its own: ``python -m tests.fuzz.child NAME LIBFUZZER…``.

atheris ends the process at the first finding, and when the time is over.
"""

import importlib
import resource
import sys

from tests.fuzz.targets import target

# A loop that allocates ends in an error, not in the machine's memory.
_ADDRESS_SPACE = 4 << 30


def main(name: str, *arguments: str) -> None:
    """Fuzz; does not return."""
    # It is not among the project's dependencies, and has no types.
    atheris = importlib.import_module("atheris")
    resource.setrlimit(resource.RLIMIT_AS, (_ADDRESS_SPACE, _ADDRESS_SPACE))
    with atheris.instrument_imports(include=["hitsvc"]):
        test_one_input = target(name)
    atheris.Setup([sys.argv[0], *arguments], test_one_input)
    atheris.Fuzz()


if __name__ == "__main__":
    main(*sys.argv[1:])
