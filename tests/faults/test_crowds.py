"""Small versions of what ``python -m tests.faults.crowds`` measures."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.crowds import many, slow
from tests.faults.floods import flood, full

pytestmark = pytest.mark.service


@pytest.fixture(name="directory")
def _directory() -> Iterator[Path]:
    """A path that is short enough for a socket."""
    with tempfile.TemporaryDirectory(prefix="crowd-") as path:
        yield Path(path)


async def test_tokens_make_room_for_counters(directory):
    """A store full of tokens evicts tokens: every total and day stays exact."""
    room = 4 << 20
    result = await full(directory, room, hits=6_000, pages=50, padding=1_000)

    assert result["answers"][200] > 5_000  # the others found a machine too busy
    assert result["evicted"] > 0
    assert (result["lost"], result["invented"], result["apart"]) == (0, 0, 0)


async def test_each_url_of_a_flood_is_counted(directory):
    """Every URL gets its keys, and every hit its answer."""
    result = await flood(directory, urls=2_000, steps=2)

    assert result["answers"][200] > 1_500  # the others found a machine too busy
    assert result["keys"] == 2 * 2_000 + 2  # a total and a year each, and the index


async def test_slow_clients_leave_the_others_be(directory):
    """Visitors are counted while silent and slow clients are there."""
    result = await slow(directory, silent=50, dribbling=10, seconds=0.5)

    assert len(result["p99_ms_with"]) == 3


async def test_many_connections_are_all_served(directory):
    """Each of 300 clients is answered, and so are the visitors among them."""
    result = await many(directory, count=300, seconds=0.5)

    assert (result["answered"], result["refused"]) == (300, 0)
