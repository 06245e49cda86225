"""The embedded store: its directory, its server, and who restarts it when."""

# ruff: noqa: S603, S607 - starts our own programs, and mount

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from redis import Redis

from hitsvc.errors import StoreError
from hitsvc.serve.datadir import DataDir, running_socket
from hitsvc.serve.embedded import EmbeddedStore, server_binary
from hitsvc.serve.keeper import RESTART_MAX_DELAY_S, restart_delay_s
from tests.support.processes import eventually, kill

MEMORY_MB = 16


@pytest.fixture(name="data_dir")
def _data_dir(tmp_path: Path) -> Iterator[DataDir]:
    """A claimed directory."""
    data_dir = DataDir.claim(tmp_path / "data")
    yield data_dir
    data_dir.release()


@pytest.fixture(name="store")
def _store(data_dir: DataDir) -> Iterator[EmbeddedStore]:
    """A store that answers."""
    store = EmbeddedStore(data_dir, MEMORY_MB)
    store.start()
    eventually(store.ready)
    yield store
    store.stop()


class TestDataDir:
    """Claiming a directory."""

    def test_is_made_for_this_user_only(self, data_dir: DataDir) -> None:
        """A new directory cannot be read by others."""
        assert data_dir.path.stat().st_mode & 0o777 == 0o700

    @pytest.mark.parametrize("mode", [0o755, 0o750, 0o711, 0o701])
    def test_one_that_others_can_open_is_told_about(
        self, tmp_path: Path, mode: int
    ) -> None:
        """It was there before, so its permissions are somebody's choice."""
        path = tmp_path / "open"
        path.mkdir()
        path.chmod(mode)
        data_dir = DataDir.claim(path)
        try:
            assert f"(mode {mode:o})" in str(data_dir.warning())
            assert path.stat().st_mode & 0o777 == mode
        finally:
            data_dir.release()

    def test_a_private_one_is_not(self, data_dir: DataDir) -> None:
        """There is nothing to do."""
        assert data_dir.warning() is None

    def test_can_be_claimed_once(self, data_dir: DataDir) -> None:
        """The message names the directory and the process that has it."""
        with pytest.raises(StoreError) as caught:
            DataDir.claim(data_dir.path, wait_s=0)
        expected = f"{data_dir.path} is in use by process {os.getpid()}"
        assert expected in str(caught.value)

    def test_can_be_claimed_again_after_release(self, tmp_path: Path) -> None:
        """A claim ends with its release."""
        DataDir.claim(tmp_path).release()
        DataDir.claim(tmp_path, wait_s=0).release()

    def test_stays_claimed_while_a_child_holds_it(self, tmp_path: Path) -> None:
        """The claim lives as long as the last process that inherited it."""
        data_dir = DataDir.claim(tmp_path)
        command = [sys.executable, "-c", "input()"]
        with subprocess.Popen(
            command, stdin=subprocess.PIPE, pass_fds=[data_dir.lock_fd]
        ) as child:
            data_dir.release()
            with pytest.raises(StoreError):
                DataDir.claim(tmp_path, wait_s=0)
            child.communicate(b"\n")
        DataDir.claim(tmp_path, wait_s=0).release()

    def test_socket_lies_in_it(self, data_dir: DataDir) -> None:
        """A short path needs no other place."""
        assert data_dir.socket_path.parent == data_dir.path

    def test_socket_of_a_long_path_lies_elsewhere(self, tmp_path: Path) -> None:
        """In a private directory, which goes with the claim."""
        data_dir = DataDir.claim(tmp_path.joinpath(*["long-name"] * 12))
        private = data_dir.socket_path.parent
        assert len(os.fsencode(data_dir.socket_path)) <= 103
        assert private.stat().st_mode & 0o777 == 0o700
        data_dir.release()
        assert not private.exists()

    def test_tells_the_socket_while_it_is_claimed(self, tmp_path: Path) -> None:
        """Other commands find the running store by it, and no store that is gone."""
        assert running_socket(tmp_path / "none") is None
        data_dir = DataDir.claim(tmp_path)
        assert running_socket(tmp_path) == data_dir.socket_path
        data_dir.release()
        assert running_socket(tmp_path) is None

    def test_cannot_be_below_a_file(self, tmp_path: Path) -> None:
        """The message names the path and what is wrong with it."""
        (tmp_path / "file").touch()
        with pytest.raises(StoreError, match="it is not a directory"):
            DataDir.claim(tmp_path / "file" / "data")

    def test_cannot_be_on_a_full_disk(self, full_disk: Path) -> None:
        """Found at the start, not at the first hit."""
        with pytest.raises(StoreError, match="no space left"):
            DataDir.claim(full_disk)


@pytest.fixture(name="full_disk")
def _full_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system without space, for those who may mount one."""
    mount = ["mount", "-t", "tmpfs", "-o", "size=8k", "tmpfs", str(tmp_path)]
    if subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("this user may not mount a file system")
    yield tmp_path
    subprocess.run(["umount", str(tmp_path)], check=True)


class TestStore:
    """A real server on a claimed directory."""

    def test_its_files_are_private_in_any_directory(self, tmp_path: Path) -> None:
        """They hold URLs and live tokens; the directory may have been there before."""
        path = tmp_path / "open"
        path.mkdir()
        path.chmod(0o755)
        data_dir = DataDir.claim(path)
        store = EmbeddedStore(data_dir, MEMORY_MB)
        store.start()
        try:
            eventually(store.ready)
            modes = {file.name: file.stat().st_mode for file in path.rglob("*")}
        finally:
            store.stop()
            data_dir.release()

        assert {"appendonlydir", "valkey.log"} <= modes.keys()
        assert [name for name, mode in modes.items() if mode & 0o077] == []

    def test_writes_each_command_to_an_append_only_file(
        self, store: EmbeddedStore
    ) -> None:
        """The settings on which "no acknowledged hit is lost" rests."""
        with Redis.from_url(store.url) as client:
            names = "appendonly", "appendfsync", "maxmemory-policy", "port"
            config = client.config_get(*names)
        assert config == {
            "appendonly": "yes",
            "appendfsync": "always",
            "maxmemory-policy": "volatile-ttl",
            "port": "0",
        }

    def test_its_memory_is_limited(self, store: EmbeddedStore) -> None:
        """Strangers cannot take the machine's."""
        with Redis.from_url(store.url) as client:
            limit = client.config_get("maxmemory")["maxmemory"]
        assert int(limit) == MEMORY_MB * 2**20

    def test_what_it_holds_fits_when_it_starts_again(
        self, store: EmbeddedStore
    ) -> None:
        """With half as much again, whatever the setting."""
        with Redis.from_url(store.url) as client:
            client.config_set("maxmemory", 0)
            client.set("a", b"x" * MEMORY_MB * 2**20)
        _kill(store)
        store.start()
        assert not store.is_limited
        eventually(store.ready)
        with Redis.from_url(store.url) as client:
            used = client.info("memory")["used_memory"]
            limit = client.config_get("maxmemory")["maxmemory"]
            assert int(limit) > 1.4 * used
            assert client.set("b", "1")

    def test_socket_is_for_this_user_only(self, store: EmbeddedStore) -> None:
        """Other users of the machine cannot change counts."""
        assert store.data_dir.socket_path.stat().st_mode & 0o777 == 0o700

    @pytest.mark.parametrize("how", [EmbeddedStore.stop, lambda s: _kill(s)])
    def test_keeps_what_it_acknowledged(
        self, store: EmbeddedStore, how: object
    ) -> None:
        """Data is there again after a clean stop and after `kill -9`."""
        assert callable(how)
        with Redis.from_url(store.url) as client:
            client.set("a", "1")
        how(store)
        store.start()
        eventually(store.ready)
        with Redis.from_url(store.url) as client:
            assert client.get("a") == b"1"

    def test_loads_a_file_with_a_cut_off_end(self, store: EmbeddedStore) -> None:
        """As a machine that lost power leaves it: all complete commands are kept."""
        with Redis.from_url(store.url) as client:
            client.set("a", "1")
            client.set("b", "2")
        store.stop()
        (file,) = store.data_dir.path.glob("appendonlydir/*.incr.aof")
        os.truncate(file, file.stat().st_size - 3)
        store.start()
        eventually(store.ready)
        with Redis.from_url(store.url) as client:
            assert client.get("a") == b"1"

    def test_works_below_any_path(self, tmp_path: Path) -> None:
        """Spaces, quotes, percent signs and umlauts are no syntax in a path."""
        data_dir = DataDir.claim(tmp_path / "Zähler 100%25 \"x\" 'y' #?")
        store = EmbeddedStore(data_dir, MEMORY_MB)
        try:
            store.start()
            eventually(store.ready)
            with Redis.from_url(store.url) as client:
                assert client.ping()
        finally:
            store.stop()
            data_dir.release()

    def test_says_why_it_does_not_start(self, data_dir: DataDir) -> None:
        """The server's own last warning, and where the log is."""
        (data_dir.path / "appendonlydir").touch()  # a file where it wants a directory
        store = EmbeddedStore(data_dir, MEMORY_MB)
        store.start()
        with pytest.raises(
            StoreError, match=r"did not start; see .*valkey\.log \(.+\)"
        ):
            eventually(store.ready)

    def test_holds_the_claim(self, tmp_path: Path) -> None:
        """Nobody can start a second server on the files of one that still runs."""
        data_dir = DataDir.claim(tmp_path)
        store = EmbeddedStore(data_dir, MEMORY_MB)
        store.start()
        try:
            eventually(store.ready)
            data_dir.release()  # as when the process that started it is killed
            with pytest.raises(StoreError, match="is in use"):
                DataDir.claim(tmp_path, wait_s=0)
        finally:
            store.stop()
        DataDir.claim(tmp_path, wait_s=0).release()


def test_a_missing_server_program_is_explained() -> None:
    """The message says where there is one, and what to do without."""
    with pytest.raises(StoreError) as caught:
        server_binary("a-package-that-is-not-installed")
    assert "Linux and macOS" in str(caught.value)
    assert "--store the URL of a Redis, such as redis://" in str(caught.value)


def test_a_store_that_keeps_dying_is_started_later_and_later() -> None:
    """At once at first, and after ten seconds at most."""
    delays = [restart_delay_s(restarts) for restarts in range(12)]
    assert delays[:4] == [0, 0.5, 1, 2]
    assert delays[-1] == RESTART_MAX_DELAY_S


def _kill(store: EmbeddedStore) -> None:
    assert store.process
    kill(store.process.pid)
    store.process.wait()
