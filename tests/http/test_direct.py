"""The cases, for the service itself."""

from collections.abc import Mapping

import pytest

from tests.faults.targets import DIRECT
from tests.http.cases import CASES, GROUPS
from tests.http.known import BEHIND, DEVIATIONS, KNOWN
from tests.http.rounds import Outcome, numbering, service, way
from tests.http.test_behind import cases_of

pytestmark = pytest.mark.service


@pytest.fixture(scope="module", name="outcomes")
def _outcomes(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Mapping[str, Outcome]:
    """What came of the cases that are to be tested."""
    directory = tmp_path_factory.mktemp("direct")
    with (
        service(directory / "service") as running,
        way(DIRECT, running, directory, numbering()) as direct,
    ):
        return direct.play(cases_of(request))


@pytest.mark.parametrize("name", CASES)
def test_direct(name, outcomes):
    """What is right is done; what is known to be wrong is, or the list is."""
    outcome = outcomes[name]
    if outcome.reason and outcome.found:
        pytest.xfail(f"{outcome.reason} (RFC {outcome.case.section}): {outcome.found}")

    assert not outcome.reason, (
        f"it is right now: take it out of tests/http/known.py ({outcome.reason})"
    )
    assert outcome.found == [], f"RFC {outcome.case.section}"


def test_whoever_comes_next_is_spared(outcomes):
    """None of the cases leaves its answer to another."""
    assert [name for name, one in outcomes.items() if not one.spares_others] == []


def test_names_differ():
    """Each case is its own."""
    assert len(CASES) == sum(map(len, GROUPS.values()))


def test_lists_name_cases():
    """Nothing stays in a list that is no longer a case."""
    named = {
        *KNOWN,
        *DEVIATIONS,
        *(name for names in BEHIND.values() for name in names),
    }

    assert named - set(CASES) == set()
