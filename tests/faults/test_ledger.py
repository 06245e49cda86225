"""The judge of what visitors were told and what the store holds."""

import pytest

from tests.faults.ledger import Outcome, Stored, judge


@pytest.mark.parametrize(
    ("attempted", "acknowledged", "stored", "verdict"),
    [
        pytest.param(3, [1, 2, 3], Stored(3, 3), {}, id="all are there"),
        pytest.param(5, [1, 3], Stored(4, 4), {}, id="some were not answered"),
        pytest.param(3, [1, 2, 3], Stored(2, 2), {"lost": 1}, id="one was lost"),
        pytest.param(9, [9], Stored(8, 8), {"lost": 1}, id="the last one was lost"),
        pytest.param(
            3, [1, 2, 2], Stored(2, 2), {"lost": 1, "doubled": 1}, id="a number twice"
        ),
        pytest.param(3, [1, 2, 3], Stored(4, 4), {"invented": 1}, id="counted twice"),
        pytest.param(3, [1, 2], Stored(3, 2), {"apart": 1}, id="a day went missing"),
        pytest.param(0, [], Stored(0, 0), {}, id="nothing happened"),
    ],
)
def test_verdict(attempted, acknowledged, stored, verdict):
    """Each breach of the promise is found, and nothing else is called one."""
    outcome = judge(attempted, acknowledged, 0, stored)

    assert {
        name: value
        for name in ("lost", "doubled", "invented", "apart")
        if (value := getattr(outcome, name))
    } == verdict


def test_outcomes_add_up():
    """Rounds of one kind are told together; a day apart breaks no promise."""
    one = Outcome(rounds=1, attempted=5, acknowledged=4, refused=1, stored=4, apart=1)
    other = Outcome(rounds=1, attempted=9, lost=1, doubled=2, invented=3)

    assert one + other == Outcome(2, 14, 4, 1, 4, 1, 2, 3, 1)
    assert (one.wrong, (one + other).wrong) == (0, 6)
