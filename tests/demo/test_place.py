"""Where a demonstration may write."""

import stat
import tempfile
from pathlib import Path

import pytest

from hitsvc.demo import DemoRefused, scratch_directory


def test_it_is_new_and_its_owners() -> None:
    """Nobody else can open it."""
    with tempfile.TemporaryDirectory(dir="/tmp") as parent:
        one, other = (scratch_directory(parent) for _ in range(2))

        assert one != other
        assert {one.parent, other.parent} == {Path(parent)}
        assert stat.S_IMODE(one.stat().st_mode) == 0o700


def test_its_path_is_short(tmp_path: Path) -> None:
    """A socket's path cannot be long."""
    found = scratch_directory(str(tmp_path / ("long" * 20)))
    found.rmdir()

    assert found.parent == Path("/tmp")  # noqa: S108 - nothing stays in it


def test_it_is_where_the_system_has_temporary_files() -> None:
    """Unless somebody says where."""
    found = scratch_directory()
    found.rmdir()

    assert found.name.startswith("hitsvc-demo-")


def test_one_that_cannot_be_made_is_told() -> None:
    """With what to do."""
    with pytest.raises(DemoRefused, match=r"no such file or directory; name .* TMPDIR"):
        scratch_directory("/none")
