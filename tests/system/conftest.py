"""What tests of containers share."""

import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.composition import (
    BUILD_TIMEOUT_S,
    copy_checkout,
    docker,
    need_docker,
    need_image,
    say,
)

# What everything here is made of.
BASE_IMAGES = ("python:3.13-slim", "redis:8")


@pytest.fixture(scope="session", name="checkout")
def _checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The directory of a clone, from which every composition here is made."""
    need_docker()
    for name in BASE_IMAGES:
        need_image(name)
    directory = tmp_path_factory.mktemp("compose")
    copy_checkout(directory)
    return directory


@pytest.fixture(scope="session", name="image")
def _image(checkout: Path) -> Iterator[str]:
    """The image that all compositions here run."""
    name = f"hitsvc:test-{uuid.uuid4().hex[:8]}"
    say("build", "-q", "-t", name, str(checkout), timeout_s=BUILD_TIMEOUT_S)
    yield name
    docker("image", "rm", name)
