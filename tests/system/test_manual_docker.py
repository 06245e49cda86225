"""What docs/install/docker.md says for one container is done word for word."""

# ruff: noqa: S603, S607 - runs what the manual says

import subprocess
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.support.commands import free_port
from tests.support.composition import docker
from tests.support.manual import blocks
from tests.support.processes import eventually
from tests.support.visitors import visit

pytestmark = [pytest.mark.compose]

PAGE = "install/docker.md"
# What would change the clone, or ask a registry.
ELSEWHERE = ("git pull", "docker build")


@pytest.fixture(name="name")
def _name() -> Iterator[str]:
    """A name for a container and its volume."""
    name = f"hitsvc-manual-{uuid.uuid4().hex[:8]}"
    yield name
    docker("rm", "-f", name)
    docker("volume", "rm", name)


@pytest.fixture(name="url")
def _url() -> str:
    """Where the container is published."""
    return f"http://127.0.0.1:{free_port()}"


@pytest.fixture(name="run")
def _run(image: str, name: str, url: str, tmp_path: Path) -> Callable[[str], str]:
    """Run the page's commands, for a container of this test's own."""
    others = {
        "--name hitsvc": f"--name {name}",
        "-v hits:": f"-v {name}:",
        "volume rm hits": f"volume rm {name}",
        "hitsvc:local": image,
        "exec hitsvc ": f"exec {name} ",
        "cp hitsvc:": f"cp {name}:",
        "rm -f hitsvc": f"rm -f {name}",
        "stop hitsvc": f"stop {name}",
        "start hitsvc": f"start {name}",
        "127.0.0.1:8000:": f"{url.removeprefix('http://')}:",
    }

    def run(mark: str) -> str:
        lines = blocks(PAGE, mark).splitlines()
        script = "\n".join(line for line in lines if not line.startswith(ELSEWHERE))
        for old, new in others.items():
            script = script.replace(old, new)
        done = subprocess.run(
            ["sh", "-e", "-c", script],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            timeout=180,
            check=False,
        )
        assert done.returncode == 0, (script, done.stdout, done.stderr)
        return done.stdout

    return run


def total(url: str, way: str = "nocount") -> str:
    """Return what a page has, when the service is up."""

    def answers() -> bool:
        try:
            return visit(url, "/readyz").status == 200
        except OSError:
            return False

    eventually(answers, within_s=60)
    return visit(url, f"/{way}?url=example.com").body


def test_one_container_lives_as_the_page_says(
    run: Callable[[str], str], url: str, name: str, tmp_path: Path
) -> None:
    """It is made, looked at, backed up, upgraded, restored and removed."""
    assert "WRONG" not in run("container")
    assert total(url, "count") == "1"
    assert run("gateway").strip().count(".") == 3
    run("container-backup")
    assert (tmp_path / "hits.backup").stat().st_size > 0
    assert total(url, "count") == "2"
    run("container-upgrade")
    assert total(url) == "2"
    run("container-restore")
    assert total(url) == "1"
    run("container-remove")
    assert docker("inspect", name).returncode != 0
    assert docker("volume", "inspect", name).returncode != 0
