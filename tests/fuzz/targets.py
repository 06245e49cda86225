"""Which fuzzers there are, and where their seeds are."""

import importlib
from collections.abc import Callable
from pathlib import Path

HERE = Path(__file__).parent
NAMES = sorted(path.stem.removeprefix("fuzz_") for path in HERE.glob("fuzz_*.py"))


def target(name: str) -> Callable[[bytes], None]:
    """Import a fuzzer, and what it tries."""
    module = importlib.import_module(f"tests.fuzz.fuzz_{name}")
    found: Callable[[bytes], None] = module.TestOneInput
    return found


def seeds(name: str) -> list[Path]:
    """Return a fuzzer's seeds."""
    return sorted((HERE / "seeds" / name).iterdir())
