"""deploy/compose from outside: three instances behind HAProxy, restarted under load."""

import asyncio
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.support.composition import Composition, docker, need_image
from tests.support.load import Tally, hit
from tests.support.processes import eventually

pytestmark = [pytest.mark.compose]

APPS = ("app1", "app2", "app3")
CLIENTS = 16
PAGE = "example.com/replicas"


@pytest.fixture(scope="module", name="project")
def _project(checkout: Path, image: str) -> Iterator[Composition]:
    """The composition as it comes, but for a shorter time in which instances go."""
    need_image("haproxy:3")
    project = Composition(
        checkout / "deploy" / "compose", HITSVC_IMAGE=image, HITSVC_DRAIN_SECONDS="2"
    )
    project.environ["HITSVC_WORKERS"] = "1"
    try:
        project.up()
        yield project
    finally:
        project.remove()


async def visited(project: Composition, meanwhile: Callable[[], None]) -> Tally:
    """Let visitors come while something is done; return what became of them."""
    tally = Tally()
    load = asyncio.create_task(
        hit(project.url, PAGE, CLIENTS, 10**9, tally, pause_s=0.01)
    )

    def more() -> None:
        wanted = len(tally.acknowledged) + 300
        eventually(lambda: len(tally.acknowledged) >= wanted, within_s=60)

    await asyncio.to_thread(more)
    await asyncio.to_thread(meanwhile)
    await asyncio.to_thread(more)
    tally.stop.set()
    await load
    return tally


async def test_all_can_be_made_anew_under_load_and_one_can_be_killed(
    project: Composition,
) -> None:
    """As the file's head says: no request fails; and a kill invents nothing."""
    before = {app: project.container(app) for app in APPS}

    def upgrade() -> None:
        for app in APPS:
            options = ("-d", "--no-deps", "--force-recreate", "--wait")
            project.compose("up", *options, app)

    rolled = await visited(project, upgrade)

    assert not {project.container(app) for app in APPS} & set(before.values())
    assert rolled.failed == 0
    assert sorted(rolled.acknowledged) == list(range(1, rolled.attempted + 1))
    assert int(project.get(f"/nocount?url={PAGE}").body) == rolled.attempted

    def kill() -> None:
        started = project.inspect("app2")["State"]["StartedAt"]
        project.kill("app2")
        eventually(
            lambda: project.inspect("app2")["State"]["StartedAt"] != started,
            within_s=60,
        )

    killed = await visited(project, kill)

    seen = rolled.acknowledged + killed.acknowledged
    stored = int(project.get(f"/nocount?url={PAGE}").body)
    assert len(set(seen)) == len(seen), "a number was shown twice"
    assert len(seen) <= stored <= rolled.attempted + killed.attempted
    # Those whose request was with the killed one.
    assert killed.failed <= CLIENTS


@pytest.mark.parametrize("app", APPS)
def test_only_haproxy_is_reached(project: Composition, app: str) -> None:
    """From this machine, by its port alone."""
    published = project.inspect(app)["NetworkSettings"]["Ports"] or {}

    assert not any(published.values())
    assert project.inspect("haproxy")["NetworkSettings"]["Ports"]["8000/tcp"] == [
        {"HostIp": "127.0.0.1", "HostPort": str(project.port)}
    ]


def test_haproxy_is_believed_and_nobody_behind_it(project: Composition) -> None:
    """What a visitor says of HTTPS is replaced."""
    answer = project.get("/count?url=example.com", {"X-Forwarded-Proto": "https"})

    assert answer.status == 200
    assert "Secure" not in answer.cookie
    logs = docker("logs", project.container("app1"))
    assert "HITSVC_FORWARDED_ALLOW_IPS" not in logs.stdout + logs.stderr


@pytest.mark.parametrize("app", APPS)
def test_what_the_base_has_holds_here(project: Composition, app: str) -> None:
    """The containers may do as little, and have time to stop."""
    host = project.inspect(app)["HostConfig"]

    assert host["ReadonlyRootfs"] is True
    assert host["CapDrop"] == ["ALL"]
    assert re.search("no-new-privileges", str(host["SecurityOpt"]))
    assert 0 < host["PidsLimit"] <= 512
    assert project.inspect(app)["Config"]["StopTimeout"] >= 2 + 1 + 10
