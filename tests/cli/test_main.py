"""The command line: what its options mean, and `hitsvc show`."""

# ruff: noqa: S603 - starts our own programs

import subprocess
import sys
from pathlib import Path

import click
import pytest
from redis import Redis

from hitsvc.cli.main import cli
from hitsvc.cli.typed import usage_line
from hitsvc.serve import version
from tests.support.commands import clean_environment, free_port, run_hitsvc
from tests.support.service import StartService
from tests.support.stored import put_day, today


class TestUsage:
    """Help, version, and wrong usage."""

    def test_version(self) -> None:
        """The name and the version, nothing else."""
        result = run_hitsvc("--version")
        assert (result.returncode, result.stdout) == (
            0,
            f"hitsvc {version()}\n",
        )

    def test_help_names_the_commands_and_options(self) -> None:
        """What a newcomer looks for is there."""
        assert "serve" in run_hitsvc("--help").stdout
        options = run_hitsvc("serve", "--help").stdout
        for option in "--bind", "--workers", "--store", "--data-dir":
            assert option in options

    @pytest.mark.parametrize(
        ("arguments", "expected"),
        [
            ("serv", "serv: no such command (perhaps serve). See hitsvc --help."),
            ("qqq", "qqq: no such command. See hitsvc --help."),
            ("serve --q", "--q: no such option. See hitsvc serve --help."),
            ("top --sit x", "--sit: no such option (perhaps --site). See hitsvc top"),
            ("serve --bind", "--bind: its value is missing. See hitsvc"),
            ("show", "URL is missing. See hitsvc show --help."),
            ("prune", "--before is missing. See hitsvc prune --help."),
            ("top --csv --json", "choose --csv or --json. See hitsvc top --help."),
            ("top -n 0", "-n '0': too small. Give a whole number of at least 1"),
            (
                "show x.y --days 367",
                "--days '367': too large. Give a whole number from",
            ),
            ("set x.y many", "N 'many': not a whole number. Give a whole number of at"),
            (
                "add x.y 1.5",
                "N '1.5': not a whole number. Give a whole number, such as",
            ),
            ("add x.y 1 --day 2026-W01-1", "--day '2026-W01-1': not a day. Give a day"),
            (
                "prune --before 2999-01-01",
                "--before 2999-01-01: has not come yet. Give",
            ),
            ("top --site a.example/b", "--site 'a.example/b': not a host. Give a host"),
            (
                "top --site ftp://x",
                "--site 'ftp://x': not a host. Give a host, such as",
            ),
            ("import x --from y", "--from 'y': not known. Give hitsvc, hit-counter,"),
            (
                "serve --port 65536",
                "--port '65536': too large. Give a whole number from",
            ),
            ("serve --bind unix:/x --port 1", "--port 1: unix:/x has no port. See"),
            ("import /none", "FILE '/none': not a file. Give a file, - or the URL"),
            ("restore /none", "FILE '/none': no such file. Give a file, such as hits."),
            ("backup /", "FILE '/': a directory. Give a file, such as hits.backup."),
            ("export --output /", "--output '/': a directory. Give a file, such as"),
        ],
    )
    def test_wrong_usage_is_a_line(self, arguments: str, expected: str) -> None:
        """What was typed, what is wrong, and what is right or where to look."""
        with pytest.raises(click.ClickException) as caught:
            cli(arguments.split(), prog_name="hitsvc", standalone_mode=False)
        line = usage_line(caught.value)
        assert line.startswith(expected)
        assert line.endswith(".")
        assert caught.value.exit_code == 2

    def test_wrong_usage_is_told_on_standard_error(self) -> None:
        """In one line, with its exit code."""
        result = run_hitsvc("top", "-n", "0")
        assert (result.returncode, result.stdout) == (2, "")
        (line,) = result.stderr.splitlines()
        assert line.startswith("hitsvc: -n '0': too small. Give a whole number")

    def test_the_name_alone_is_a_question(self) -> None:
        """What there is goes to standard output, and nothing was wrong."""
        result = run_hitsvc()
        assert (result.returncode, result.stderr) == (0, "")
        assert "serve" in result.stdout

    @pytest.mark.parametrize(
        ("arguments", "env", "expected"),
        [
            pytest.param(["--workers=-1"], {}, "--workers '-1'", id="option"),
            pytest.param(
                [],
                {"HITSVC_COOKIE_TIMEOUT": "soon"},
                "HITSVC_COOKIE_TIMEOUT='soon'",
                id="variable",
            ),
            pytest.param(["--store=http://x"], {}, "--store (hidden)", id="store"),
        ],
    )
    def test_a_wrong_setting_is_code_1(
        self, arguments: list[str], env: dict[str, str], expected: str
    ) -> None:
        """One line names the setting and the value."""
        result = run_hitsvc("serve", *arguments, env=env)
        assert (result.returncode, result.stdout) == (1, "")
        (line,) = result.stderr.splitlines()
        assert line.startswith(f"hitsvc: {expected}: ")

    @pytest.mark.parametrize(
        ("url", "is_seen"),
        [
            pytest.param("redis://me:secret@127.0.0.1:1/0", True, id="of a user"),
            pytest.param("redis://:secret@127.0.0.1:1/0", True, id="alone"),
            pytest.param("redis://127.0.0.1:1/0?password=secret", True, id="query"),
            pytest.param("redis://me@127.0.0.1:1/0", False, id="none"),
        ],
    )
    def test_a_password_that_others_can_read_is_told_about(
        self, url: str, is_seen: bool
    ) -> None:
        """On the command line everybody sees it (ps); in the environment nobody does."""
        elsewhere = "--bind=192.0.2.1:8000"  # stops the start after that
        seen = run_hitsvc("serve", elsewhere, f"--store={url}")
        unseen = run_hitsvc("serve", elsewhere, env={"HITSVC_REDIS_URL": url})

        assert ("HITSVC_REDIS_URL_FILE" in seen.stderr) == is_seen
        assert "HITSVC_REDIS_URL_FILE" not in unseen.stderr
        assert "secret" not in seen.stderr + unseen.stderr

    def test_a_wrong_template_is_one_line(self, tmp_path: Path) -> None:
        """What only the app can judge stops the start, before any worker runs."""
        template = tmp_path / "badge.svg"
        template.write_text("<svg/>")
        result = run_hitsvc(
            "serve",
            f"--bind=127.0.0.1:{free_port()}",
            f"--data-dir={tmp_path / 'data'}",
            env={"HITSVC_SVG_TEMPLATE": str(template)},
        )
        assert (result.returncode, result.stdout) == (1, "")
        (line,) = result.stderr.splitlines()
        assert "{count}" in line

    def test_a_start_needs_no_slow_import_before_the_store(self) -> None:
        """The store starts before the web server's modules are read."""
        code = "import sys, hitsvc.cli.serve, hitsvc.serve.keeper; print(*sys.modules)"
        modules = subprocess.run(
            [sys.executable, "-c", code],
            env=clean_environment(),
            capture_output=True,
            text=True,
            check=True,
        ).stdout.split()
        assert {"falcon", "redis", "gunicorn", "uvicorn"} & {*modules} == set()


class TestShow:
    """`hitsvc show URL`."""

    def test_prints_key_total_and_today(
        self, valkey_url: str, valkey_socket: Path
    ) -> None:
        """Of the Redis that `--store` names, for any way to write the URL."""
        with Redis(unix_socket_path=str(valkey_socket)) as client:
            client.set("hits:{example.com/b}", 7)
            put_day(client, "example.com/b", today(), 3)
            put_day(client, "example.com/b", today(1), 4)
        result = run_hitsvc("show", "HTTPS://Example.com/b/?x", f"--store={valkey_url}")
        assert (result.returncode, result.stdout) == (0, "example.com/b 7 3\n")

    def test_prints_zero_for_a_page_without_hits(self, valkey_url: str) -> None:
        """And does not count."""
        for _ in range(2):
            result = run_hitsvc(
                "show", "example.com", env={"HITSVC_REDIS_URL": valkey_url}
            )
            assert (result.returncode, result.stdout) == (0, "example.com 0 0\n")

    @pytest.mark.service
    def test_asks_the_running_embedded_store(self, service: StartService) -> None:
        """It is found by the data directory."""
        running = service()
        running.count()
        result = run_hitsvc("show", "example.com", f"--data-dir={running.data_dir}")
        assert (result.returncode, result.stdout) == (0, "example.com 1 1\n")

    @pytest.mark.parametrize(
        ("arguments", "expected"),
        [
            pytest.param(
                ["example.com"], "no embedded store runs on ", id="not running"
            ),
            pytest.param(
                ["example.com", "--store=memory"], "the memory store", id="memory store"
            ),
            pytest.param(
                ["example.com", "--store=redis://127.0.0.1:1"],
                "Redis at redis://127.0.0.1:1 cannot be reached",
                id="unreachable",
            ),
            pytest.param(
                ["ftp://example.com"], "URL: only http and https", id="not a web page"
            ),
            pytest.param([""], "URL: this is no URL: it has no host", id="blank"),
        ],
    )
    def test_says_in_one_line_what_is_wrong(
        self, tmp_path: Path, arguments: list[str], expected: str
    ) -> None:
        """And ends with code 1."""
        result = run_hitsvc("show", *arguments, cwd=tmp_path)
        assert (result.returncode, result.stdout) == (1, "")
        (line,) = result.stderr.splitlines()
        assert line.startswith(f"hitsvc: {expected}")
