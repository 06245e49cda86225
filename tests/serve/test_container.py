"""A directory that goes with its container is known."""

import os
from pathlib import Path

import pytest

from hitsvc.serve import goes_with_container

OVERLAY = "22 1 0:30 / / rw,relatime - overlay overlay rw,lowerdir=/a"
PLAIN = "22 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw"
ELSEWHERE = "23 22 0:31 / /srv rw - overlay overlay rw"


def put(path: Path, text: str = "") -> None:
    """Write a file, and the directories to it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


@pytest.mark.parametrize(
    ("mounts", "expected"),
    [
        ([OVERLAY], True),
        ([OVERLAY, ELSEWHERE], True),
        ([PLAIN], False),
        ([PLAIN, ELSEWHERE], False),
        ([PLAIN, OVERLAY], True),  # mounted over
        ([ELSEWHERE], False),
        ([], False),
    ],
)
def test_layers_of_an_image_are_a_containers(tmp_path, mounts, expected):
    """Whatever the engine is."""
    put(tmp_path / "proc/self/mountinfo", "\n".join(mounts))
    assert goes_with_container(tmp_path, tmp_path) == expected


@pytest.mark.parametrize("mark", [".dockerenv", "run/.containerenv"])
def test_an_engines_mark_is_enough(tmp_path, mark):
    """Docker may keep its layers in btrfs or zfs."""
    put(tmp_path / mark)
    assert goes_with_container(tmp_path, tmp_path)


def test_a_machine_is_no_container(tmp_path):
    """Nor one that does not tell, as macOS."""
    assert not goes_with_container(tmp_path, tmp_path)


def test_a_volume_outlives_the_container(tmp_path):
    """It is another file system."""
    put(tmp_path / ".dockerenv")
    other = Path("/proc")
    assert other.stat().st_dev != os.stat(tmp_path).st_dev
    assert not goes_with_container(other, tmp_path)
