"""`hitsvc backup` and `hitsvc restore` as they are typed."""

from pathlib import Path

from redis import Redis

from tests.support.commands import run_hitsvc
from tests.support.service import StartService
from tests.support.stored import KEYS

PAGE = KEYS.page("example.com/b")


def test_the_embedded_store_goes_out_and_back(
    service: StartService, tmp_path: Path
) -> None:
    """Saved while it runs; refused while it runs, and over other data without a word."""
    running = service()
    running.count()
    file, data = str(tmp_path / "backup"), str(running.data_dir)
    assert run_hitsvc("backup", file, "--data-dir", data).returncode == 0
    running.count()
    refused = run_hitsvc("restore", file, "--yes", "--data-dir", data)
    assert (refused.returncode, "in use" in refused.stderr) == (1, True)
    running.stop()
    refused = run_hitsvc("restore", file, "--data-dir", data)
    assert (refused.returncode, "--yes" in refused.stderr) == (1, True)
    assert "example.com 2" in run_after(data)
    done = run_hitsvc("restore", file, "--yes", "--data-dir", data)
    assert "What was there before is in" in done.stdout
    assert "example.com 1" in run_after(data)
    new = str(tmp_path / "new")
    assert run_hitsvc("restore", file, "--data-dir", new).returncode == 0
    assert "example.com 1" in run_after(new)


def run_after(data_dir: str) -> str:
    """Export the store of a directory; return what it says of the page."""
    text = run_hitsvc("export", "--data-dir", data_dir).stdout
    rows = [line.split(",") for line in text.splitlines() if "example.com" in line]
    return " ".join(f"{row[0]} {row[2]}" for row in rows)


def test_a_damaged_snapshot_changes_nothing(
    service: StartService, tmp_path: Path
) -> None:
    """A store has to load it first."""
    running = service()
    running.count()
    running.stop()
    file = tmp_path / "backup"
    file.write_bytes(b"REDIS0011 and no more")
    data = str(running.data_dir)
    done = run_hitsvc("restore", str(file), "--yes", "--data-dir", data)
    assert (done.returncode, "Traceback" in done.stderr) == (1, False)
    assert "example.com 1" in run_after(data)


def test_another_redis_goes_out_and_back_as_an_export(
    valkey_url: str, valkey_socket: Path, tmp_path: Path
) -> None:
    """Into an empty store only, and once."""
    file = str(tmp_path / "backup")
    with Redis(unix_socket_path=str(valkey_socket)) as redis:
        redis.set(PAGE.total, 7)
        redis.set(PAGE.undated, 7)
        assert "1 rows" in run_hitsvc("backup", file, "--store", valkey_url).stdout
        refused = run_hitsvc("restore", file, "--store", valkey_url)
        assert (refused.returncode, "has pages already" in refused.stderr) == (1, True)
        redis.flushall()
        run_hitsvc("restore", file, "--store", valkey_url)
        assert redis.get(PAGE.total) == b"7"
        again = run_hitsvc("restore", file, "--store", valkey_url)
        assert "nothing was changed" in again.stdout
    snapshot = tmp_path / "snapshot"
    snapshot.write_bytes(b"REDIS0011")
    refused = run_hitsvc("restore", str(snapshot), "--store", valkey_url)
    assert (refused.returncode, "leave out --store" in refused.stderr) == (1, True)
