"""Running compositions of this checkout's docker-compose.yml in tests."""

# ruff: noqa: S603, S607 - starts docker and git, whichever are installed

import http.client
import json
import random
import shutil
import ssl
import subprocess
import uuid
from collections.abc import Callable, Mapping
from http.client import HTTPException
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from tests.support.commands import clean_environment, free_port
from tests.support.processes import eventually, kill

ROOT = Path(__file__).parents[2]
BUILD_TIMEOUT_S = 900
COMMAND_TIMEOUT_S = 180
START_TIMEOUT_S = 90


class Answer(NamedTuple):
    """What was answered over HTTP."""

    status: int
    body: str
    cookie: str


def docker(
    *arguments: str, timeout_s: float = 60, **options: Any
) -> subprocess.CompletedProcess[str]:
    """Run a docker command that may fail."""
    return subprocess.run(
        ["docker", *arguments],
        capture_output=True,
        text=True,
        timeout=timeout_s,
        check=False,
        **options,
    )


def say(*arguments: str, **options: Any) -> str:
    """Run a docker command that must succeed, and return what it printed."""
    done = docker(*arguments, **options)
    assert done.returncode == 0, f"{arguments}: {done.stdout}{done.stderr}"
    return done.stdout


def need_docker() -> None:
    """Skip the test if there is no Docker engine with Compose."""
    for command in (["info"], ["compose", "version"]):
        try:
            failed = docker(*command).returncode != 0
        except OSError:
            failed = True
        if failed:
            pytest.skip(f"needs a Docker engine with Compose: docker {command[0]}")


def need_image(name: str) -> None:
    """Skip the test if an image is neither here nor to be had."""
    if docker("image", "inspect", name).returncode:
        try:
            missing = docker("pull", "-q", name, timeout_s=120).returncode != 0
        except subprocess.TimeoutExpired:
            missing = True
        if missing:
            pytest.skip(f"needs the image {name}, and cannot pull it")


def copy_checkout(target: Path) -> None:
    """Copy what a clone of this checkout would have, and what is new in it."""
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


def _works(get: Callable[[str], Answer]) -> bool:
    try:
        return get("/readyz").status == 200
    except (OSError, HTTPException):
        return False


class Composition:
    """A Compose project on ports, a network and volumes of its own.

    Attributes:
        directory: Of its docker-compose.yml.
        name: What its containers, networks and volumes begin with.
        net: The first three numbers of its proxies' network.
        port: Where the app is published.
        url: The same, as the beginning of a URL.
        environ: What Compose is started with; may be changed before the start.
    """

    def __init__(self, directory: Path, **variables: str) -> None:
        """Choose what is its own; nothing is started yet."""
        self.directory = directory
        self.name = f"hitsvc-test-{uuid.uuid4().hex[:8]}"
        self.net = f"10.{random.randint(200, 250)}.{random.randint(0, 255)}"  # noqa: S311
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._https_port = free_port()
        self.environ = clean_environment(
            COMPOSE_PROJECT_NAME=self.name,
            HITSVC_HTTPS_PORT=str(self._https_port),
            HITSVC_HTTP_PORT=str(free_port()),
            HITSVC_PORT=str(self.port),
            HITSVC_PROXY_NET=self.net,
            HITSVC_WORKERS="2",
            **variables,
        )
        self.environ.pop("PYTHONPATH", None)

    def compose(
        self, *arguments: str, timeout_s: float = COMMAND_TIMEOUT_S, **options: Any
    ) -> str:
        """Run a Compose command that must succeed, and return what it printed."""
        return say(
            *("compose", "--profile", "tls", *arguments),
            timeout_s=timeout_s,
            cwd=self.directory,
            env=self.environ,
            **options,
        )

    def type(self, script: str) -> None:
        """Run commands of the manual where they are to be typed."""
        done = subprocess.run(
            ["sh", "-e", "-c", script],
            cwd=self.directory,
            env=self.environ,
            capture_output=True,
            text=True,
            timeout=COMMAND_TIMEOUT_S,
            check=False,
        )
        assert done.returncode == 0, (script, done.stdout, done.stderr)

    def up(self, *arguments: str) -> None:
        """Start it as its manual says, and wait until it counts."""
        self.compose("up", "-d", *arguments, timeout_s=BUILD_TIMEOUT_S)
        self.wait()

    def wait(self) -> None:
        """Wait until hits can be counted."""
        eventually(lambda: _works(self.get), within_s=START_TIMEOUT_S)

    def remove(self) -> None:
        """Leave nothing of it."""
        docker(
            *("compose", "--profile", "tls", "down", "-v", "--remove-orphans"),
            *("--timeout", "1"),
            timeout_s=COMMAND_TIMEOUT_S,
            cwd=self.directory,
            env=self.environ,
        )

    def container(self, service: str) -> str:
        """Find a service's container, running or not."""
        labels = {"project": self.name, "service": service, "oneoff": "False"}
        filters = [
            f"--filter=label=com.docker.compose.{key}={value}"
            for key, value in labels.items()
        ]
        return say("ps", "-aq", *filters).strip()

    def inspect(self, service: str) -> Any:
        """Return what Docker knows of a service's container."""
        return json.loads(say("inspect", self.container(service)))[0]

    def run(self, service: str, *command: str) -> str:
        """Run a command that must succeed in a service's container."""
        return say("exec", self.container(service), *command)

    def ask_store(self, arguments: str, *, user: str = "") -> str:
        """Send a command to the store, from within its container."""
        password = "REDISCLI_AUTH=$(cat /run/hitsvc/password) " if user else ""
        who = f"--user {user}" if user else ""
        cli = "$(command -v redis-cli || command -v valkey-cli)"
        script = f"{password}{cli} --no-auth-warning {who} {arguments}"
        return self.run("store", "sh", "-c", script)

    def kill(self, service: str) -> None:
        """End a container's main process with SIGKILL, as the kernel might.

        `docker kill` would be taken for the owner's wish, and nothing would restart.
        """
        kill(self.inspect(service)["State"]["Pid"])

    def get(
        self,
        path: str,
        headers: Mapping[str, str] = {},
        *,
        port: int = 0,
        authority: str = "",
    ) -> Answer:
        """Ask the app, or what listens on another port.

        Args:
            path: Path and query.
            headers: What to send.
            port: Where; the app's if it is 0.
            authority: The certificate to believe, for HTTPS.
        """
        connection = (
            http.client.HTTPSConnection(
                "localhost",
                port,
                timeout=10,
                context=ssl.create_default_context(cadata=authority),
            )
            if authority
            else http.client.HTTPConnection("127.0.0.1", port or self.port, timeout=10)
        )
        try:
            connection.request("GET", path, headers=dict(headers))
            answer = connection.getresponse()
            cookie = answer.getheader("Set-Cookie", "")
            return Answer(answer.status, answer.read().decode(), cookie)
        finally:
            connection.close()

    def count(self, page: str) -> int:
        """Count a hit as a new visitor."""
        answer = self.get(f"/count?url={page}")
        assert answer.status == 200, answer.body
        return int(answer.body)

    def get_by_caddy(self, path: str) -> Answer:
        """Ask Caddy over HTTPS, believing its own authority alone."""
        file = "/data/caddy/pki/authorities/local/root.crt"
        authority = self.run("caddy", "cat", file)
        return self.get(path, port=self._https_port, authority=authority)

    def caddy_answers(self) -> bool:
        """Tell whether Caddy has its certificate and reaches the app."""
        file = "/data/caddy/pki/authorities/local/root.crt"
        made = docker("exec", self.container("caddy"), "test", "-s", file)
        return made.returncode == 0 and _works(self.get_by_caddy)

    def check_store(self, size: str) -> str:
        """Return what the store's script says of a MAXMEMORY."""
        return self.compose(
            *("run", "--rm", "-T", "--no-deps", "-e", f"MAXMEMORY={size}"),
            *("--entrypoint", "sh /opt/hitsvc/store.sh check", "store"),
        )


class Nginx:
    """An nginx with config/nginx.conf in front of a composition's app.

    It has an address in the network of the proxies, which the app is told to believe.
    """

    IMAGE = "nginx:1"

    def __init__(self, composition: Composition, directory: Path) -> None:
        """Choose what is its own; nothing is started yet."""
        self._composition = composition
        self._port = free_port()
        self._name = f"{composition.name}-nginx"
        self._directory = directory
        self._authority = ""

    def start(self) -> None:
        """Make a certificate, change names and addresses, start, and wait."""
        project = self._composition
        certificate = self._certify()
        self._authority = certificate.read_text()
        say(
            *("create", "--name", self._name, "--network", f"{project.name}_default"),
            *("-p", f"127.0.0.1:{self._port}:443"),
            *("-v", f"{self._configure()}:/etc/nginx/conf.d/hitsvc.conf:ro"),
            *("-v", f"{certificate.parent}:/etc/letsencrypt/live/localhost:ro"),
            *(self.IMAGE, "nginx", "-g", "daemon off;"),
        )
        where = ("--ip", self.address(project.net), f"{project.name}_proxy")
        say("network", "connect", *where, self._name)
        say("start", self._name)
        eventually(lambda: _works(self.get), within_s=START_TIMEOUT_S)

    @staticmethod
    def address(net: str) -> str:
        """Return the address that it comes from."""
        return f"{net}.4"

    def _certify(self) -> Path:
        directory = self._directory / "certificate"
        directory.mkdir()
        request = (
            "req -x509 -nodes -days 2 -newkey rsa:2048 -subj /CN=localhost"
            " -addext subjectAltName=DNS:localhost"
            " -keyout /certificate/privkey.pem -out /certificate/fullchain.pem"
        )
        say(
            *("run", "--rm", "-v", f"{directory}:/certificate"),
            *("--entrypoint", "openssl", self.IMAGE, *request.split()),
        )
        return directory / "fullchain.pem"

    def _configure(self) -> Path:
        text = (ROOT / "config" / "nginx.conf").read_text()
        for old, new in {
            "hits.example.org": "localhost",
            "server 127.0.0.1:8000 ": "server app.proxy:8000 ",
        }.items():
            assert old in text
            text = text.replace(old, new)
        path = self._directory / "hitsvc.conf"
        path.write_text(text)
        return path

    def get(self, path: str, headers: Mapping[str, str] = {}) -> Answer:
        """Ask it over HTTPS, believing its certificate alone."""
        return self._composition.get(
            path, headers, port=self._port, authority=self._authority
        )

    def close(self) -> None:
        """Remove it."""
        docker("rm", "-f", self._name)
