"""`hitsvc repair` as it is typed."""

from pathlib import Path

import pytest
from redis import Redis

from hitsvc.serve import running_socket
from tests.support.commands import run_hitsvc
from tests.support.service import StartService
from tests.support.stored import KEYS, day_hits, today

PAGE = KEYS.page("example.com/b")


@pytest.fixture(name="old")
def _old(valkey_url: str, valkey_socket: Path) -> str:
    """The URL of a store that version 1.0 has filled."""
    with Redis(unix_socket_path=str(valkey_socket)) as redis:
        redis.set(PAGE.total, 9)
        redis.hset(PAGE.version_1_days, f"{today().date:%Y%m%d}", 7)
    return valkey_url


def test_it_says_what_it_has_found_and_done(old: str, valkey_socket: Path) -> None:
    """A line for each kind, and each page that did not add up."""
    result = run_hitsvc("repair", "--store", old)
    assert result.returncode == 0
    assert result.stdout.splitlines() == [
        "1 pages",
        "1 with days of version 1.0, mended",
        "0 that are another page by the settings, mended",
        "1 not in the list of pages, mended",
        "0 listed but gone, mended",
        "1 whose days do not add up to the total, mended",
        "  example.com/b +2",
    ]
    with Redis(unix_socket_path=str(valkey_socket)) as redis:
        assert day_hits(redis, "example.com/b") == 7


def test_a_dry_run_says_that_nothing_was_changed(old: str, valkey_socket: Path) -> None:
    """And nothing was."""
    result = run_hitsvc("repair", "--dry-run", "--store", old)
    assert result.stdout.splitlines()[-1] == "Nothing was changed: this was a dry run."
    with Redis(unix_socket_path=str(valkey_socket)) as redis:
        assert redis.hlen(PAGE.version_1_days) == 1


def test_many_lines_are_cut(valkey_url: str, valkey_socket: Path) -> None:
    """A terminal is no place for thousands."""
    with Redis(unix_socket_path=str(valkey_socket)) as redis:
        for number in range(25):
            redis.set(KEYS.page(f"example.com/{number}").total, 1)
    lines = run_hitsvc("repair", "--store", valkey_url).stdout.splitlines()
    assert lines[-1] == "  and 5 more"


def test_what_cannot_be_read_is_named(old: str, valkey_socket: Path) -> None:
    """And left as it is."""
    with Redis(unix_socket_path=str(valkey_socket)) as redis:
        redis.hset(PAGE.version_1_days, "20260101", "many")
    result = run_hitsvc("repair", "--store", old)
    assert "1 that cannot be read; left as they are" in result.stdout


def test_it_works_on_a_running_embedded_store(service: StartService) -> None:
    """Beside the service."""
    running = service()
    running.count()
    result = run_hitsvc("repair", "--data-dir", str(running.data_dir))
    assert result.stdout.startswith("1 pages\n")


def test_it_starts_the_embedded_store_that_does_not_run(service: StartService) -> None:
    """Before the first start of a new version, say; and stops it again."""
    running = service()
    running.count()
    running.stop()
    result = run_hitsvc("repair", "--data-dir", str(running.data_dir))
    assert (result.returncode, result.stdout.startswith("1 pages\n")) == (0, True)
    assert running_socket(running.data_dir) is None


def test_without_a_store_it_says_what_to_do(tmp_path: Path) -> None:
    """No directory is made for a store that nobody has."""
    result = run_hitsvc("repair", "--data-dir", str(tmp_path / "none"))
    assert result.returncode == 1
    assert "no embedded store runs" in result.stderr
    assert not (tmp_path / "none").exists()


def test_pages_that_are_one_by_the_settings_are_added_up(
    valkey_url: str, valkey_socket: Path
) -> None:
    """And named; what is no page by the rules of now is left, and named too."""
    with Redis(unix_socket_path=str(valkey_socket), decode_responses=True) as redis:
        for number, page in enumerate(
            ("www.example.com/b", "example.com/b", "blog"), 1
        ):
            redis.set(KEYS.page(page).total, number)
    folding = {"HITSVC_FOLD_WWW": "on"}
    lines = run_hitsvc("repair", "--store", valkey_url, env=folding).stdout.splitlines()
    assert lines[2:4] == [
        "1 that are another page by the settings, mended",
        "  www.example.com/b -> example.com/b",
    ]
    assert "1 that are no pages; left as they are" in lines
    assert (
        "  blog: this is no page: a host has a dot, such as example.com, or a port"
        in lines
    )
    with Redis(unix_socket_path=str(valkey_socket), decode_responses=True) as redis:
        assert redis.get(PAGE.total) == "3"
        assert redis.get(KEYS.page("blog").total) == "3"


def test_marks_of_imports_that_were_cut_off_are_told(
    valkey_url: str, valkey_socket: Path
) -> None:
    """Those that nobody needs, and those of an import that may go on."""
    with Redis(unix_socket_path=str(valkey_socket), decode_responses=True) as redis:
        for name in ("ended", "open"):
            redis.hset(PAGE.step(f"{name}.0"), "page", "example.com/b")
        redis.hset(KEYS.import_mark("ended"), "done", "2026-11-25 12:00 UTC")
        lines = run_hitsvc("repair", "--store", valkey_url).stdout.splitlines()

        assert lines[-2:] == [
            "1 marks of imports that were cut off, mended",
            "1 pages of imports that were cut off and have not gone on; run them again, "
            "or leave them",
        ]
        assert redis.ttl(PAGE.step("ended.0")) > 0
        assert redis.ttl(PAGE.step("open.0")) == -1
