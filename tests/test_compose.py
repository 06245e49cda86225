"""`docker compose up` from outside: the real images, containers, volumes and proxy.

A copy of this checkout is built and started as a project of its own, on free ports and
a free network, and is removed with its volumes at the end.
"""

# ruff: noqa: S603, S607 - starts docker and git, whichever are installed

import http.client
import json
import os
import random
import shutil
import ssl
import subprocess
import time
import uuid
from collections.abc import Callable, Iterator
from http.client import HTTPException
from pathlib import Path
from typing import Any

import pytest

from tests.commands import clean_environment, free_port

ROOT = Path(__file__).parents[1]
BUILD_TIMEOUT_S = 900
COMMAND_TIMEOUT_S = 180
HEALTHY_TIMEOUT_S = 90


def _missing() -> str | None:
    for command in (["docker", "info"], ["docker", "compose", "version"]):
        try:
            subprocess.run(command, capture_output=True, check=True, timeout=30)
        except (OSError, subprocess.SubprocessError):
            return f"needs a Docker engine with Compose: `{' '.join(command)}` fails"
    return None


class Project:
    """One composition, started from a copy of the checkout."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.name = f"hitsvc-test-{uuid.uuid4().hex[:8]}"
        self.http_port = free_port()
        self.https_port = free_port()
        net = f"10.{random.randint(200, 250)}.{random.randint(0, 255)}"  # noqa: S311
        self._environ = clean_environment(
            COMPOSE_PROJECT_NAME=self.name,
            HITSVC_COOKIE_TIMEOUT="60",
            HITSVC_HTTPS_PORT=str(self.https_port),
            HITSVC_HTTP_PORT=str(free_port()),
            HITSVC_IMAGE=f"hitsvc:{self.name}",
            HITSVC_PORT=str(self.http_port),
            HITSVC_PROXY_NET=net,
            HITSVC_WORKERS="2",
        )
        self._environ.pop("PYTHONPATH", None)

    def compose(
        self, *arguments: str, timeout_s: float = COMMAND_TIMEOUT_S, **options
    ) -> str:
        """Run a Compose command that must succeed, and return what it printed."""
        done = self.try_compose(*arguments, timeout_s=timeout_s, **options)
        assert done.returncode == 0, f"{arguments}: {done.stdout}{done.stderr}"
        return done.stdout

    def try_compose(
        self, *arguments: str, timeout_s: float = COMMAND_TIMEOUT_S, **options
    ) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            ["docker", "compose", "--profile", "tls", *arguments],
            cwd=self.directory,
            env=self._environ,
            capture_output=True,
            text=True,
            timeout=timeout_s,
            check=False,
            **options,
        )

    def up(self, *arguments: str) -> None:
        """Start the composition, and wait until it counts."""
        self.compose("up", "-d", *arguments, timeout_s=BUILD_TIMEOUT_S)
        self.wait()

    def wait(self) -> None:
        """Wait until app and store are healthy and a request is answered."""
        deadline = time.monotonic() + HEALTHY_TIMEOUT_S
        while True:
            states = [self.inspect(name)["State"] for name in ("app", "store")]
            healthy = all(state["Health"]["Status"] == "healthy" for state in states)
            if healthy and self._ready():
                return
            assert time.monotonic() < deadline, self.compose("logs", "--tail=50")
            time.sleep(0.5)

    def _ready(self) -> bool:
        try:
            return self.get("/readyz")[0] == 200
        except (OSError, HTTPException):
            return False

    def container(self, service: str) -> str:
        return self.compose("ps", "-q", service).strip()

    def inspect(self, service: str) -> Any:
        output = subprocess.run(
            ["docker", "inspect", self.container(service)],
            capture_output=True,
            text=True,
            timeout=30,
            check=True,
        ).stdout
        return json.loads(output)[0]

    def kill(self, service: str) -> None:
        """End a container's main process with SIGKILL, from outside."""
        pid = self.inspect(service)["State"]["Pid"]
        os.kill(pid, 9)

    def store(
        self, script: str, *, options: tuple[str, ...] = ()
    ) -> subprocess.CompletedProcess[str]:
        """Run a shell script in the store's container."""
        prelude = "r=$(command -v redis-cli || command -v valkey-cli); "
        return self.try_compose(
            "exec", "-T", *options, "store", "sh", "-c", prelude + script
        )

    def get(self, path: str, **headers: str) -> tuple[int, str]:
        connection = http.client.HTTPConnection("127.0.0.1", self.http_port, timeout=10)
        try:
            connection.request("GET", path, headers=headers)
            answer = connection.getresponse()
            return answer.status, answer.read().decode()
        finally:
            connection.close()

    def count(self, url: str) -> int:
        """Count a hit as a new visitor."""
        status, text = self.get(f"/count?url={url}")
        assert status == 200, text
        return int(text)

    def get_https(self, path: str) -> tuple[int, str, str]:
        """Ask the proxy, believing its own authority alone.

        Returns: status, body and Set-Cookie.
        """
        file = "/data/caddy/pki/authorities/local/root.crt"
        authority = self.compose("exec", "-T", "caddy", "cat", file)
        connection = http.client.HTTPSConnection(
            "localhost",
            self.https_port,
            timeout=10,
            context=ssl.create_default_context(cadata=authority),
        )
        try:
            connection.request("GET", path)
            answer = connection.getresponse()
            cookie = answer.getheader("Set-Cookie", "")
            return answer.status, answer.read().decode(), cookie
        finally:
            connection.close()


def _copy_checkout(target: Path) -> None:
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
        timeout=30,
    ).stdout
    for name in filter(None, listed.split("\0")):
        if (ROOT / name).is_file():
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, target / name)


pytestmark = [pytest.mark.compose]


@pytest.fixture(scope="module", name="project")
def _project(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Project]:
    if reason := _missing():
        pytest.skip(reason)
    directory = tmp_path_factory.mktemp("compose")
    _copy_checkout(directory)
    project = Project(directory)
    try:
        project.up("--build")
        yield project
    finally:
        project.try_compose("down", "-v", "--remove-orphans", "--rmi", "local")
        image = f"hitsvc:{project.name}"
        subprocess.run(
            ["docker", "image", "rm", image],
            capture_output=True,
            timeout=60,
            check=False,
        )


@pytest.fixture(name="page")
def _page() -> str:
    """Name a page that no other test counts."""
    return f"example.com/{uuid.uuid4().hex}"


def _restart(project: Project) -> None:
    project.compose("restart", "app", "store")


def _down_and_up(project: Project) -> None:
    project.compose("down")
    project.compose("up", "-d")


def _kill_store(project: Project) -> None:
    store = project.container("store")
    started = project.inspect("store")["State"]["StartedAt"]
    project.kill("store")
    deadline = time.monotonic() + HEALTHY_TIMEOUT_S
    while project.inspect("store")["State"]["StartedAt"] == started:
        assert time.monotonic() < deadline, f"{store} does not start again"
        time.sleep(0.2)


class TestCounting:
    """A fresh clone counts, and what it has counted stays."""

    def test_counts_from_one(self, project: Project, page: str) -> None:
        """Three visitors see 1, 2 and 3."""
        assert [project.count(page) for _ in range(3)] == [1, 2, 3]

    @pytest.mark.parametrize(
        "trouble",
        [
            pytest.param(_restart, id="restart"),
            pytest.param(_down_and_up, id="down and up"),
            pytest.param(_kill_store, id="kill -9 of the store"),
        ],
    )
    def test_numbers_go_on_after(
        self, project: Project, page: str, trouble: Callable[[Project], None]
    ) -> None:
        """No acknowledged hit is lost: the next visitor sees the next number."""
        for _ in range(50):
            project.count(page)
        trouble(project)
        project.wait()
        assert project.count(page) == 51

    def test_a_restored_backup_shows_the_same_numbers(
        self, project: Project, page: str
    ) -> None:
        """The manual's commands bring back the numbers of the backup."""
        for _ in range(5):
            project.count(page)
        copy = project.directory / "backup.rdb"
        script = "/opt/hitsvc/store.sh"
        with copy.open("wb") as file:
            subprocess.run(
                ["docker", "exec", project.container("store"), "sh", script, "backup"],
                stdout=file,
                check=True,
                timeout=60,
            )
        project.count(page)
        project.compose("stop", "app", "store")
        with copy.open("rb") as file:
            project.compose(
                *("run", "--rm", "-T", "--no-deps", "--entrypoint"),
                *("sh /opt/hitsvc/store.sh restore", "store"),
                stdin=file,
            )
        project.up()
        assert project.get(f"/nocount?url={page}") == (200, "5")


class TestApp:
    """What the app's container may do."""

    def test_runs_as_nobody_special(self, project: Project) -> None:
        """The process's user is not root."""
        assert project.compose("exec", "-T", "app", "id", "-u").strip() == "10001"

    def test_cannot_write_to_its_root(self, project: Project) -> None:
        """The root file system is read-only."""
        assert project.inspect("app")["HostConfig"]["ReadonlyRootfs"] is True

    def test_has_no_capability(self, project: Project) -> None:
        """The kernel gives the process no capability, and it cannot gain one."""
        status = project.compose("exec", "-T", "app", "cat", "/proc/1/status")
        fields = dict(line.split(":\t", 1) for line in status.splitlines())
        assert (fields["CapEff"], fields["CapBnd"], fields["NoNewPrivs"]) == (
            "0" * 16,
            "0" * 16,
            "1",
        )

    def test_is_published_on_this_machine_only(self, project: Project) -> None:
        """Nobody reaches the port from elsewhere unless the owner says so."""
        ports = project.inspect("app")["NetworkSettings"]["Ports"]
        assert [bound["HostIp"] for bound in ports["8000/tcp"]] == ["127.0.0.1"]

    def test_stops_within_its_grace_period(self, project: Project) -> None:
        """SIGTERM ends it with code 0, not the SIGKILL that follows."""
        container = project.container("app")
        project.compose("stop", "app")
        code = json.loads(
            subprocess.run(
                ["docker", "inspect", container],
                capture_output=True,
                check=True,
                timeout=30,
            ).stdout
        )[0]["State"]["ExitCode"]
        project.up()
        assert code == 0


class TestStore:
    """What the store's container lets others do."""

    AS_APP = "REDISCLI_AUTH=$(cat /run/hitsvc/password) $r --user hitsvc "

    def test_refuses_whoever_has_no_password(self, project: Project) -> None:
        """Without one, even PING is refused."""
        assert "NOAUTH" in project.store("$r ping").stdout

    @pytest.mark.parametrize(
        "command",
        ["flushall", "config get save", "keys hits:", "eval 'return 1' 0", "del a"],
    )
    def test_refuses_the_app_what_it_does_not_need(
        self, project: Project, command: str
    ) -> None:
        """With the app's password, other commands are refused."""
        assert "NOPERM" in project.store(self.AS_APP + command).stdout

    def test_refuses_the_app_other_keys(self, project: Project) -> None:
        """With the app's password, keys without its prefix are refused."""
        assert "NOPERM" in project.store(self.AS_APP + "get other").stdout

    def test_never_evicts_counters(self, project: Project) -> None:
        """Only keys that expire are evicted, and there is a limit."""
        script = "sh /opt/hitsvc/store.sh cli config get maxmemory*"
        words = project.store(script).stdout.split()
        config = dict(zip(words[::2], words[1::2], strict=True))
        assert config["maxmemory-policy"] == "volatile-ttl"
        assert int(config["maxmemory"]) == 256 * 1024 * 1024

    def test_publishes_no_port(self, project: Project) -> None:
        """The store is reached over the composition's network alone."""
        ports = project.inspect("store")["NetworkSettings"]["Ports"] or {}
        assert not any(ports.values())


class TestTls:
    """The profile `tls`."""

    @pytest.fixture(autouse=True)
    def _answering(self, project: Project) -> None:
        deadline = time.monotonic() + HEALTHY_TIMEOUT_S
        while True:
            try:
                if project.get_https("/healthz")[0] == 200:
                    return
            except (OSError, HTTPException, AssertionError):
                pass
            assert time.monotonic() < deadline, project.compose("logs", "caddy")
            time.sleep(0.5)

    def test_sets_a_secure_cookie(self, project: Project, page: str) -> None:
        """Over HTTPS the cookie is bound to the host and partitioned."""
        status, body, cookie = project.get_https(f"/count?url={page}")
        name, *attributes = cookie.split("; ")
        assert (status, body) == (200, "1")
        assert name.startswith("__Host-")
        assert {"Secure", "HttpOnly", "SameSite=None", "Partitioned"} <= set(attributes)

    def test_believes_no_other_proxy(self, project: Project, page: str) -> None:
        """Who comes in by another way cannot claim HTTPS."""
        connection = http.client.HTTPConnection(
            "127.0.0.1", project.http_port, timeout=10
        )
        headers = {"X-Forwarded-Proto": "https"}
        connection.request("GET", f"/count?url={page}", headers=headers)
        cookie = connection.getresponse().getheader("Set-Cookie", "")
        connection.close()
        assert cookie
        assert "Secure" not in cookie
