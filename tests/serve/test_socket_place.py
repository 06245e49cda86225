"""Where the embedded store's socket is."""

import os
import shutil
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from hitsvc.errors import StoreError
from hitsvc.serve.datadir import DataDir
from hitsvc.serve.socket_place import SocketPlace, remove_stale

DEEP = Path("/", *["long-name"] * 12)


@pytest.fixture(name="killed")
def _killed(tmp_path: Path) -> Iterator[SocketPlace]:
    """The place of a service that was killed: nobody listens there."""
    place = SocketPlace(tmp_path.joinpath(*DEEP.parts[1:]))
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(place.path))
    yield place
    place.remove()


def deep_directory(parent: Path) -> Path:
    """Make one in which no socket has room."""
    found = parent.joinpath(*DEEP.parts[1:])
    found.mkdir(parents=True)
    return found


class TestPlace:
    """It is short."""

    def test_is_the_data_directory_if_that_is_short(self) -> None:
        place = SocketPlace(Path("/data"), ["/none"])
        place.remove()

        assert place.path == Path("/data/valkey.sock")

    def test_temporary_files_may_be_deep_too(self, tmp_path: Path) -> None:
        """As where TMPDIR is a job's own."""
        deep = deep_directory(tmp_path)
        place = SocketPlace(deep, [str(deep), "/tmp"])  # noqa: S108 - it makes its own
        made = place.path.parent
        try:
            assert made.parent == Path("/tmp")  # noqa: S108
            assert made.stat().st_mode & 0o777 == 0o700
            assert not any(deep.iterdir())
        finally:
            place.remove()
        assert not made.exists()

    def test_a_place_that_cannot_be_written_is_passed_over(self) -> None:
        place = SocketPlace(DEEP, ["/none", "/tmp"])  # noqa: S108
        place.remove()

        assert place.path.parent.parent == Path("/tmp")  # noqa: S108

    def test_without_any_place_there_is_a_message(self, tmp_path: Path) -> None:
        """It names what can be set."""
        with pytest.raises(StoreError, match=r"too long .* such as TMPDIR=/tmp, or"):
            SocketPlace(DEEP, ["/none", str(deep_directory(tmp_path))])

    def test_a_claim_without_a_place_is_none(self, tmp_path: Path) -> None:
        """The data directory can be claimed again."""
        deep = deep_directory(tmp_path)
        with pytest.raises(StoreError, match="too long"):
            DataDir.claim(deep, places=["/none"])
        DataDir.claim(deep, wait_s=0).release()

    def test_is_among_the_temporary_files_of_this_system(self) -> None:
        """Or at a short path where those are deep."""
        place = SocketPlace(DEEP)
        place.remove()

        assert place.path.parent.name.startswith("hitsvc-")


class TestStale:
    """What a killed service has left goes."""

    def test_the_next_claim_removes_it(self, tmp_path: Path) -> None:
        deep = deep_directory(tmp_path)
        first = DataDir.claim(deep)
        os.close(first.lock_fd)  # as the kernel does
        second = DataDir.claim(deep)
        second.release()

        assert not first.socket_path.parent.exists()

    def test_its_socket_goes_with_it(self, killed: SocketPlace) -> None:
        remove_stale(killed.path)

        assert not killed.path.parent.exists()

    def test_one_that_is_listened_on_stays(self, killed: SocketPlace) -> None:
        """It belongs to the service of which the data directory is a copy."""
        killed.path.unlink()
        with socket.socket(socket.AF_UNIX) as listener:
            listener.bind(str(killed.path))
            listener.listen()
            remove_stale(killed.path)

        assert killed.path.exists()

    def test_what_else_is_in_it_stays(self, killed: SocketPlace) -> None:
        """Somebody else's."""
        (killed.path.parent / "file").touch()
        remove_stale(killed.path)
        try:
            assert (killed.path.parent / "file").exists()
        finally:
            shutil.rmtree(killed.path.parent)

    @pytest.mark.parametrize("name", ["data/valkey.sock", "hitsvc-x/other.sock"])
    def test_other_places_are_none_of_ours(self, tmp_path: Path, name: str) -> None:
        path = tmp_path / name
        path.parent.mkdir()
        path.touch()
        remove_stale(path)

        assert path.exists()

    def test_a_path_that_is_no_sockets_is_passed_over(self, tmp_path: Path) -> None:
        path = deep_directory(tmp_path) / "hitsvc-x" / "valkey.sock"
        path.parent.mkdir()
        path.touch()
        remove_stale(path)

        assert path.exists()
