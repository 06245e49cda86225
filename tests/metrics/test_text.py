"""What Prometheus reads, read by its own parser."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hitsvc.metrics import Board, Rows, Tally, Value, render
from hitsvc.metrics.catalogue import FAMILIES, HITS, LAST_FAILURE, SECONDS, SIZES
from tests.support.samples import samples_of


def board_of(rows: int) -> Board:
    """Make a board with so many workers."""
    board = Board(rows + 1)
    taker = Rows(board)
    for _ in range(rows):
        taker.take()
    return board


def test_all_is_there_before_anything_is_counted():
    """A rate needs a beginning: series do not appear with their first event."""
    samples = samples_of(render(Board(2)))

    assert set(samples.values()) == {0.0}
    assert len(samples) == sum(
        len(family.bounds) + 3 if family.bounds else len(family.values)
        for family in FAMILIES
    )


def test_numbers_are_the_sums_of_all_rows():
    """Also of one that no worker has any more."""
    board = board_of(2)
    board.row(0)[HITS.at + 1] = 4
    board.row(1)[HITS.at + 1] = 5
    board.row(1)[0] = 0

    samples = samples_of(render(board))

    assert samples["hitsvc_hits_total{result=remembered}"] == 9
    assert samples["hitsvc_hits_total{result=counted}"] == 0


def test_a_time_is_the_latest_of_all_rows():
    """A sum of them would be nonsense."""
    board = board_of(2)
    board.row(0)[LAST_FAILURE.at] = 1_795_000_000
    board.row(1)[LAST_FAILURE.at] = 1_794_000_000

    name = "hitsvc_store_last_failure_timestamp_seconds"
    assert samples_of(render(board))[name] == 1_795_000_000


@pytest.mark.parametrize(
    ("nanoseconds", "first"),
    [(0, "0.00025"), (250_000, "0.00025"), (250_001, "0.0005"), (10**10, "+Inf")],
)
def test_a_bucket_holds_what_is_at_most_its_bound(nanoseconds, first):
    """It, and all after it."""
    board = board_of(1)
    Tally(board.row(0)).trip(nanoseconds)

    samples = samples_of(render(board))

    bounds = [f"{bound / SECONDS.scale:g}" for bound in SECONDS.bounds] + ["+Inf"]
    full = [b for b in bounds if samples[f"hitsvc_store_seconds_bucket{{le={b}}}"]]
    assert full == bounds[bounds.index(first) :]
    assert samples["hitsvc_store_seconds_sum"] == nanoseconds / 1e9
    assert samples["hitsvc_store_seconds_count"] == 1


@settings(deadline=None)
@given(st.tuples(*[st.integers(0, 2**40)] * SIZES.width))
def test_a_histogram_never_falls(words):
    """Its buckets contain one another, and the last one is the count."""
    board = board_of(1)
    for place, number in enumerate(words, start=SIZES.at):
        board.row(0)[place] = number

    samples = samples_of(render(board))

    name = "hitsvc_batch_operations"
    buckets = [v for k, v in samples.items() if k.startswith(f"{name}_bucket")]
    assert buckets == sorted(buckets)
    assert buckets[-1] == samples[f"{name}_count"] == sum(words[:-1])
    assert samples[f"{name}_sum"] == words[-1]


@settings(deadline=None)
@given(
    st.text(st.characters(exclude_categories=["Cs"])),
    st.floats(allow_nan=False, allow_infinity=False),
)
def test_a_value_comes_through_as_it_is(label, number):
    """Whatever its label holds: quotes, lines, backslashes."""
    text = render(Board(1), [Value("v", 'a\n"b"\\', number, {"l": label})])

    assert samples_of(text)[f"v{{l={label}}}"] == number
