"""`docker compose up` from outside: the real images, containers, volumes and proxies.

A copy of this checkout is built and started as a project of its own, on free ports and
a free network, and is removed with its volumes at the end.
"""

import asyncio
import json
import re
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.composition import (
    ROOT,
    START_TIMEOUT_S,
    Answer,
    Composition,
    Nginx,
    docker,
    need_image,
    say,
)
from tests.support.load import Tally, hit
from tests.support.manual import blocks
from tests.support.processes import eventually

VALKEY = "valkey/valkey:8"
MANUAL, STORES = "docs/operations.md", "docs/stores.md"

pytestmark = [pytest.mark.compose]


@pytest.fixture(scope="module", name="project")
def _project(checkout: Path, image: str) -> Iterator[Composition]:
    """The composition as it comes, with logs for machines and one more proxy."""
    project = Composition(
        checkout,
        HITSVC_ACCESS_LOG="on",
        HITSVC_IMAGE=image,
        HITSVC_LOG_FORMAT="json",
    )
    project.environ["HITSVC_FORWARDED_ALLOW_IPS"] = Nginx.address(project.net)
    try:
        project.up("app")
        yield project
    finally:
        project.remove()


@pytest.fixture(scope="module", name="valkey_project")
def _valkey_project(checkout: Path, image: str) -> Iterator[Composition]:
    """The same image with another store, and no setting of its own."""
    need_image(VALKEY)
    project = Composition(checkout, HITSVC_IMAGE=image, HITSVC_STORE_IMAGE=VALKEY)
    try:
        project.up("app")
        yield project
    finally:
        project.remove()


@pytest.fixture(name="each", params=["project", "valkey_project"])
def _each(request: pytest.FixtureRequest) -> Composition:
    """The composition with each of the stores."""
    composition: Composition = request.getfixturevalue(request.param)
    return composition


@pytest.fixture(scope="module", name="processes")
def _processes(project: Composition) -> list[dict[str, str]]:
    """What the kernel says of the processes that serve: init, parent, workers."""
    names = "for f in /proc/[0-9]*/status; do cat $f; echo; done"
    listed = project.run("app", "sh", "-c", names).strip().split("\n\n")
    fields = [dict(line.split(":\t", 1) for line in one.splitlines()) for one in listed]
    assert len(fields) >= 4
    return fields


@pytest.fixture(scope="module", name="nginx")
def _nginx(
    project: Composition, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Nginx]:
    """An nginx with the example of a configuration."""
    need_image(Nginx.IMAGE)
    nginx = Nginx(project, tmp_path_factory.mktemp("nginx"))
    try:
        nginx.start()
        yield nginx
    finally:
        nginx.close()


@pytest.fixture(scope="module", name="caddy")
def _caddy(project: Composition) -> Callable[[str], Answer]:
    """The profile `tls`."""
    project.up()
    eventually(project.caddy_answers, within_s=START_TIMEOUT_S)
    return project.get_by_caddy


@pytest.fixture(name="page")
def _page() -> str:
    """Name a page that no other test counts."""
    return f"example.com/{uuid.uuid4().hex}"


class TestCounting:
    """A fresh clone counts, and what it has counted stays."""

    def test_counts_from_one(self, each: Composition, page: str) -> None:
        """Three visitors see 1, 2 and 3."""
        assert [each.count(page) for _ in range(3)] == [1, 2, 3]

    def test_is_ready_without_a_warning(self, each: Composition) -> None:
        """Neither the store's settings nor its user's rights lack anything."""
        assert each.get("/readyz")[:2] == (200, "ready\n")

    def test_numbers_go_on_after_a_restart(self, each: Composition, page: str) -> None:
        """The next visitor sees the next number."""
        each.count(page)
        each.compose("restart", "app", "store")
        each.wait()
        assert each.count(page) == 2

    async def test_a_killed_store_loses_nothing(
        self, each: Composition, page: str
    ) -> None:
        """It comes back by itself, with every hit that it has acknowledged."""
        tally = Tally()
        load = asyncio.create_task(hit(each.url, page, 4, 2000, tally))
        await _counted(tally, 100)
        killed = each.inspect("store")["State"]["StartedAt"]
        each.kill("store")
        await asyncio.to_thread(
            eventually,
            lambda: each.inspect("store")["State"]["StartedAt"] != killed,
            within_s=START_TIMEOUT_S,
        )
        await asyncio.to_thread(each.wait)
        await _counted(tally, len(tally.acknowledged) + 100)
        tally.stop.set()
        await load
        # The other worker may not have looked yet whether the store is back.
        number = await asyncio.to_thread(
            eventually, lambda: _number(each.get(f"/nocount?url={page}").body)
        )
        stored = int(number)
        seen = tally.acknowledged
        assert tally.refused, "the store was not away"
        assert len(set(seen)) == len(seen), "a number was shown twice"
        assert max(seen) <= stored
        assert len(seen) <= stored <= tally.attempted

    def test_numbers_go_on_after_down_and_up(
        self, project: Composition, page: str
    ) -> None:
        """The volumes stay when the containers go."""
        project.count(page)
        project.compose("down")
        project.up("app")
        assert project.count(page) == 2

    def test_a_restored_backup_shows_the_same_numbers(
        self, project: Composition, page: str
    ) -> None:
        """The manual's commands bring back the numbers of the backup."""
        for _ in range(5):
            project.count(page)
        project.type(blocks("install/docker.md", "backup"))
        project.count(page)
        project.type(blocks("install/docker.md", "restore"))
        project.wait()
        assert project.get(f"/nocount?url={page}")[:2] == (200, "5")


async def _counted(tally: Tally, hits: int) -> None:
    async with asyncio.timeout(START_TIMEOUT_S):
        while len(tally.acknowledged) < hits:
            await asyncio.sleep(0.01)


class TestUpgrade:
    """`docker compose up -d --build` over an older installation."""

    def test_gives_the_store_the_new_permissions(
        self, project: Composition, page: str
    ) -> None:
        """A store that refuses what the new version sends is started anew."""
        compose_file = project.directory / "docker-compose.yml"
        new = compose_file.read_text()
        old = new.replace(" +hmget", " +hget")
        assert old != new
        project.count(page)
        try:
            compose_file.write_text(old)
            project.compose("up", "-d", "store")
            before = project.ask_store("hmget hits:a 1", user="hitsvc")
        finally:
            compose_file.write_text(new)
            project.up("app")
        assert "NOPERM" in before, "the store is not an old one"
        assert project.count(page) == 2
        answer = json.loads(project.get(f"/nocount.json?url={page}").body)
        assert (answer["total"], answer["today"]) == (2, 2)


class TestApp:
    """What the app's container may do."""

    def test_runs_as_nobody_special(self, processes: list[dict[str, str]]) -> None:
        """No process has another user or group than the image's."""
        ids = {one[key] for one in processes for key in ("Uid", "Gid")}
        assert ids == {"\t".join(["10001"] * 4)}

    def test_has_no_capability(self, processes: list[dict[str, str]]) -> None:
        """The kernel gives no process a capability, and none can gain one."""
        keys = ("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb")
        assert {one[key] for one in processes for key in keys} == {"0" * 16}
        assert {one["NoNewPrivs"] for one in processes} == {"1"}

    def test_writes_to_memory_only(self, project: Composition) -> None:
        """No other directory or file can be written than /tmp and /dev/shm.

        /dev/mqueue holds the kernel's message queues: no file can be made there.
        """
        script = (
            r"find / \( -path /proc -o -path /sys -o -path /dev/mqueue \) -prune"
            r" -o \( -type d -o -type f \) -writable -print 2>/dev/null || true"
        )
        found = set(project.run("app", "sh", "-c", script).split())
        assert {"/tmp", "/dev/shm"} <= found  # noqa: S108 - these are facts
        assert {
            path
            for path in found
            if not path.startswith(("/tmp", "/dev/shm"))  # noqa: S108
        } == set()
        assert project.inspect("app")["HostConfig"]["ReadonlyRootfs"] is True

    def test_has_no_program_of_another_user(self, project: Composition) -> None:
        """Nothing in the image is setuid or setgid."""
        script = "find / -xdev -type f -perm /6000 2>/dev/null || true"
        assert project.run("app", "sh", "-c", script) == ""

    def test_publishes_one_port_on_this_machine_only(
        self, project: Composition
    ) -> None:
        """Nobody reaches the app from elsewhere unless the owner says so."""
        ports = project.inspect("app")["NetworkSettings"]["Ports"]
        assert ports == {
            "8000/tcp": [{"HostIp": "127.0.0.1", "HostPort": str(project.port)}]
        }

    def test_has_the_logos(self, project: Composition) -> None:
        """A badge can have an icon."""
        plain = project.get("/nocount/tag.svg?url=example.com")
        logo = project.get("/nocount/tag.svg?url=example.com&logo=github")
        assert "<image" in logo.body
        assert "<image" not in plain.body

    def test_has_as_many_distributions_as_documented(
        self, project: Composition
    ) -> None:
        """Whoever adds one sees it in the manual."""
        found = "/app/.venv/lib/python*/site-packages/*.dist-info"
        names = project.run("app", "sh", "-c", f"ls -d {found}").split()
        stated = re.search(
            r"^\| Python distributions[^|]*\| (\d+)", _manual(), re.MULTILINE
        )
        assert stated is not None
        assert len(names) == int(stated[1]), sorted(names)

    def test_stops_by_itself(self, project: Composition) -> None:
        """SIGTERM ends it with code 0, not the SIGKILL that follows."""
        since = project.inspect("app")["State"]["StartedAt"]
        say("restart", project.container("app"))
        project.wait()
        until = project.inspect("app")["State"]["StartedAt"]
        codes = say(
            *("events", "--since", since, "--until", until, "--filter", "event=die"),
            *("--filter", f"container={project.container('app')}"),
            *("--format", "{{.Actor.Attributes.exitCode}}"),
        )
        assert codes.split() == ["0"]

    def test_logs_are_json(self, project: Composition, page: str) -> None:
        """With HITSVC_LOG_FORMAT=json each line is one object."""
        project.count(page)
        logs = docker("logs", project.container("app"))
        written = (logs.stdout + logs.stderr).splitlines()
        lines: list[dict[str, Any]] = [json.loads(line) for line in written]
        assert any(line.get("path") == "/count" for line in lines)
        assert any("version" in line for line in lines)


def _manual(page: str = MANUAL) -> str:
    return (ROOT / page).read_text()


class TestStore:
    """What the store's container lets others do."""

    def test_refuses_whoever_has_no_password(self, each: Composition) -> None:
        """Without one, even PING is refused."""
        assert "NOAUTH" in each.ask_store("ping")

    def test_lets_the_operator_change_counts(
        self, each: Composition, page: str
    ) -> None:
        """By the commands, in the app's container, which needs no more for it."""
        each.count(page)

        each.run("app", "hitsvc", "set", page, "1200")
        assert " 1200 " in each.run("app", "hitsvc", "show", page)
        saved = each.run("app", "hitsvc", "delete", page, "--yes", "--save", "-")

        assert page in saved
        assert each.count(page) == 1

    @pytest.mark.parametrize(
        "command",
        ["flushall", "config get save", "keys hits:", "eval 'return 1' 0", "del a"],
    )
    def test_refuses_the_app_what_it_does_not_need(
        self, each: Composition, command: str
    ) -> None:
        """With the app's password, other commands are refused."""
        assert "NOPERM" in each.ask_store(command, user="hitsvc")

    def test_refuses_the_app_other_keys(self, each: Composition) -> None:
        """With the app's password, keys without its prefix are refused."""
        assert "NOPERM" in each.ask_store("get other", user="hitsvc")

    def test_lets_the_app_do_what_is_documented(self, project: Composition) -> None:
        """The manual's user for another Redis has the same commands, and visitors'."""
        stated = re.search(
            r"^ACL SETUSER hitsvc .*-@all (.+)$", _manual(STORES), re.MULTILINE
        )
        visitors = re.search(r"needs seven more commands: `(.+?)`", _manual())
        assert stated is not None
        assert visitors is not None
        environ = project.inspect("store")["Config"]["Env"]
        assert f"APP_COMMANDS={stated[1]} {visitors[1]}" in environ

    def test_never_evicts_counters(self, each: Composition) -> None:
        """Only keys that expire are evicted, and there is a limit."""
        script = ("sh", "/opt/hitsvc/store.sh", "cli", "config", "get", "maxmemory*")
        words = each.run("store", *script).split()
        config = dict(zip(words[::2], words[1::2], strict=True))
        assert config["maxmemory-policy"] == "volatile-ttl"
        assert int(config["maxmemory"]) == 256 * 1024 * 1024

    @pytest.mark.parametrize("size", ["513mb", "600000k", "1G", "1073741824", "0"])
    def test_says_if_it_may_have_too_little_memory(
        self, project: Composition, size: str
    ) -> None:
        """Twice MAXMEMORY does not fit into the container's limit."""
        said = project.check_store(size)
        assert "raise HITSVC_STORE_MEMORY too" in said
        assert size in said

    @pytest.mark.parametrize("size", ["256mb", "512MB", "100000k", "1073741"])
    def test_says_nothing_if_there_is_room(
        self, project: Composition, size: str
    ) -> None:
        """No warning without a reason."""
        assert "HITSVC_STORE_MEMORY" not in project.check_store(size)

    def test_publishes_no_port(self, project: Composition) -> None:
        """The store is reached over the composition's network alone."""
        ports = project.inspect("store")["NetworkSettings"]["Ports"] or {}
        assert not any(ports.values())


@pytest.mark.parametrize("service", ["app", "store"])
def test_containers_are_held_to_their_limits(
    project: Composition, service: str
) -> None:
    """Compose has understood them."""
    host = project.inspect(service)["HostConfig"]
    assert host["Memory"] >= 1024**3
    assert 0 < host["PidsLimit"] <= 512
    assert host["CpuShares"] >= 1024


class TestProxies:
    """HTTPS in front of the app."""

    def test_caddy_makes_the_cookie_secure(
        self, caddy: Callable[[str], Answer], page: str
    ) -> None:
        """Over its HTTPS the cookie is bound to the host and partitioned."""
        _check_secure(caddy(f"/count?url={page}"))

    def test_nginx_makes_the_cookie_secure(self, nginx: Nginx, page: str) -> None:
        """With config/nginx.conf too."""
        _check_secure(nginx.get(f"/count?url={page}"))

    def test_nginx_replaces_what_a_visitor_claims(
        self, nginx: Nginx, page: str
    ) -> None:
        """A visitor cannot claim another scheme than nginx sees."""
        headers = {"X-Forwarded-Proto": "http"}
        _check_secure(nginx.get(f"/count?url={page}", headers))

    def test_nginx_lets_long_urls_pass(self, nginx: Nginx) -> None:
        """The longest URL that can be counted, with each byte escaped, is counted."""
        path = "%01" * 670  # 2,010 bytes when normalised
        escaped = path.replace("%", "%25")
        answer = nginx.get(f"/count?url=example.com%2F{escaped}")
        assert answer[:2] == (200, "1")

    def test_nobody_else_is_believed(self, project: Composition, page: str) -> None:
        """Who comes in by another way cannot claim HTTPS."""
        headers = {"X-Forwarded-Proto": "https"}
        answer = project.get(f"/count?url={page}", headers)
        assert answer.cookie
        assert "Secure" not in answer.cookie
        assert not answer.cookie.startswith("__Host-")


def _check_secure(answer: Answer) -> None:
    name, *attributes = answer.cookie.split("; ")
    assert (answer.status, answer.body) == (200, "1")
    assert name.startswith("__Host-")
    assert {"Secure", "HttpOnly", "SameSite=None", "Partitioned"} <= set(attributes)


def _number(text: str) -> str:
    return text if text.isdecimal() else ""
