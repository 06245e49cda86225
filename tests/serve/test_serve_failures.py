"""`hitsvc serve` that cannot start: one line that says what to do, exit code 1."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.support.commands import free_port, run_hitsvc
from tests.support.imitation import imitation
from tests.support.service import StartService
from tests.support.valkey import Valkey

pytestmark = pytest.mark.service


class TestFailures:
    """What can be wrong at a start."""

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
        assert f"cannot listen on {bind}: it is taken by " in message
        assert f"(process {running.pid}). Try --bind 127.0.0.1:" in message

    def test_a_port_is_one_of_the_same_host(self, service: StartService) -> None:
        """`--port` changes it alone."""
        port = service(store="memory").url.rpartition(":")[2]
        message = _failure("--store=memory", f"--port={port}")
        assert f"cannot listen on 127.0.0.1:{port}: it is taken by " in message

    @pytest.mark.parametrize(
        ("bind", "expected"),
        [
            pytest.param(
                "192.0.2.1:8000", "not an address of this machine", id="foreign"
            ),
            pytest.param("127.0.0.1:99999", "at most 65535", id="port too high"),
            pytest.param("host.invalid:80", "no such host", id="unknown host"),
            pytest.param("nonsense", "--bind 'nonsense'", id="no port"),
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

    def test_redis_is_too_old(self) -> None:
        """Its version is named, and the one that is needed."""
        with imitation("redis_version:5.0.14\n") as port:
            message = _failure(f"--store=redis://127.0.0.1:{port}")
        assert "Redis 5.0.14 is too old: hitsvc needs Redis 6.0 or later" in message

    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            pytest.param("workers = ", "line 1 is no Python", id="no Python"),
            pytest.param(
                "workers = -1",
                "workers = -1 cannot be: Value must be positive",
                id="no value",
            ),
            pytest.param("workers = 1", "it does not set request_bytes", id="not all"),
            pytest.param(None, "no such file or directory", id="not there"),
        ],
    )
    def test_the_servers_configuration_is_wrong(
        self, tmp_path: Path, text: str | None, expected: str
    ) -> None:
        """The file and the reason are named."""
        file = tmp_path / "mine.py"
        if text is not None:
            file.write_text(text)
        message = _failure("--store=memory", env={"HITSVC_GUNICORN_CONF": str(file)})
        assert f"hitsvc: HITSVC_GUNICORN_CONF={str(file)!r}: " in message
        assert expected in message

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


def _failure(*options: str, env: Mapping[str, str] = {}) -> str:
    """Run a start that must fail; return its one line."""
    result = run_hitsvc("serve", f"--bind=127.0.0.1:{free_port()}", *options, env=env)
    assert (result.returncode, result.stdout) == (1, ""), result
    (line,) = result.stderr.splitlines()
    assert line.startswith("hitsvc: ")
    assert "hunter2" not in line
    return line
