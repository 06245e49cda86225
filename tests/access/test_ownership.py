"""What root writes into the service's directory is the service's."""

import os
from pathlib import Path

import pytest

from hitsvc.access import give_back

SERVICE = 12_345
EVERYTHING = {"lock", "appendonlydir", "appendonlydir/base"}


@pytest.fixture(name="directory")
def _directory(tmp_path: Path) -> Path:
    """A directory that is not root's, with files that are ours."""
    directory = tmp_path / "data"
    (directory / "appendonlydir").mkdir(parents=True)
    (directory / "lock").touch()
    (directory / "appendonlydir" / "base").touch()
    if os.geteuid() == 0:
        os.chown(directory, SERVICE, SERVICE)
    return directory


def given(directory: Path, user: int, names: list[str] | None = None) -> set[str]:
    """Return what is given away, which must be to whom the directory belongs."""
    owner = directory.stat().st_uid
    found = set()

    def chown(path: str, uid: int, _gid: int) -> None:
        assert uid == owner
        found.add(Path(path).relative_to(directory).as_posix())

    give_back(directory, names, user=user, chown=chown)
    return found


def test_all_that_root_wrote_is_given_back(directory: Path) -> None:
    """However deep."""
    assert given(directory, user=0) == EVERYTHING


def test_one_file_alone_may_be_named(directory: Path) -> None:
    """What else is there may be meant to be root's."""
    assert given(directory, 0, ["lock"]) == {"lock"}


def test_a_second_name_of_a_file_is_left_alone(directory: Path) -> None:
    """It may be a file of somebody else's, elsewhere."""
    os.link(directory / "lock", directory.parent / "elsewhere")

    assert given(directory, user=0) == EVERYTHING - {"lock"}


def test_other_users_give_nothing(directory: Path) -> None:
    """They may not."""
    assert given(directory, user=SERVICE + 1) == set()
