"""`hitsvc import` and `hitsvc export` as they are typed."""

# ruff: noqa: S603 - starts our own programs

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from redis import Redis

from tests.support.commands import clean_environment, hitsvc_command, run_hitsvc
from tests.support.processes import eventually
from tests.support.stored import KEYS

PAGE = KEYS.page("example.com/b")
TEXT = "url,day,hits\nexample.com/b,2026-03-01,7\nexample.com/b,,5\nhttp://,,9\n"


@pytest.fixture(name="counts")
def _counts(tmp_path: Path) -> Path:
    """A file to import."""
    path = tmp_path / "counts.csv"
    path.write_text(TEXT)
    return path


@pytest.fixture(name="redis")
def _redis(valkey_url: str, valkey_socket: Path) -> Iterator[Any]:
    """The empty store that the commands are told of."""
    with Redis(unix_socket_path=str(valkey_socket), decode_responses=True) as redis:
        yield redis


def test_it_says_what_it_would_do_has_done_and_did_before(counts, valkey_url, redis):
    """A dry run first, then the import, then once more."""
    words = ("import", str(counts), "--store", valkey_url)
    would = run_hitsvc(*words, "--dry-run").stdout.splitlines()
    assert would[:3] == [
        "2 rows of 1 pages would be counted, +12 hits",
        "1 new pages: example.com/b",
        "1 rows with 9 hits left out",
    ]
    assert would[4].startswith("    counts.csv, line 4: http://")
    assert would[-1] == "Nothing was changed: this was a dry run."
    assert redis.keys("*") == []
    done = run_hitsvc(*words)
    assert done.stdout.splitlines()[0] == "2 rows of 1 pages counted, +12 hits"
    assert redis.get(PAGE.total) == "12"
    again = run_hitsvc(*words, "--json")
    assert again.returncode == 0
    assert json.loads(again.stdout)["imported_before"] is not None
    assert run_hitsvc(*words).stdout.count("nothing was added") == 1
    assert redis.get(PAGE.total) == "12"


def test_standard_input_a_map_and_days_are_taken(counts, valkey_url, redis, tmp_path):
    """What is piped in, under another name, only of some days."""
    names = tmp_path / "names.csv"
    names.write_text("example.com/*,new.example/*\n")
    command = hitsvc_command("import", "-", "--store", valkey_url, "--map", str(names))
    done = subprocess.run(
        [*command, "--since", "2026-01-01", "--until", "2026-12-31"],
        env=clean_environment(),
        input=TEXT,
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    assert done.stdout.startswith("1 rows of 1 pages counted, +7 hits\n")
    assert redis.get(KEYS.page("new.example/b").total) == "7"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("redis://127.0.0.1:1/0",), "--from"),
        (("redis://127.0.0.1:1/0", "--from", "vercount"), "cannot be read"),
        (("counts.csv", "--site", "a/b"), "is not a host"),
    ],
)
def test_what_cannot_be_imported_is_said_in_a_line(valkey_url, counts, words, said):
    """Without a traceback."""
    done = run_hitsvc("import", *words, "--store", valkey_url, cwd=counts.parent)
    assert done.returncode == 1
    assert said in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("name", ["out.csv", "out.ndjson.gz"])
def test_what_is_exported_comes_back(valkey_url, redis, counts, tmp_path, name):
    """By way of a file, whose name says the form."""
    run_hitsvc("import", str(counts), "--store", valkey_url)
    before = {k: redis.dump(k) for k in redis.keys("hits:{*")}
    out = tmp_path / name
    done = run_hitsvc("export", "--output", str(out), "--store", valkey_url)
    assert "2 rows in" in done.stderr
    redis.flushall()
    run_hitsvc("import", str(out), "--store", valkey_url)
    assert {k: redis.dump(k) for k in redis.keys("hits:{*")} == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["counts.csv", name]


def test_an_export_goes_to_standard_output(valkey_url, redis):
    """CSV or JSON, a site or all, and into a pipe that is closed early."""
    redis.set(PAGE.total, 7)
    redis.set(KEYS.page("other.example").total, 7)
    words = ("export", "--store", valkey_url, "--site", "example.com")
    assert run_hitsvc(*words).stdout == (
        "# hitsvc 1\nurl,day,hits\nexample.com/b,,7\n# rows 1\n"
    )
    assert json.loads(run_hitsvc(*words, "--json").stdout.splitlines()[1]) == {
        "url": "example.com/b",
        "day": None,
        "hits": 7,
    }


def test_an_export_that_cannot_be_written_leaves_nothing(valkey_url, redis, tmp_path):
    """And says why."""
    redis.set(PAGE.total, "many")
    out = tmp_path / "out.csv"
    done = run_hitsvc("export", "--output", str(out), "--store", valkey_url)
    assert (done.returncode, list(tmp_path.iterdir())) == (1, [])
    none = tmp_path / "none" / "out.csv"
    done = run_hitsvc("export", "--output", str(none), "--store", valkey_url)
    assert "cannot be written: No such file" in done.stderr


def test_a_killed_import_counts_each_row_once(valkey_url, redis, tmp_path):
    """Killed for real, three times, and run again."""
    pages = 30_000
    path = tmp_path / "many.csv"
    lines = [f"example.com/{n:06},2026-03-01,{n % 9 + 1}\n" for n in range(pages)]
    path.write_text("url,day,hits\n" + "".join(lines))
    command = hitsvc_command("import", str(path), "--store", valkey_url)
    for share in (0.05, 0.3, 0.6):
        with subprocess.Popen(
            command,
            env=clean_environment(),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        ) as process:
            eventually(
                lambda: redis.scard(KEYS.pages("example.com")) > share * pages,  # noqa: B023
                within_s=60,
            )
            process.kill()
        assert 0 < redis.scard(KEYS.pages("example.com")) < pages
        redis.delete(KEYS.lock)  # it expires
    done = run_hitsvc("import", str(path), "--store", valkey_url)
    assert "it goes on behind them" in done.stdout
    names = [KEYS.page(f"example.com/{n:06}").total for n in range(pages)]
    assert redis.mget(names) == [str(n % 9 + 1) for n in range(pages)]


def test_what_came_since_an_export_is_exported(valkey_url, redis, tmp_path):
    """With --less; a file that is not there is named."""
    first, rest = tmp_path / "first.csv.gz", tmp_path / "rest.csv"
    words = ("export", "--store", valkey_url, "--output")
    redis.set(PAGE.total, 5)
    assert run_hitsvc(*words, str(first)).returncode == 0
    redis.incrby(PAGE.total, 2)
    done = run_hitsvc(*words, str(rest), "--less", str(first))
    assert done.returncode == 0
    assert done.stderr.endswith(f"1 rows in {rest}\n")
    assert rest.read_text().splitlines()[1:3] == ["url,day,hits", "example.com/b,,2"]
    missing = run_hitsvc(*words, str(rest), "--less", "none.csv")
    assert missing.returncode == 2
    assert "--less 'none.csv': no such file" in missing.stderr
