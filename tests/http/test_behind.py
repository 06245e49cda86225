"""The cases, for the proxies that we have examples for, with the service behind them."""

import itertools
from collections.abc import Iterator

import pytest

from tests.faults.targets import NO_LIMITS
from tests.http import judge
from tests.http.case import Verdict
from tests.http.cases import CASES
from tests.http.known import BEHIND, DEVIATIONS, KNOWN
from tests.http.runner import PATIENCE_S, Runner
from tests.support.proxies import PROXIES
from tests.support.service import PATIENT, Service

pytestmark = [pytest.mark.service, pytest.mark.proxy]

# What a proxy does not refuse at once it may wait for.
_HASTY_S = 1.0


@pytest.fixture(scope="module", name="service")
def _service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """What is behind them."""
    with Service(tmp_path_factory.mktemp("behind"), env=PATIENT | NO_LIMITS) as service:
        yield service


@pytest.fixture(scope="module", name="numbers")
def _numbers() -> Iterator[int]:
    """Tell the pages of all proxies apart."""
    return itertools.count(1)


@pytest.fixture(scope="module", name="way", params=PROXIES)
def _way(
    request: pytest.FixtureRequest,
    service: Service,
    numbers: Iterator[int],
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[tuple[str, Runner]]:
    """Each proxy, and what plays the cases."""
    kind = PROXIES[request.param]
    if missing := kind.missing():
        pytest.skip(missing)
    with kind(tmp_path_factory.mktemp(request.param), service.url) as proxy:
        runner = Runner(proxy.url, service.url, numbers)
        yield request.param, runner
        runner.close()


@pytest.mark.parametrize("name", CASES)
def test_behind(name, way):
    """What is valid comes through; of all else nothing is counted that was not asked for.

    And whoever comes next is answered for himself.
    """
    proxy, runner = way
    case = CASES[name]
    ours, its = KNOWN.get(name) or DEVIATIONS.get(name), BEHIND[proxy].get(name)
    waits = case.verdict is Verdict.TAKEN and not (ours or its)
    played = runner.play(case, PATIENCE_S if waits else _HASTY_S)
    found = judge.behind(case, played)

    assert runner.answers_others()
    if (ours or its) and found:
        pytest.xfail(f"{its or ours} (RFC {case.section}): {found}")
    assert found == [], f"RFC {case.section}"
