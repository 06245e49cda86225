"""Every seed holds: what fuzzers begin with, and what they once found."""

import pytest

from tests.fuzz.targets import NAMES, seeds, target


@pytest.mark.parametrize(
    ("name", "seed"),
    [
        pytest.param(name, seed, id=f"{name}-{seed.name}")
        for name in NAMES
        for seed in seeds(name)
    ],
)
def test_a_seed_breaks_no_promise(name, seed):
    """It is tried as a fuzzer would."""
    target(name)(seed.read_bytes())


@pytest.mark.parametrize("name", NAMES)
def test_seeds_are_small(name):
    """There are some, and they are read by people."""
    sizes = [seed.stat().st_size for seed in seeds(name)]

    assert sizes
    assert max(sizes) <= 4096
