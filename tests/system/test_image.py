"""The image alone: `docker run`, with nothing but a volume or what a platform sets."""

import uuid
from collections.abc import Callable, Iterator
from typing import NamedTuple

import pytest

from tests.support.commands import free_port
from tests.support.composition import (
    BUILD_TIMEOUT_S,
    copy_checkout,
    docker,
    need_docker,
    need_image,
    say,
)
from tests.support.processes import eventually
from tests.support.visitors import visit

pytestmark = [pytest.mark.compose]

BASE_IMAGE = "python:3.13-slim"


@pytest.fixture(scope="module", name="image")
def _image(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The image as its Dockerfile makes it."""
    need_docker()
    need_image(BASE_IMAGE)
    directory = tmp_path_factory.mktemp("image")
    copy_checkout(directory)
    name = f"hitsvc:test-{uuid.uuid4().hex[:8]}"
    say("build", "-q", "-t", name, str(directory), timeout_s=BUILD_TIMEOUT_S)
    yield name
    docker("image", "rm", name)


@pytest.fixture(name="volume")
def _volume() -> Iterator[str]:
    """A name for a volume that does not exist yet."""
    name = f"hitsvc-test-{uuid.uuid4().hex[:8]}"
    yield name
    docker("volume", "rm", name)


class Container(NamedTuple):
    """A running container of the image.

    Attributes:
        name: Docker's.
        url: Where it is published.
    """

    name: str
    url: str

    @property
    def log(self) -> str:
        """What it has said."""
        said = docker("logs", self.name)
        return said.stdout + said.stderr

    def hit(self, page: str) -> str:
        """Count a hit."""
        return visit(self.url, f"/count?url={page}").body

    def stop(self) -> None:
        """Stop it as an operator does, and remove it."""
        say("stop", "--time", "20", self.name)
        say("rm", self.name)


Run = Callable[..., Container]


@pytest.fixture(name="run")
def _run(image: str, volume: str) -> Iterator[Run]:
    """Run containers with options, and wait until they answer.

    They are gone before the volume that they may use.
    """
    assert volume
    names = []

    def run(*options: str, inside: int = 8000) -> Container:
        port = free_port()
        published = f"127.0.0.1:{port}:{inside}"
        name = say("run", "-d", "-p", published, *options, image).strip()
        names.append(name)
        container = Container(name, f"http://127.0.0.1:{port}")
        eventually(lambda: answers(container), within_s=60)
        return container

    yield run
    for name in names:
        docker("rm", "-f", name)


def answers(container: Container) -> bool:
    """Tell whether hits can be counted."""
    try:
        return visit(container.url, "/readyz").status == 200
    except OSError:
        return False


HARDENED = (
    *("--read-only", "--tmpfs", "/tmp", "--cap-drop", "ALL"),  # noqa: S108
    *("--security-opt", "no-new-privileges"),
)


@pytest.mark.parametrize("options", [(), HARDENED], ids=["plain", "hardened"])
def test_it_serves_alone_and_keeps_its_counts(
    run: Run, volume: str, options: tuple[str, ...]
) -> None:
    """In a volume that outlives the container."""
    first = run("-v", f"{volume}:/data", *options)
    assert first.hit("a.example") == "1"
    assert "counts are in /data (Valkey" in first.log
    assert "is the container's own" not in first.log
    first.stop()
    second = run("-v", f"{volume}:/data", *options)
    assert second.hit("a.example") == "2"


def test_commands_find_its_store(run: Run, volume: str) -> None:
    """Without an option."""
    container = run("-v", f"{volume}:/data")
    container.hit("a.example")
    shown = say("exec", container.name, "hitsvc", "show", "a.example")
    assert shown == "a.example 1 1\n"


def test_counts_that_go_with_the_container_are_told_about(run: Run) -> None:
    """It has no volume."""
    assert "docker run -v hits:/data" in run().log


def test_a_platforms_port_wins_over_the_images(run: Run) -> None:
    """And the image's own health check asks there."""
    container = run("-e", "PORT=5000", "--health-interval", "1s", inside=5000)
    assert container.hit("a.example") == "1"
    health = ("inspect", "-f", "{{.State.Health.Status}}", container.name)
    eventually(lambda: say(*health) == "healthy\n", within_s=30)


def test_a_platforms_store_is_taken(run: Run, volume: str) -> None:
    """A container of another program is not in question: it is told to this one."""
    first = run("-v", f"{volume}:/data")
    url = "unix:///data/valkey.sock"
    second = run("--volumes-from", first.name, "-e", f"REDIS_URL={url}")
    assert second.hit("a.example") == "1"
    assert first.hit("a.example") == "2"
    assert f"counts are in {url} (Valkey" in second.log


def test_the_image_names_no_directory_of_its_own(image: str) -> None:
    """An anonymous volume for each container would fill a disk unseen."""
    assert say("inspect", "-f", "{{.Config.Volumes}}", image) == "map[]\n"
