"""A directory that goes with its container is known."""

from pathlib import Path

import pytest

from hitsvc.serve import goes_with_container

ROOT = Path(__file__).parents[2]
PROGRAM = "app/.venv/bin/hitsvc"


@pytest.fixture(name="image")
def _image(tmp_path: Path) -> Path:
    """The root of a container of our image."""
    program = tmp_path / PROGRAM
    program.parent.mkdir(parents=True)
    program.touch()
    return tmp_path


def test_a_directory_of_the_image_goes_with_the_container(image):
    """It is in the same file system."""
    assert goes_with_container(image / "app", image)


def test_a_volume_outlives_the_container(image):
    """It is another one."""
    other = Path("/proc")
    assert other.stat().st_dev != image.stat().st_dev
    assert not goes_with_container(other, image)


def test_a_machine_is_no_container(tmp_path):
    """Nor is a container of somebody else's."""
    assert not goes_with_container(tmp_path, tmp_path)


def test_the_image_has_the_program_there():
    """As its Dockerfile says."""
    assert f"PATH=/{Path(PROGRAM).parent}:$PATH" in (ROOT / "Dockerfile").read_text()
