"""`hitsvc serve` from outside: start, stop, and what happens when parts are killed."""

import json
import signal
import sys
import time
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from redis import Redis

from hitsvc.serve import running_socket, version
from hitsvc.serve.server import configuration_file
from tests.support.commands import free_port, run_hitsvc
from tests.support.processes import eventually, kill
from tests.support.service import Service, StartService
from tests.support.valkey import Valkey

pytestmark = [
    pytest.mark.service,
    pytest.mark.skipif(sys.platform != "linux", reason="looks at processes in /proc"),
]


def _unexpected(running: Service) -> list[str]:
    """Return the lines about something else than workers and the memory store."""
    return [
        line
        for line in running.stderr.splitlines()
        if "worker" not in line and "kept in memory only" not in line
    ]


def _logged_requests(running: Service) -> dict[str, Any]:
    """Return the last line about each path."""
    lines = [line for line in running.stdout.splitlines() if line.startswith("{")]
    return {fields["path"]: fields for fields in map(json.loads, lines)}


class TestStart:
    """What a start says and does."""

    def test_says_where_it_listens_and_where_data_lies(
        self, service: StartService
    ) -> None:
        """One line on standard output, and no warning on the other."""
        running = service(workers=2)
        (line,) = running.stdout.splitlines()
        assert line.startswith(
            f"hitsvc {version()} listening on {running.url} (workers: 2); "
            f"counts are in {running.data_dir} (Valkey "
        )
        assert ", append-only file on)" in line
        assert line.endswith("; counted: every site (HITSVC_SITES names yours)")
        assert running.stderr == ""

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
        assert "(workers: 1)" in running.stdout
        assert "kept in memory only" in running.stderr
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

    def test_a_store_that_can_lose_counts_is_told(
        self, service: StartService, valkey_url: str
    ) -> None:
        """A warning says what to do, and the service runs."""
        running = service(store=valkey_url)
        assert "[WARNING] the store has no append-only file" in running.stderr
        assert ", append-only file off)" in running.stdout
        assert running.count() == 1

    def test_a_store_that_is_away_is_waited_for(self, service: StartService) -> None:
        """The service starts, says so, and counts as soon as the store is there."""
        port = free_port()
        running = service(store=f"redis://127.0.0.1:{port}")
        assert "cannot be reached (" in running.stderr
        assert "(not reached yet)" in running.stdout
        assert not running.answers("/count?url=example.com")
        valkey = Valkey("--port", str(port))
        try:
            eventually(lambda: running.answers("/readyz"))
            assert running.count() == 1
        finally:
            valkey.close()

    def test_the_servers_configuration_can_be_replaced(
        self, service: StartService, tmp_path: Path
    ) -> None:
        """What a copy of the file says holds."""
        mine = tmp_path / "mine.py"
        mine.write_text(
            configuration_file().read_text(encoding="utf-8")
            + "workers = 3\nrequest_bytes = 100\n"
        )
        running = service(env={"HITSVC_GUNICORN_CONF": str(mine)})
        # One after the other is forked.
        eventually(lambda: len(running.worker_pids) == 3)
        with running.connect() as client:
            client.sendall(b"GET / HTTP/1.1\r\nX: " + b"x" * 100)
            assert client.recv(100).startswith(b"HTTP/1.1 431 ")

    def test_a_limit_on_connections_holds(self, service: StartService) -> None:
        """More clients than places: the newest is served, and the log says it once."""
        running = service(store="memory", env={"HITSVC_MAX_CONNECTIONS": "20"})
        with ExitStack() as clients:
            for _ in range(60):
                clients.enter_context(running.connect())
            assert running.count() == 1
        assert running.stderr.count("the most it may have") == 1


class TestLog:
    """What is written, and how."""

    def test_json_is_every_line(self, service: StartService) -> None:
        """Of the command line, the keeper, the server and its workers, to the end."""
        running = service(
            env={
                "HITSVC_LOG_FORMAT": "json",
                "HITSVC_LOG_LEVEL": "debug",
                "HITSVC_MISSPELT": "1",
            }
        )
        kill(running.worker_pids[0])
        victim = running.valkey_pid
        assert victim
        kill(victim)
        eventually(lambda: running.valkey_pid not in (None, victim))
        running.stop()
        start, end = map(json.loads, running.stdout.splitlines())
        loggers = {json.loads(line)["logger"] for line in running.stderr.splitlines()}
        assert (start["address"], start["workers"]) == (running.url, 1)
        assert end["views"].startswith("0 views since ")
        assert loggers >= {"hitsvc.command", "hitsvc.serve.worker", "gunicorn.error"}

    def test_a_failed_start_is_json_too(self, tmp_path: Path) -> None:
        """A collector of logs can read why."""
        result = run_hitsvc(
            "serve",
            "--bind=192.0.2.1:8000",
            f"--data-dir={tmp_path / 'data'}",
            env={"HITSVC_LOG_FORMAT": "json"},
        )
        assert json.loads(result.stderr)["message"].startswith("cannot listen on")

    def test_requests_are_logged_if_asked_for(self, service: StartService) -> None:
        """One line for each, without its query string."""
        running = service(store="memory", env={"HITSVC_ACCESS_LOG": "on"})
        running.count("secret.example")
        fields = eventually(lambda: _logged_requests(running).get("/count") or {})
        assert (fields["method"], fields["status"], fields["bytes"]) == ("GET", 200, 1)
        assert "secret" not in running.stdout

    def test_requests_are_not_logged_by_default(self, service: StartService) -> None:
        """The start is the only line."""
        running = service(store="memory")
        running.count()
        assert len(running.stdout.splitlines()) == 1


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
        assert _unexpected(running) == []

    @pytest.mark.parametrize(("hits", "said"), [(1, "1 view "), (3, "3 views ")])
    @pytest.mark.parametrize("metrics", ["off", "on"])
    def test_it_says_what_was_counted(
        self, service: StartService, hits: int, said: str, metrics: str
    ) -> None:
        """Since the start, by all workers, refreshes left out, and where it is."""
        shown = {"HITSVC_METRICS_BIND": f"127.0.0.1:{free_port()}"}
        running = service(env=shown if metrics == "on" else {})
        for _ in range(hits):
            running.count()
        (worker,) = running.worker_pids[-1:]
        kill(worker)
        running.stop(signal.SIGINT)
        first, *_, last = running.stdout.splitlines()
        place = first.partition("counts are in ")[2].partition(" (")[0]
        assert last.startswith(f"stopped; {said}since 20")
        assert last.endswith(f" are in {place}")

    def test_ctrl_c_ends_it_quietly(self, service: StartService) -> None:
        """A terminal sends SIGINT to the whole group; only one process acts on it."""
        running = service(store="memory", workers=1)
        assert running.interrupt_group() == 0
        assert _unexpected(running) == []

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

    def test_a_store_that_was_started_again_has_its_limit_again(
        self, service: StartService
    ) -> None:
        """It is not only told at the first start."""
        running = service(env={"HITSVC_EMBEDDED_MEMORY": "17"})
        victim = running.valkey_pid
        assert victim
        kill(victim)
        eventually(lambda: running.valkey_pid not in (None, victim))
        eventually(lambda: running.answers("/count?url=other.example"))
        with Redis(unix_socket_path=str(running_socket(running.data_dir))) as redis:
            eventually(
                lambda: redis.config_get("maxmemory")["maxmemory"] == str(17 << 20)
            )

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
