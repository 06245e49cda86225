"""What is told of the cases that were played."""

import pytest

from tests.http.__main__ import row, told
from tests.http.case import get, takes
from tests.http.rounds import Outcome

CASE = takes("a case", "9110, 1", get())
HELD = Outcome(CASE, [], "", spares_others=True)
KNOWN = Outcome(CASE, ["it is not"], "nobody sends it", spares_others=True)
WRONG = Outcome(CASE, ["it is not"], "", spares_others=True)
CRUEL = Outcome(CASE, [], "", spares_others=False)


def test_the_table_counts_what_holds():
    """And what does not, with a reason and without."""
    outcomes = [HELD, HELD, KNOWN, WRONG, CRUEL]

    assert row("nginx", outcomes, 12.3) == "| nginx | 5 | 2 | 1 | 2 | 12 |"


def test_a_reason_is_said_once():
    """With the number of its cases."""
    assert told("nginx", [HELD, KNOWN, KNOWN]) == ["nginx: 2 x nobody sends it"]


@pytest.mark.parametrize("outcome", [WRONG, CRUEL])
def test_what_nobody_knows_is_told_by_its_rule(outcome):
    """So that it can be looked up."""
    (line,) = told("direct", [HELD, outcome])

    assert line.startswith("direct: WRONG: a case (RFC 9110, 1)")
