"""The operator's port of a real service: what it shows while processes come and go."""

import signal
import socket
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPException
from itertools import pairwise
from pathlib import Path

import pytest

from tests.support.commands import free_port, run_hitsvc
from tests.support.processes import children, eventually, kill
from tests.support.samples import samples_of, scrape
from tests.support.service import PATIENT, Service, StartService
from tests.support.valkey import Valkey
from tests.support.visitors import RefusedError, visit

pytestmark = [
    pytest.mark.service,
    pytest.mark.skipif(sys.platform != "linux", reason="looks at processes in /proc"),
]

COUNTED = "hitsvc_hits_total{result=counted}"


class Watched:
    """A service and its operator's port.

    Attributes:
        service: The service.
        url: Of the operator's port.
    """

    def __init__(self, start: StartService, store: str = "embedded") -> None:
        """Start it, with two workers."""
        self.url = f"http://127.0.0.1:{free_port()}"
        env = PATIENT | {"HITSVC_METRICS_BIND": self.url.removeprefix("http://")}
        self.service: Service = start(store=store, workers=2, env=env)
        eventually(lambda: self.numbers()["hitsvc_workers"] == 2)

    def numbers(self) -> dict[str, float]:
        """Ask for the metrics."""
        return scrape(self.url)

    @property
    def monitor_pid(self) -> int:
        """The process of the operator's port, which leads a session; 0 for none."""
        pids = [pid for pid in children(self.service.arbiter_pid) if _leads(pid)]
        return pids[0] if pids else 0

    @property
    def worker_pids(self) -> list[int]:
        """The workers."""
        return [pid for pid in children(self.service.arbiter_pid) if not _leads(pid)]

    def replace_worker(self, pid: int) -> None:
        """Kill a worker, and wait for the next."""
        kill(pid)
        eventually(lambda: pid not in self.worker_pids and len(self.worker_pids) == 2)


def _leads(pid: int) -> bool:
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return False
    return int(stat.rpartition(")")[2].split()[3]) == pid


def listens(url: str) -> bool:
    """Tell whether somebody listens at an address."""
    host, _, port = url.removeprefix("http://").partition(":")
    with socket.socket() as client:
        return client.connect_ex((host, int(port))) == 0


@pytest.fixture(name="watched", params=["embedded", "external"])
def _watched(request: pytest.FixtureRequest, service: StartService) -> Watched:
    """A service with a keeper, and one without."""
    if request.param == "embedded":
        return Watched(service)
    return Watched(service, request.getfixturevalue("valkey_url"))


class TestCounters:
    """Numbers that go up, and never back."""

    def test_hits_outlive_the_workers_that_counted_them(self, watched):
        """All are killed, and their successors go on from there."""
        for _ in range(7):
            watched.service.count()
        for pid in watched.worker_pids:
            watched.replace_worker(pid)
        for _ in range(4):
            watched.service.count()

        numbers = watched.numbers()
        assert numbers[COUNTED] == watched.service.count() - 1 == 11
        assert numbers["hitsvc_worker_starts_total"] == 4
        assert numbers["hitsvc_workers"] == 2

    def test_a_hit_that_was_shown_is_in_them_whoever_is_killed(self, watched):
        """Acknowledged <= tallied <= stored, and no number falls, under load and kills."""
        seen = [watched.numbers()]
        acknowledged = 0
        over = threading.Event()

        def visits() -> int:
            shown = 0
            while not over.is_set():
                try:
                    shown += bool(watched.service.count())
                except (OSError, HTTPException, RefusedError):
                    continue
            return shown

        with ThreadPoolExecutor(4) as pool:
            visitors = [pool.submit(visits) for _ in range(4)]
            try:
                for _ in range(3):
                    watched.replace_worker(watched.worker_pids[0])
                    seen.append(watched.numbers())
            finally:
                over.set()
            acknowledged = sum(visitor.result() for visitor in visitors)
        seen.append(watched.numbers())

        stored = int(watched.service.get("/nocount?url=example.com"))
        assert 0 < acknowledged <= seen[-1][COUNTED] <= stored
        rising = [name for name in seen[0] if "_total" in name or "_bucket" in name]
        assert rising
        for before, after in pairwise(seen):
            assert [name for name in rising if after[name] < before[name]] == []

    def test_their_process_may_die_too(self, watched):
        """The numbers are not its own: another one shows them."""
        watched.service.count()
        old = watched.monitor_pid
        kill(old)
        eventually(lambda: watched.monitor_pid not in (0, old))

        assert watched.numbers()[COUNTED] == 1
        assert "operator's port ended" in watched.service.stderr
        assert watched.service.count() == 2

    def test_connections_are_those_of_now(self, watched):
        """Those of a worker that was killed are none."""
        with watched.service.connect(), watched.service.connect():
            eventually(lambda: watched.numbers()["hitsvc_connections"] == 2)
            for pid in watched.worker_pids:
                watched.replace_worker(pid)
            eventually(lambda: watched.numbers()["hitsvc_connections"] == 0)


class TestReadiness:
    """`/readyz`, in detail."""

    def test_it_follows_the_store(self, service):
        """Also while no visitor comes; what becomes of visitors is counted."""
        valkey = Valkey()
        try:
            watched = Watched(service, f"unix://{valkey.socket}")
            answer = visit(watched.url, "/readyz", patience_s=10)
            assert (answer.status, answer.body.partition("\n")[0]) == (200, "ready")
        finally:
            valkey.close()

        eventually(lambda: visit(watched.url, "/readyz", patience_s=10).status == 503)
        with pytest.raises(RefusedError):
            watched.service.count()

        numbers = watched.numbers()
        assert numbers["hitsvc_store_up"] == 0
        assert numbers["hitsvc_errors_total{kind=unavailable}"] == 1
        assert numbers["hitsvc_hits_total{result=refused}"] == 1
        assert numbers["hitsvc_store_last_failure_timestamp_seconds"] > 1_700_000_000


class TestPort:
    """Where it listens, and when it does not."""

    def test_it_is_off_by_default(self, service):
        """No process, no route."""
        running = service(workers=2)

        assert len(children(running.arbiter_pid)) == 2
        assert visit(running.url, "/metrics").status == 404

    def test_visitors_have_no_metrics(self, watched):
        """They are on their own port alone."""
        assert visit(watched.service.url, "/metrics").status == 404

    @pytest.mark.parametrize("signum", [signal.SIGTERM, signal.SIGINT])
    def test_a_stop_frees_it(self, watched, signum):
        """No process is left, and the address can be used again."""
        assert watched.service.stop(signum) == 0
        assert watched.service.is_gone()
        assert not listens(watched.url)
        assert "ended" not in watched.service.stderr

    def test_visitors_are_refused_when_the_workers_have_gone(self, watched):
        """The process does not hold their port: none waits for an answer in vain."""
        pid = watched.monitor_pid
        own = {
            Path(link).readlink().as_posix()
            for link in Path(f"/proc/{pid}/fd").iterdir()
        }
        workers = {
            Path(link).readlink().as_posix()
            for link in Path(f"/proc/{watched.worker_pids[0]}/fd").iterdir()
        }
        port = f":{int(watched.service.url.rpartition(':')[2]):04X} "
        operators = f":{int(watched.url.rpartition(':')[2]):04X} "

        assert _listening(port) & workers
        assert not _listening(port) & own
        assert _listening(operators) & own
        assert not _listening(operators) & workers

    def test_a_killed_arbiter_leaves_none(self, watched):
        """The port is free for a successor."""
        kill(watched.service.arbiter_pid)
        eventually(lambda: not listens(watched.url))
        eventually(watched.service.is_gone, within_s=20)

    def test_it_may_be_a_unix_socket(self, service, tmp_path):
        """Which goes with the service."""
        path = tmp_path / "m.sock"
        running = service(env={"HITSVC_METRICS_BIND": f"unix:{path}"})
        with socket.socket(socket.AF_UNIX) as client:
            client.settimeout(10)
            client.connect(str(path))
            client.sendall(
                b"GET /metrics HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
            )
            answer = b"".join(iter(lambda: client.recv(65536), b"")).decode()

        assert samples_of(answer.partition("\r\n\r\n")[2])["hitsvc_workers"] == 1
        running.stop()
        assert not path.exists()

    @pytest.mark.parametrize("store", ["memory", "embedded"])
    def test_it_is_never_the_visitors_port(self, store, tmp_path):
        """The start ends, and says which setting is wrong."""
        bind = f"127.0.0.1:{free_port()}"
        result = run_hitsvc(
            "serve",
            f"--store={store}",
            f"--bind={bind}",
            f"--data-dir={tmp_path / 'data'}",
            env={"HITSVC_METRICS_BIND": bind},
            cwd=tmp_path,
        )

        assert result.returncode != 0
        assert "HITSVC_METRICS_BIND" in result.stderr
        assert "choose another port" in result.stderr

    def test_a_port_that_is_taken_stops_the_start(self, tmp_path):
        """Whoever waits for metrics would wait for ever."""
        with socket.create_server(("127.0.0.1", 0)) as other:
            bind = f"127.0.0.1:{other.getsockname()[1]}"
            result = run_hitsvc(
                "serve",
                "--store=memory",
                f"--bind=127.0.0.1:{free_port()}",
                env={"HITSVC_METRICS_BIND": bind},
                cwd=tmp_path,
            )

        assert result.returncode != 0
        assert f"cannot listen on {bind}" in result.stderr
        assert ". Try HITSVC_METRICS_BIND=127.0.0.1:" in result.stderr
        assert "--bind" not in result.stderr


def _listening(port: str) -> set[str]:
    """Name the sockets that listen on a port, as links in /proc do."""
    lines = Path("/proc/net/tcp").read_text().splitlines()[1:]
    return {
        f"socket:[{fields[9]}]"
        for line in lines
        if (fields := line.split())[3] == "0A" and f"{fields[1]} ".endswith(port)
    }
