"""`hitsvc serve` with a lame-duck time, from outside: what is answered, and when it ends."""

import signal
import sys
from http.client import HTTPConnection
from urllib.parse import urlsplit

import pytest

from tests.support.commands import free_port
from tests.support.processes import eventually, kill
from tests.support.service import PATIENT, Service, StartService
from tests.support.visitors import visit

pytestmark = [
    pytest.mark.service,
    pytest.mark.skipif(sys.platform != "linux", reason="looks at processes in /proc"),
]

LONG = PATIENT | {"HITSVC_DRAIN_SECONDS": "3600"}


def drain(running: Service) -> None:
    """Tell it to stop, and wait until it says so."""
    running.process.send_signal(signal.SIGTERM)
    eventually(lambda: visit(running.url, "/healthz").status == 503)


@pytest.fixture(name="draining", params=["embedded", "memory"])
def _draining(request: pytest.FixtureRequest, service: StartService) -> Service:
    """A service that was told to stop, with a keeper and without, and has an hour."""
    running = service(store=request.param, env=LONG)
    drain(running)
    return running


class TestDraining:
    """While it lasts."""

    def test_proxies_hear_it_and_visitors_do_not(self, draining: Service) -> None:
        """Over connections that are opened only now."""
        said = {path: visit(draining.url, path) for path in ("/healthz", "/readyz")}
        assert {(a.status, a.body) for a in said.values()} == {(503, "draining\n")}
        assert [draining.count(), draining.count()] == [1, 2]

    @pytest.mark.parametrize("signum", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
    def test_a_second_signal_ends_it(self, draining: Service, signum: int) -> None:
        """With code 0, and nothing of it stays."""
        assert draining.stop(signum) == 0
        assert draining.is_gone()

    def test_a_killed_worker_is_replaced(self, draining: Service) -> None:
        """All is answered, whoever dies."""
        (victim,) = draining.worker_pids
        kill(victim)
        eventually(lambda: draining.worker_pids not in ([], [victim]))
        eventually(lambda: draining.answers("/count?url=example.com"))
        assert visit(draining.url, "/healthz").status == 503

    def test_a_killed_store_is_started_again(self, service: StartService) -> None:
        """The keeper still looks after it."""
        running = service(env=LONG)
        assert running.count() == 1
        drain(running)
        victim = running.valkey_pid
        assert victim
        kill(victim)
        eventually(lambda: running.answers("/count?url=other.example"))
        assert running.count() == 2

    def test_the_operator_is_told(self, service: StartService) -> None:
        """The port of the metrics says that the service is not ready, and the log why."""
        where = f"127.0.0.1:{free_port()}"
        running = service(store="memory", env=LONG | {"HITSVC_METRICS_BIND": where})
        drain(running)
        said = visit(f"http://{where}", "/readyz")
        assert said.status == 503
        assert said.body.startswith("not ready: it was told to stop")
        assert "told to stop: for 3600 s all is still answered" in running.stderr


@pytest.mark.parametrize("signum", [signal.SIGINT, signal.SIGHUP])
@pytest.mark.parametrize("store", ["embedded", "memory"])
def test_a_terminal_is_not_kept_waiting(
    service: StartService, store: str, signum: int
) -> None:
    """Ctrl-C, and a terminal that is closed, stop it at once."""
    running = service(store=store, env=LONG)
    assert running.stop(signum) == 0
    assert running.is_gone()


@pytest.mark.parametrize("store", ["embedded", "memory"])
def test_it_ends_by_itself(service: StartService, store: str) -> None:
    """Whoever keeps a connection is let go with an answer, not cut off."""
    running = service(store=store, env=PATIENT | {"HITSVC_DRAIN_SECONDS": "3"})
    client = HTTPConnection(urlsplit(running.url).netloc, timeout=5)
    numbers, fields = [], set()
    running.process.send_signal(signal.SIGTERM)
    while "close" not in fields:
        client.request("GET", "/count?url=example.com")
        with client.getresponse() as answer:
            fields.add(answer.headers.get("Connection"))
            numbers.append(int(answer.read()))
    client.close()
    assert running.process.wait(10) == 0
    assert numbers == list(range(1, len(numbers) + 1))
    assert None in fields, "it was let go from the first answer on"
