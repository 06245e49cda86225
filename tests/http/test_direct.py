"""The cases, for the service itself."""

from collections.abc import Iterator

import pytest

from tests.faults.targets import NO_LIMITS
from tests.http import judge
from tests.http.cases import CASES, GROUPS
from tests.http.known import BEHIND, DEVIATIONS, KNOWN
from tests.http.runner import PATIENCE_S, Runner
from tests.support.service import PATIENT, Service

pytestmark = pytest.mark.service

# What fails need not be waited for.
_HASTY_S = 2.0


@pytest.fixture(scope="module", name="runner")
def _runner(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Runner]:
    """What plays them, and the service that they are played for."""
    with Service(tmp_path_factory.mktemp("direct"), env=PATIENT | NO_LIMITS) as service:
        runner = Runner(service.url, service.url)
        yield runner
        runner.close()


@pytest.mark.parametrize("name", CASES)
def test_direct(name, runner):
    """What is right is done; what is known to be wrong is, or the list is."""
    case = CASES[name]
    failing = KNOWN.get(name) or DEVIATIONS.get(name)
    found = judge.direct(case, runner.play(case, _HASTY_S if failing else PATIENCE_S))
    if failing and found:
        pytest.xfail(f"{failing} (RFC {case.section}): {found}")

    assert not failing, (
        f"it is right now: take it out of tests/http/known.py ({failing})"
    )
    assert found == [], f"RFC {case.section}"


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
