"""`hitsvc serve` from outside: start, stop, and what happens when parts are killed."""

import signal
import sys
import time
from pathlib import Path

import pytest
from redis import Redis

from tests.processes import eventually, kill
from tests.servers import StartService, Valkey, free_port, run_hitsvc

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


class TestFailures:
    """Starts that cannot succeed: one line that says what to do, exit code 1."""

    def test_the_data_dir_is_in_use(self, service: StartService) -> None:
        """A second service on the same data directory names the first one."""
        running = service()
        message = _failure(f"--data-dir={running.data_dir}")
        assert f"{running.data_dir} is in use by process {running.pid}" in message
        assert running.count() == 1

    def test_the_port_is_in_use(self, service: StartService, tmp_path: Path) -> None:
        """A second service on the same address, with data of its own."""
        running = service(store="memory")
        bind = running.url.removeprefix("http://")
        message = _failure(f"--bind={bind}", f"--data-dir={tmp_path / 'other'}")
        assert f"cannot listen on {bind}: the address is in use" in message

    @pytest.mark.parametrize(
        ("bind", "expected"),
        [
            pytest.param(
                "192.0.2.1:8000", "not an address of this machine", id="foreign"
            ),
            pytest.param("127.0.0.1:99999", "at most 65535", id="port too high"),
            pytest.param("host.invalid:80", "no such host", id="unknown host"),
            pytest.param("nonsense", "HITSVC_BIND='nonsense'", id="no port"),
            pytest.param("unix:/nowhere/at/all", "no such file", id="no directory"),
        ],
    )
    def test_the_address_is_wrong(self, bind: str, expected: str) -> None:
        """The message says what is wrong with it."""
        assert expected in _failure("--store=memory", f"--bind={bind}")

    def test_the_data_dir_cannot_be_made(self, tmp_path: Path) -> None:
        """A path below a file cannot be a directory, not even for root."""
        file = tmp_path / "file"
        file.touch()
        message = _failure(f"--data-dir={file / 'data'}")
        assert f"cannot keep data in {file / 'data'}: it is not a directory" in message

    def test_the_data_dir_is_a_file(self, tmp_path: Path) -> None:
        """A file in its place is named, and left as it is."""
        file = tmp_path / "file"
        file.write_text("mine")
        assert "it is not a directory" in _failure(f"--data-dir={file}")
        assert file.read_text() == "mine"

    def test_the_data_dir_is_read_only(self) -> None:
        """Not even root can write to /proc."""
        assert "cannot keep data in /proc/data" in _failure("--data-dir=/proc/data")

    def test_the_data_is_damaged(self, service: StartService) -> None:
        """The store's own reason is in the message."""
        first = service()
        first.count()
        first.stop()
        for file in first.data_dir.glob("appendonlydir/*.incr.aof"):
            file.write_bytes(
                b"this is no append-only file, and not a truncated one\n" * 9
            )
        message = _failure(f"--data-dir={first.data_dir}")
        assert "the embedded store did not start" in message
        assert str(first.data_dir / "valkey.log") in message

    def test_redis_is_unreachable(self) -> None:
        """Nothing listens there."""
        message = _failure(f"--store=redis://:hunter2@127.0.0.1:{free_port()}/0")
        assert "cannot be reached; is it running" in message

    def test_redis_is_something_else(self, service: StartService) -> None:
        """A web server is not a Redis."""
        address = service(store="memory").url.removeprefix("http://")
        assert "Redis at redis://" in _failure(f"--store=redis://{address}")

    @pytest.mark.parametrize(
        ("credentials", "expected"),
        [
            pytest.param("", "asks for a password", id="missing"),
            pytest.param(":hunter2@", "refuses the user or password", id="wrong"),
        ],
    )
    def test_the_redis_password_is(self, credentials: str, expected: str) -> None:
        """The message says which of both it is, and never shows a password."""
        valkey = Valkey("--requirepass", "right")
        try:
            url = f"redis://{credentials}127.0.0.1:{valkey.port}"
            assert expected in _failure(f"--store={url}")
        finally:
            valkey.close()


def _failure(*options: str) -> str:
    """Run a start that must fail; return its one line."""
    result = run_hitsvc("serve", f"--bind=127.0.0.1:{free_port()}", *options)
    assert (result.returncode, result.stdout) == (1, ""), result
    (line,) = result.stderr.splitlines()
    assert line.startswith("hitsvc: ")
    assert "hunter2" not in line
    return line
