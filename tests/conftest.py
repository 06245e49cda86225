"""Fixtures that several test modules share.

``HITSVC_TEST_NO_SKIP=1`` makes a skipped test a failed run: for continuous integration,
which installs all that the tests can use.
"""

import asyncio
import math
import os
import shutil
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings
from redis import Redis

from hitsvc.serve import usable_cpus
from tests.support.cluster import Cluster
from tests.support.commands import IS_COMPILED
from tests.support.service import PATIENT, Service, StartService
from tests.support.site import OpenSite, Site
from tests.support.valkey import Valkey
from tests.support.whole_cluster import WholeCluster

# How long an example takes is the machine's affair: nothing here asserts a time.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")


SLOW = ("service", "browser")


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int:
    """Run three tests on two CPUs: for a third of their time they wait."""
    return math.ceil(usable_cpus() * 3 / 2)


def pytest_collection_modifyitems(
    config: pytest.Config, items: list[pytest.Item]
) -> None:
    """Leave out what needs the other build; begin with the files that take longest.

    Those are the ones that start services and browsers. With them last, one worker of
    pytest-xdist would wait for the other.
    """
    if not IS_COMPILED:
        left_out = [item for item in items if item.get_closest_marker("compiled")]
        items[:] = [item for item in items if item not in left_out]
        config.hook.pytest_deselected(items=left_out)
    slow = {item.path for item in items if any(map(item.get_closest_marker, SLOW))}
    items.sort(key=lambda item: item.path not in slow)


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Fail a run that has skipped something, if it must not."""
    reporter: Any = session.config.pluginmanager.get_plugin("terminalreporter")
    if os.environ.get("HITSVC_TEST_NO_SKIP") and reporter.stats.get("skipped"):
        reporter.write_line("a test was skipped, and HITSVC_TEST_NO_SKIP is set")
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


@pytest.fixture(name="service")
def _service(tmp_path: Path) -> Iterator[StartService]:
    """Start services; see `tests.support.service.Service` for what can be chosen."""
    with ExitStack() as stack:

        def start(**choices: Any) -> Service:
            number = len(list(tmp_path.glob("service*")))
            return stack.enter_context(
                Service(tmp_path / f"service{number}", **choices)
            )

        yield start


@pytest.fixture(scope="session", name="shared_service")
def _shared_service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """A service with an embedded store and two workers."""
    with Service(
        tmp_path_factory.mktemp("shared-service"), workers=2, env=PATIENT
    ) as service:
        yield service


@pytest.fixture(scope="session", name="service_url")
def _service_url(shared_service: Service) -> str:
    """The base URL of that service."""
    return shared_service.url


@pytest.fixture(scope="session", name="service_data_dir")
def _service_data_dir(shared_service: Service) -> Path:
    """Where that service keeps its data."""
    return shared_service.data_dir


@pytest.fixture(scope="session", name="valkey")
def _valkey() -> Iterator[Valkey]:
    """A real Valkey, one for the whole session; `valkey_url` empties it."""
    valkey = Valkey()
    yield valkey
    valkey.close()


@pytest.fixture(name="six_nodes", scope="session")
def _six_nodes() -> Iterator[Cluster]:
    """A cluster of three primaries and their replicas, one for the whole session."""
    with Cluster(3, 1) as cluster:
        yield cluster


@pytest.fixture(name="cluster_client")
def _cluster_client(six_nodes: Cluster) -> Iterator[Any]:
    """A client of an empty cluster."""
    with WholeCluster(six_nodes.url) as client:
        client.flushall()
        yield client


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


BROWSERS = ("chromium", "chromium-browser", "google-chrome")
BROWSER_FLAGS = (
    "--no-sandbox",  # containers often forbid it, and only local pages are opened
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--no-proxy-server",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # As people have it: without "Headless", which would make it a declared bot.
    "--user-agent=Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/142.0.0.0 Safari/537.36",
)


@pytest.fixture(name="browser", scope="module")
def _browser() -> Iterator[Any]:
    """A Chromium, of Playwright's synchronous interface."""
    sync_api = pytest.importorskip(
        "playwright.sync_api", reason="the browser tests need the playwright package"
    )
    binary = next(filter(None, map(shutil.which, BROWSERS)), None)
    if binary is None:
        pytest.skip(f"the browser tests need one of {', '.join(BROWSERS)} in PATH")
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=binary, args=list(BROWSER_FLAGS)
        )
        yield browser
        browser.close()


@pytest.fixture(scope="session", name="node_modules")
def _node_modules() -> Path:
    """Where the tests' npm packages are."""
    path = Path(__file__).parent / "node" / "node_modules"
    if not path.is_dir():
        pytest.skip("this needs npm's packages: npm ci --prefix tests/node")
    return path


@pytest.fixture(name="open_site", params=["app", "express"])
def _open_site(request: pytest.FixtureRequest) -> Iterator[OpenSite]:
    """Open sites with the settings given, and close them after the test.

    Each test runs twice: without the express lane, as on any server, and with it.
    """
    with asyncio.Runner() as runner, ExitStack() as stack:

        def open_site(
            *, own_redis: bool = True, painter: Any = None, **settings: Any
        ) -> Site:
            given = {f"HITSVC_{k.upper()}": str(v) for k, v in settings.items()}
            variables = PATIENT | given
            site = Site(
                runner,
                variables,
                own_redis=own_redis,
                express=request.param == "express",
                painter=painter,
            )
            stack.callback(site.close)
            return site

        yield open_site


@pytest.fixture(name="site")
def _site(open_site: OpenSite) -> Site:
    """A site with the settings that nobody changed."""
    return open_site()
