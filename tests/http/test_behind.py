"""The cases, for the proxies that we have examples for, with the service behind them."""

from collections.abc import Iterator, Mapping

import pytest

from tests.http.cases import CASES
from tests.http.rounds import Outcome, numbering, service, way
from tests.support.proxies import PROXIES
from tests.support.service import Service

pytestmark = [pytest.mark.service, pytest.mark.proxy]


@pytest.fixture(scope="module", name="service")
def _service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """What is behind them."""
    with service(tmp_path_factory.mktemp("behind")) as running:
        yield running


@pytest.fixture(scope="module", name="numbers")
def _numbers() -> Iterator[int]:
    """Tell the pages of all proxies apart."""
    return numbering()


@pytest.fixture(scope="module", name="outcomes", params=PROXIES)
def _outcomes(
    request: pytest.FixtureRequest,
    service: Service,
    numbers: Iterator[int],
    tmp_path_factory: pytest.TempPathFactory,
) -> Mapping[str, Outcome]:
    """What came of the cases that are to be tested, behind each proxy."""
    name = request.param
    if missing := PROXIES[name].missing():
        pytest.skip(missing)
    with way(name, service, tmp_path_factory.mktemp(name), numbers) as behind:
        return behind.play(cases_of(request))


def cases_of(request: pytest.FixtureRequest) -> list[str]:
    """Name the cases of those tests of a module that are to run."""
    chosen = {
        item.callspec.params["name"]
        for item in request.session.items
        if item.path == request.path and hasattr(item, "callspec")
    }
    return [name for name in CASES if name in chosen]


@pytest.mark.parametrize("name", CASES)
def test_behind(name, outcomes):
    """What is valid comes through; of all else nothing is counted that was not asked for.

    And whoever comes next is answered for himself.
    """
    outcome = outcomes[name]

    assert outcome.spares_others
    if outcome.reason and outcome.found:
        pytest.xfail(f"{outcome.reason} (RFC {outcome.case.section}): {outcome.found}")
    assert outcome.found == [], f"RFC {outcome.case.section}"
