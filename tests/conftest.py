"""Fixtures that several test modules share.

``HITSVC_TEST_NO_SKIP=1`` makes a skipped test a failed run: for continuous integration,
which installs all that the tests can use.
"""

import os
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from redis import Redis

from tests.service import Service, StartService
from tests.valkey import Valkey


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Fail a run that has skipped something, if it must not."""
    reporter: Any = session.config.pluginmanager.get_plugin("terminalreporter")
    if os.environ.get("HITSVC_TEST_NO_SKIP") and reporter.stats.get("skipped"):
        reporter.write_line("a test was skipped, and HITSVC_TEST_NO_SKIP is set")
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


@pytest.fixture(name="service")
def _service(tmp_path: Path) -> Iterator[StartService]:
    """Start services; see `tests.service.Service` for what can be chosen."""
    with ExitStack() as stack:

        def start(**choices: Any) -> Service:
            number = len(list(tmp_path.glob("service*")))
            return stack.enter_context(
                Service(tmp_path / f"service{number}", **choices)
            )

        yield start


@pytest.fixture(scope="session", name="service_url")
def _service_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The base URL of a service with an embedded store and two workers."""
    with Service(tmp_path_factory.mktemp("shared-service"), workers=2) as service:
        yield service.url


@pytest.fixture(scope="session", name="valkey")
def _valkey() -> Iterator[Valkey]:
    """A real Valkey, one for the whole session; `valkey_url` empties it."""
    valkey = Valkey()
    yield valkey
    valkey.close()


@pytest.fixture(name="valkey_socket")
def _valkey_socket(valkey: Valkey) -> Path:
    """The unix socket of an empty Valkey."""
    with Redis(unix_socket_path=str(valkey.socket)) as client:
        client.flushall()
    return valkey.socket


@pytest.fixture(name="valkey_url")
def _valkey_url(valkey_socket: Path) -> str:
    """The URL of an empty Valkey, on a unix socket."""
    return f"unix://{valkey_socket}"
