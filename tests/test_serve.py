"""`hitsvc serve` from outside: start, stop, and what happens when parts are killed."""

import signal
import sys
import time
from pathlib import Path

import pytest
from redis import Redis

from tests.commands import free_port
from tests.processes import eventually, kill
from tests.service import StartService

pytestmark = [
    pytest.mark.service,
    pytest.mark.skipif(sys.platform != "linux", reason="looks at processes in /proc"),
]


class TestStart:
    """What a start says and does."""

    def test_says_where_it_listens_and_where_data_lies(
        self, service: StartService
    ) -> None:
        """Two lines on standard output: the URL with the workers, and the data."""
        running = service(workers=2)
        head, data = running.stdout.splitlines()
        assert head.startswith("hitsvc ")
        assert head.endswith(f"listening on {running.url} (2 workers)")
        assert data == f"data: {running.data_dir} (embedded store)"

    def test_counts_and_goes_on_counting_after_a_restart(
        self, service: StartService
    ) -> None:
        """Counts are on the disk when the service has stopped."""
        first = service()
        assert [first.count(), first.count()] == [1, 2]
        assert first.stop() == 0
        again = service(data_dir=first.data_dir)
        assert again.count() == 3

    def test_a_restart_on_the_same_port_need_not_wait(
        self, service: StartService
    ) -> None:
        """The address is free as soon as the service has stopped."""
        port = free_port()
        service(port=port).stop()
        assert service(port=port).answers()

    def test_a_restart_waits_for_a_service_that_is_stopping(
        self, service: StartService
    ) -> None:
        """A start right after a stop signal succeeds."""
        port = free_port()
        first = service(port=port)
        first.process.send_signal(signal.SIGTERM)
        assert service(port=port, data_dir=first.data_dir).answers()

    def test_a_data_dir_may_have_a_long_path(self, service: StartService) -> None:
        """The limit on unix socket paths does not show, and leaves nothing behind."""
        root = service().data_dir
        running = service(data_dir=root.joinpath(*["a-rather-long-name"] * 8))
        assert running.count() == 1
        assert len(list(running.data_dir.glob("*.sock"))) == 0

    def test_memory_starts_one_worker_and_says_so(self, service: StartService) -> None:
        """More workers than one would each have a count of their own."""
        running = service(store="memory", workers=2)
        assert "1 worker is started" in running.stderr
        assert "(1 worker)" in running.stdout
        assert [running.count(), running.count()] == [1, 2]
        assert len(running.worker_pids) == 1

    def test_an_external_redis_is_used(
        self, service: StartService, valkey_url: str, valkey_socket: Path
    ) -> None:
        """Counts land in the given Redis, and no store is started."""
        running = service(store=valkey_url)
        running.count()
        assert running.valkey_pid is None
        with Redis(unix_socket_path=str(valkey_socket)) as client:
            assert client.get("hits:{example.com}") == b"1"

    def test_a_misspelt_variable_gets_a_line(self, service: StartService) -> None:
        """An unknown HITSVC_ variable is named, with the one that was meant."""
        running = service(store="memory", env={"HITSVC_COOKIE_TIMEOU": "5"})
        assert "did you mean HITSVC_COOKIE_TIMEOUT?" in running.stderr


class TestStop:
    """What ends a service, and that nothing of it stays."""

    @pytest.mark.parametrize("signum", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
    @pytest.mark.parametrize("store", ["embedded", "memory"])
    def test_a_stop_signal_ends_it_with_code_0(
        self, service: StartService, signum: int, store: str
    ) -> None:
        """No process is left, and nothing is logged but how the worker ended."""
        running = service(store=store)
        assert running.stop(signum) == 0
        assert running.is_gone()
        assert [
            line for line in running.stderr.splitlines() if "worker" not in line
        ] == []

    def test_ctrl_c_ends_it_quietly(self, service: StartService) -> None:
        """A terminal sends SIGINT to the whole group; only one process acts on it."""
        running = service(store="memory", workers=1)
        assert running.interrupt_group() == 0
        assert [
            line for line in running.stderr.splitlines() if "worker" not in line
        ] == []

    def test_an_open_connection_does_not_delay_the_stop(
        self, service: StartService
    ) -> None:
        """An idle keep-alive connection is closed, not waited for."""
        running = service()
        with running.connect() as client:
            client.sendall(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
            assert client.recv(1)
            start = time.monotonic()
            running.stop()
        assert time.monotonic() - start < 5

    def test_a_stop_during_the_start_ends_it(self, service: StartService) -> None:
        """A signal is heeded from the first moment on that there is a child."""
        first = service()
        first.stop()
        first.start_again()
        eventually(lambda: first.valkey_pid)
        assert first.stop() == 0
        assert first.is_gone()


class TestKilled:
    """What a `kill -9` of each process leads to."""

    def test_a_killed_worker_is_replaced(self, service: StartService) -> None:
        """Another worker serves, and the count goes on."""
        running = service()
        running.count()
        (victim,) = running.worker_pids
        kill(victim)
        eventually(lambda: running.worker_pids not in ([], [victim]))
        eventually(lambda: running.answers("/healthz"))
        assert running.count() == 2

    def test_a_killed_valkey_is_started_again(self, service: StartService) -> None:
        """The service answers again without help, and no acknowledged hit is lost."""
        running = service()
        numbers = [running.count() for _ in range(20)]
        victim = running.valkey_pid
        assert victim
        kill(victim)
        eventually(lambda: running.valkey_pid not in (None, victim))
        eventually(lambda: running.answers("/count?url=other.example"))
        assert running.count() == numbers[-1] + 1
        assert "starting it again" in running.stderr

    def test_a_killed_arbiter_stops_everything(self, service: StartService) -> None:
        """The keeper says so in one line and ends with an error."""
        running = service(workers=2)
        kill(running.arbiter_pid)
        assert running.process.wait(10) == 1
        assert running.is_gone()
        assert running.stderr.splitlines()[-1].startswith("hitsvc: the web server was")

    def test_a_killed_keeper_leaves_no_orphan(self, service: StartService) -> None:
        """Everything ends by itself, and the next start goes on counting."""
        running = service(workers=2)
        running.count()
        kill(running.pid)
        eventually(running.is_gone, within_s=3)
        assert service(data_dir=running.data_dir).count() == 2

    def test_a_killed_parent_of_an_external_store_leaves_no_orphan(
        self, service: StartService, valkey_url: str
    ) -> None:
        """Workers end when their parent is gone."""
        running = service(store=valkey_url, workers=2)
        kill(running.pid)
        eventually(running.is_gone, within_s=5)
