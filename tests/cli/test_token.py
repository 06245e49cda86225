"""`hitsvc token`, and the token that `hitsvc serve` makes."""

import re
import stat
from pathlib import Path

import pytest

from hitsvc.access import TOKEN_FILE, TokenFile
from tests.support.commands import run_hitsvc
from tests.support.service import StartService
from tests.support.visitors import visit

SET = "0123456789abcdef0123456789abcdef"
ADDRESS = r"http://127\.0\.0\.1:8000/admin/\?code=[\w.-]+\n"


def test_a_service_makes_a_token_and_says_nothing_of_it(service: StartService) -> None:
    """In its data directory, for itself; a log is read by many."""
    running = service()
    file = TokenFile(running.data_dir / TOKEN_FILE)
    token = file.read()

    assert stat.S_IMODE(file.path.stat().st_mode) == 0o600
    assert token not in running.stderr + running.stdout
    assert "admin" not in running.stderr + running.stdout

    headers = {"Authorization": f"Bearer {token}"}
    assert visit(running.url, "/api/v1/sites", headers=headers).status == 200
    new = run_hitsvc("token", "--new", f"--data-dir={running.data_dir}")
    assert new.returncode == 0
    assert visit(running.url, "/api/v1/sites", headers=headers).status == 401
    headers = {"Authorization": f"Bearer {file.read()}"}
    assert visit(running.url, "/api/v1/sites", headers=headers).status == 200


def test_an_address_is_printed(tmp_path: Path) -> None:
    """Another code each time; a token is made if there is none yet."""
    first, second = (run_hitsvc("token", f"--data-dir={tmp_path}") for _ in range(2))

    assert re.fullmatch(ADDRESS, first.stdout)
    assert "once, within 60 minutes" in first.stderr
    assert first.stdout != second.stdout
    assert (tmp_path / TOKEN_FILE).exists()


@pytest.mark.parametrize(
    ("options", "environment", "site"),
    [
        (["--url=https://h.example/"], {}, "https://h.example/admin/"),
        ([], {"HITSVC_BIND": "0.0.0.0:81"}, "http://127.0.0.1:81/admin/"),
        ([], {"HITSVC_BIND": "[::1]:81"}, "http://[::1]:81/admin/"),
        ([], {"HITSVC_BASE_PATH": "/s"}, "http://127.0.0.1:8000/s/admin/"),
    ],
)
def test_the_address_is_the_services(
    options: list[str], environment: dict[str, str], site: str
) -> None:
    """As this computer calls it, or as is said."""
    given = {"HITSVC_ADMIN_TOKEN": SET} | environment

    assert run_hitsvc("token", *options, env=given).stdout.startswith(f"{site}?code=")


def test_the_token_itself_is_printed_where_asked_for() -> None:
    """For programs."""
    shown = run_hitsvc("token", "--show", env={"HITSVC_ADMIN_TOKEN": SET})

    assert shown.stdout == f"{SET}\n"


def test_elsewhere_a_new_one_is_only_printed() -> None:
    """Nobody knows where its file is."""
    new = run_hitsvc("token", "--new", "--store=redis://127.0.0.1:1/0")

    assert re.fullmatch(r"[\w-]{43}\n", new.stdout)
    assert "HITSVC_ADMIN_TOKEN_FILE" in new.stderr


@pytest.mark.parametrize(
    ("options", "environment", "said"),
    [
        (["--data-dir=/none/such"], {}, "there is no data directory /none/such"),
        (["--store=redis://127.0.0.1:1/0"], {}, "there is no operator's token"),
        ([], {"HITSVC_ADMIN_TOKEN": "short"}, "HITSVC_ADMIN_TOKEN=(hidden): it can be"),
        (
            [],
            {"HITSVC_ADMIN_TOKEN": SET, "HITSVC_BIND": "unix:/x"},
            "give its public address with --url",
        ),
    ],
)
def test_what_is_missing_is_told(
    options: list[str], environment: dict[str, str], said: str
) -> None:
    """And what to do."""
    done = run_hitsvc("token", *options, env=environment)

    assert done.returncode != 0
    assert said in done.stderr
    assert "short" not in done.stderr


def test_two_tokens_that_are_one_stop_the_start() -> None:
    """Whoever may read could write."""
    same = {"HITSVC_ADMIN_TOKEN": SET, "HITSVC_ADMIN_READ_TOKEN": SET}
    done = run_hitsvc("serve", "--store=memory", "--bind=127.0.0.1:0", env=same)

    assert done.returncode == 1
    assert "HITSVC_ADMIN_READ_TOKEN is the same" in done.stderr
