"""The commands that look at counts and change them, as they are typed."""

import json
from contextlib import chdir
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import pytest
from click.testing import CliRunner
from redis import Redis

from hitsvc.cli.main import COMMANDS, cli
from hitsvc.counting import Day, site_of
from hitsvc.errors import HitsError
from tests.support.commands import run_hitsvc
from tests.support.service import StartService
from tests.support.stored import KEYS, put_day, today

A, B = "example.com/a", "example.com/tag/b"


@pytest.fixture(name="redis")
def _redis(valkey_socket: Path) -> Any:
    """A store with two pages: 10 hits, 3 of them today, and 5."""
    with Redis(unix_socket_path=str(valkey_socket), decode_responses=True) as redis:
        for page, total in ((A, 10), (B, 5)):
            redis.set(KEYS.page(page).total, total)
            redis.sadd(KEYS.sites, site_of(page))
            redis.sadd(KEYS.pages(site_of(page)), page)
        put_day(redis, A, today(), 3)
        put_day(redis, A, today(40), 7)
        put_day(redis, B, today(3), 5)
        yield redis


class Told(NamedTuple):
    """What a command has said, and its code."""

    returncode: int
    stdout: str
    stderr: str


@pytest.fixture(name="run")
def _run(redis: Any, valkey_url: str, tmp_path: Path) -> Any:
    """Run a command on it in this process, in an empty directory."""

    def run(*arguments: str) -> Told:
        with chdir(tmp_path):
            result = CliRunner().invoke(
                cli, arguments, env={"HITSVC_REDIS_URL": valkey_url}
            )
        if isinstance(result.exception, HitsError):
            return Told(1, result.stdout, str(result.exception))
        if result.exception and not isinstance(result.exception, SystemExit):
            raise result.exception
        return Told(result.exit_code, result.stdout, result.stderr)

    return run


def totals(redis: Any) -> dict[str, str]:
    found = {}
    for name in redis.keys("hits:{*}"):
        found[KEYS.parse(name)[0]] = redis.get(name)  # type: ignore[index]
    return found


class TestTop:
    """`hitsvc top`."""

    def test_a_table_by_total(self, run: Any) -> None:
        """With all that is summed."""
        result = run("top")
        assert result.returncode == 0
        assert [line.split() for line in result.stdout.splitlines()] == [
            ["page", "today", "7", "days", "30", "days", "total"],
            [A, "3", "3", "3", "10"],
            [B, "0", "5", "5", "5"],
        ]

    @pytest.mark.parametrize(
        ("days", "expected"), [("1", [A]), ("7", [B, A]), ("90", [A, B])]
    )
    def test_by_days(self, run: Any, days: str, expected: list[str]) -> None:
        """Any number of them; pages without hits in them are left out."""
        result = run("top", "--days", days, "--json")
        assert [p["page"] for p in json.loads(result.stdout)["pages"]] == expected

    def test_csv_of_a_site(self, run: Any) -> None:
        """As a spreadsheet reads it."""
        result = run("top", "--site", "EXAMPLE.com", "-n", "1", "--csv")
        assert result.stdout == f"page,today,7_days,30_days,total\n{A},3,3,3,10\n"

    def test_a_site_without_hits(self, run: Any) -> None:
        """Is no error."""
        result = run("top", "--site", "other.example")
        assert (result.returncode, result.stdout) == (0, "")


class TestShow:
    """`hitsvc show --days`."""

    def test_bars(self, run: Any) -> None:
        """After the line that was always there."""
        lines = run("show", A, "--days", "2").stdout.splitlines()
        assert lines[0] == f"{A} 10 3"
        assert lines[1] == f"{today(1).date}  0"
        assert lines[2].startswith(f"{today().date}  3  ##########")

    def test_json(self, run: Any) -> None:
        """The same."""
        told = json.loads(run("show", B, "--days", "4", "--json").stdout)
        assert (told["total"], told["today"], told["undated"]) == (5, 0, 0)
        assert told["days"][0] == {"day": str(today(3).date), "hits": 5}


class TestChanges:
    """What can be changed back: nothing is asked."""

    def test_set(self, run: Any, redis: Any) -> None:
        """It says both numbers."""
        assert run("set", f"https://{A}/", "20000").stdout == f"{A}: 10 -> 20,000\n"
        assert totals(redis)[A] == "20000"

    def test_add_to_a_day(self, run: Any, redis: Any) -> None:
        """And without one, below zero."""
        assert run("add", A, "5", "--day", "2024-02-29").stdout == f"{A}: 10 -> 15\n"
        assert redis.hget(KEYS.page(A).year(2024), "60") == "5"
        told = json.loads(run("add", A, "-4", "--json").stdout)
        assert told == {"page": A, "before": 15, "after": 11, "day": None}

    def test_move_to_a_new_address(self, run: Any, redis: Any) -> None:
        """It says where later hits count."""
        result = run("move", A, "example.com/new")
        assert result.stdout == "example.com/new: 0 -> 10\n"
        assert f"Later hits of {A} count there" in result.stderr
        assert totals(redis) == {"example.com/new": "10", B: "5"}

    @pytest.mark.parametrize(
        ("arguments", "code"),
        [
            pytest.param(["set", A, "-1"], 2, id="less than none"),
            pytest.param(["set", A, str(2**53 + 1)], 1, id="too many"),
            pytest.param(["add", A, "-11"], 1, id="more than there are"),
            pytest.param(["add", A, "1", "--day", "20240101"], 2, id="no day"),
            pytest.param(["add", A, "1", "--day", "2099-12-31"], 1, id="not come yet"),
            pytest.param(["move", A, A], 1, id="same page"),
            pytest.param(["move", "example.com/none", A], 1, id="no page"),
            pytest.param(["delete"], 2, id="nothing named"),
            pytest.param(["delete", A, "--site", "example.com"], 2, id="two ways"),
            pytest.param(
                ["delete", "--site", "example.com/x", "--yes"], 2, id="no host"
            ),
            pytest.param(["delete", "--match", "*", "--yes"], 1, id="everything"),
            pytest.param(["delete", "example.com/none", "--yes"], 1, id="not there"),
            pytest.param(["delete", A, "--yes", "--json", "--save", "-"], 2, id="both"),
            pytest.param(["prune", "--before", "2999-01-01", "--yes"], 2, id="future"),
            pytest.param(["prune", "--before", "2000-01-01", "--yes"], 1, id="no days"),
            pytest.param(["set", "ftp://x", "1"], 1, id="no page's URL"),
            pytest.param(["top", "--csv", "--json"], 2, id="two forms"),
            pytest.param(["top", "--days", "0"], 2, id="no days asked for"),
        ],
    )
    def test_what_cannot_be(
        self, run: Any, redis: Any, arguments: list[str], code: int
    ) -> None:
        """Is an error of a line, and changes nothing."""
        result = run(*arguments)
        assert (result.returncode, result.stdout) == (code, "")
        assert "Traceback" not in result.stderr
        assert totals(redis) == {A: "10", B: "5"}


REMOVALS = [
    pytest.param(["delete", A], {B: "5"}, 10, id="page"),
    pytest.param(
        ["delete", "--match", "example.com/tag/*"], {A: "10"}, 5, id="pattern"
    ),
    pytest.param(["delete", "--site", "example.com"], {}, 15, id="site"),
    pytest.param(["reset", A], {A: "0", B: "5"}, 10, id="reset"),
    pytest.param(
        ["prune", "--before", str(today(30).date)], {A: "10", B: "5"}, 7, id="prune"
    ),
    pytest.param(["move", A, B], {B: "15"}, 15, id="merge"),
]


class TestRemovals:
    """What cannot be undone."""

    @pytest.mark.parametrize(("arguments", "left", "saved"), REMOVALS)
    def test_it_saves_what_it_removes(
        self,
        run: Any,
        redis: Any,
        tmp_path: Path,
        arguments: list[str],
        left: dict[str, str],
        saved: int,
    ) -> None:
        """In a file of its own in this directory, named then."""
        result = run(*arguments, "--yes")
        assert result.returncode == 0, result.stderr
        assert totals(redis) == left
        (file,) = tmp_path.glob("hitsvc-removed-*.csv")
        assert file.name in result.stdout + result.stderr
        rows = [r.split(",") for r in file.read_text().splitlines() if "/" in r]
        assert sum(int(row[2]) for row in rows) == saved

    @pytest.mark.parametrize(("arguments", "left", "saved"), REMOVALS)
    def test_nothing_happens_unasked(
        self, run: Any, redis: Any, arguments: list[str], left: Any, saved: Any
    ) -> None:
        """Without a terminal, and without --yes."""
        result = run(*arguments)
        assert result.returncode == 1
        assert "--yes" in result.stderr
        assert totals(redis) == {A: "10", B: "5"}

    def test_to_standard_output(self, run: Any) -> None:
        """As where no file can be written."""
        lines = run("delete", B, "--yes", "--save", "-").stdout.splitlines()
        assert lines[2:] == [f"{B},{today(3).date},5", "# rows 1"]

    def test_a_file_that_is_there_is_kept(
        self, run: Any, redis: Any, tmp_path: Path
    ) -> None:
        """Nothing is removed either."""
        (tmp_path / "old.csv").write_text("precious")
        result = run("delete", A, "--yes", "--save", "old.csv")
        assert result.returncode == 1
        assert (tmp_path / "old.csv").read_text() == "precious"
        assert totals(redis) == {A: "10", B: "5"}

    def test_json(self, run: Any) -> None:
        """For programs."""
        told = json.loads(run("delete", A, B, "--yes", "--json").stdout)
        assert (told["pages"], told["hits"], told["refused"]) == (2, 15, [])


def test_a_store_that_forbids_says_what_to_set(
    run: Any, redis: Any, valkey_url: str
) -> None:
    """The service's own user need not be able to do this."""
    redis.acl_setuser(
        "weak",
        enabled=True,
        nopass=True,
        keys="*",
        commands=["+@read", "+ping", "+@connection"],
    )
    weak = valkey_url.replace("unix://", "unix://weak:x@")
    try:
        result = run_hitsvc("set", A, "1", env={"HITSVC_REDIS_URL": weak})
        assert result.returncode == 1
        assert "HITSVC_ADMIN_REDIS_URL" in result.stderr
        strong = {"HITSVC_REDIS_URL": weak, "HITSVC_ADMIN_REDIS_URL": valkey_url}
        assert run_hitsvc("set", A, "1", env=strong).returncode == 0
        result = run_hitsvc("set", A, "2", "--store", weak, env=strong)
        assert result.returncode == 1
    finally:
        redis.acl_deluser("weak")


def test_the_embedded_store_of_a_running_service(service: StartService) -> None:
    """Is changed beside it, and what it shows follows."""
    running = service()
    running.count()
    directory = f"--data-dir={running.data_dir}"
    assert run_hitsvc("set", "example.com", "41", directory).returncode == 0
    assert running.count() == 42


@pytest.mark.parametrize("name", COMMANDS)
def test_help_has_examples(run: Any, name: str) -> None:
    """Each on a line of its own, and it begins with the command itself."""
    text = run(name, "--help").stdout
    assert f"\n  Examples:\n    hitsvc {name}" in text
    assert "\\b" not in text


class TestTimeZone:
    """Days are those of the service, whatever this machine's settings say."""

    @pytest.fixture(autouse=True, params=["Pacific/Kiritimati", "Pacific/Niue"])
    def _zone(self, request: pytest.FixtureRequest, redis: Any) -> None:
        redis.set("hits:zone", request.param)
        self.day = datetime.now(ZoneInfo(request.param)).date()
        redis.flushdb()
        redis.set("hits:zone", request.param)
        redis.set(KEYS.page(A).total, 7)
        redis.sadd(KEYS.sites, site_of(A))
        redis.sadd(KEYS.pages(site_of(A)), A)
        put_day(redis, A, Day.of(self.day), 7)

    def test_show(self, run: Any) -> None:
        """The page, the total, and today."""
        assert run("show", A).stdout == f"{A} 7 7\n"

    def test_top(self, run: Any) -> None:
        """Today's column."""
        assert json.loads(run("top", "--json").stdout)["pages"][0]["today"] == 7

    def test_prune(self, run: Any) -> None:
        """Today has come, and tomorrow has not."""
        tomorrow = self.day + timedelta(2)
        result = run("prune", "--before", str(tomorrow), "--yes")
        assert f"--before {tomorrow}: has not come yet" in result.stderr

    def test_export(self, run: Any) -> None:
        """A day that is tomorrow elsewhere is there, too."""
        assert f"{A},{self.day},7" in run("export").stdout

    def test_import_of_a_log(self, run: Any, redis: Any, tmp_path: Path) -> None:
        """A moment falls on the day that it was there."""
        line = (
            '1.2.3.4 - - [10/Mar/2026:12:30:00 +0000] "GET /log HTTP/1.1" 200 9 "-" '
            '"Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"\n'
        )
        (tmp_path / "access.log").write_text(line)
        run("import", "access.log", "--from", "access-log", "--site", "example.com")
        noon = datetime(2026, 3, 10, 12, 30, tzinfo=UTC)
        day = Day.of(noon.astimezone(ZoneInfo(redis.get("hits:zone"))).date())
        found = redis.hgetall(KEYS.page("example.com/log").year(2026))
        assert found == {day.field: "1"}
