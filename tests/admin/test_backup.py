"""Snapshots of an embedded store, and what becomes of its data."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from hitsvc.admin import open_client
from hitsvc.admin.backup import BEFORE, is_snapshot, put_snapshot, save_snapshot
from hitsvc.errors import StoreError
from hitsvc.serve import DataDir, EmbeddedStore
from tests.admin.imports import KEYS, A, rows, run
from tests.support.processes import eventually


@contextmanager
def embedded(path: Path) -> Iterator[Any]:
    """The store of a data directory."""
    data_dir = DataDir.claim(path)
    store = EmbeddedStore(data_dir, 64)
    try:
        store.start()
        eventually(store.ready, within_s=30)
        with open_client(store.url) as client:
            yield client
    finally:
        store.stop()
        data_dir.release()


@pytest.fixture(name="snapshot", scope="module")
def _snapshot(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A backup in which a page has 7 hits."""
    directory = tmp_path_factory.mktemp("one")
    with embedded(directory / "data") as client:
        run(client, rows(("a.example", "2026-03-01", 7)))
        save_snapshot(client, KEYS, directory / "data", directory / "backup")
    return directory / "backup"


@pytest.fixture(name="data")
def _data(tmp_path: Path) -> Path:
    """A data directory in which the page has 99 hits, some in each file."""
    path = tmp_path / "data"
    with embedded(path) as client:
        client.set(A.total, 90)
        client.bgrewriteaof()
        eventually(lambda: not client.info()["aof_rewrite_in_progress"])
        client.incrby(A.total, 9)
    return path


def total(path: Path) -> str | None:
    with embedded(path) as client:
        found: str | None = client.get(A.total)
        return found


def test_a_snapshot_becomes_the_data_and_stays_so(snapshot, data):
    """Through stops and hits, and what was there is kept."""
    put_snapshot(snapshot, data)
    with embedded(data) as client:
        assert client.get(A.total) == "7"
        assert client.hgetall(A.year(2026)) == {"60": "7"}
        client.incr(A.total)
    assert total(data) == "8"
    put_snapshot(snapshot, data)
    assert total(data) == "7"


def test_what_was_there_can_be_put_back(snapshot, data):
    """By hand, as a directory of its own."""
    put_snapshot(snapshot, data)
    shutil.rmtree(data / "appendonlydir")
    (data / BEFORE).rename(data / "appendonlydir")
    assert total(data) == "99"


def test_it_makes_a_directory_that_is_not_there(snapshot, tmp_path):
    """On a new machine."""
    (tmp_path / "data").mkdir()
    put_snapshot(snapshot, tmp_path / "data")
    assert total(tmp_path / "data") == "7"


def test_a_restore_that_is_cut_off_leaves_the_old_data(snapshot, data):
    """Until the manifest is renamed the store knows nothing of it."""
    files = data / "appendonlydir"
    # What a restore has written when it is killed at its last moment before that.
    shutil.copy(snapshot, files / "appendonly.aof.9.base.rdb")
    (files / "appendonly.aof.9.incr.aof").touch()
    (files / "appendonly.aof.manifest.part").write_text("file append")
    assert total(data) == "99"
    put_snapshot(snapshot, data)
    assert total(data) == "7"


def test_a_restore_without_its_end_leaves_the_new_data(snapshot, data, tmp_path):
    """The old files that it would have removed are in nobody's way."""
    old = tmp_path / "old"
    shutil.copytree(data / "appendonlydir", old)
    put_snapshot(snapshot, data)
    for path in old.iterdir():
        if not (data / "appendonlydir" / path.name).exists():
            shutil.copy(path, data / "appendonlydir")
    assert total(data) == "7"


def test_a_disk_that_refuses_is_said(snapshot, tmp_path):
    """In a sentence."""
    (tmp_path / "data").write_text("a file")
    with pytest.raises(StoreError, match="cannot be restored"):
        put_snapshot(snapshot, tmp_path / "data")


def test_a_snapshot_is_told_from_an_export(snapshot, tmp_path):
    """By its first bytes."""
    export = tmp_path / "export"
    export.write_text("# hitsvc 1\n")
    assert (is_snapshot(snapshot), is_snapshot(export)) == (True, False)
    with pytest.raises(StoreError, match="cannot be read"):
        is_snapshot(tmp_path / "none")


class Saving:
    """A store that says how its snapshots go."""

    def __init__(self, running: list[int], status: str) -> None:
        self._running = iter(running)
        self._status = status
        self.saves = 0

    def lock(self, *_: Any, **__: Any) -> Any:
        class Lock:
            def acquire(self) -> bool:
                return True

            def release(self) -> None:
                """Do nothing."""

        return Lock()

    def bgsave(self) -> None:
        self.saves += 1

    def info(self, _section: str) -> dict[str, Any]:
        return {
            "rdb_bgsave_in_progress": next(self._running),
            "rdb_last_bgsave_status": self._status,
        }


def test_a_snapshot_that_runs_is_awaited_and_another_made(tmp_path):
    """It may have begun before the last hit."""
    (tmp_path / "dump.rdb").write_bytes(b"REDIS")
    waited: list[float] = []
    store = Saving([1, 1, 0, 1, 0, 0], "ok")
    save_snapshot(store, KEYS, tmp_path, tmp_path / "out", sleep=waited.append)
    assert (store.saves, len(waited)) == (1, 3)
    assert (tmp_path / "out").read_bytes() == b"REDIS"


def test_a_snapshot_that_fails_is_no_backup(tmp_path):
    """An older one is not taken for it."""
    (tmp_path / "dump.rdb").write_bytes(b"REDIS")
    with pytest.raises(StoreError, match=r"valkey\.log"):
        save_snapshot(Saving([0, 0, 0], "err"), KEYS, tmp_path, tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_a_snapshot_that_never_ends_is_given_up(tmp_path):
    """After an hour."""
    times = iter([0.0, 4000.0])
    with pytest.raises(StoreError, match="does not end"):
        save_snapshot(
            Saving([1], "ok"),
            KEYS,
            tmp_path,
            tmp_path / "out",
            clock=lambda: next(times),
        )
