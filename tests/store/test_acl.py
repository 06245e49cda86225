"""What the store's user may do is enough for the service, on each kind of store.

The users of `docker/make-secret.sh` with the commands of `docker-compose.yml`, which a test
of the composition holds equal to those in the manual.
"""

# ruff: noqa: S603, S607 - starts our own scripts

import asyncio
import os
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner
from redis import Redis
from redis.exceptions import NoPermissionError

from hitsvc.cli.main import cli
from hitsvc.cli.show import read_totals
from hitsvc.counter import HitCounter
from hitsvc.errors import CounterUnavailable
from hitsvc.settings import Settings
from hitsvc.store import check_redis, open_backend, open_store_check
from tests.support.valkey import Valkey, redis_program

ROOT = Path(__file__).parents[2]


def granted(file: Path, pattern: str) -> str:
    """Return the commands that a file allows to the service's user."""
    found = re.search(pattern, file.read_text(), re.DOTALL)
    assert found is not None
    return " ".join(found[1].split())


COMPOSE = granted(
    ROOT / "docker-compose.yml", r"APP_COMMANDS: &app-commands >-\n(.*?)\n +\w+:"
)
OPERATOR = granted(
    ROOT / "docker-compose.yml",
    r"OPERATOR_COMMANDS: &operator-commands >-\n(.*?)\n +HITSVC_\w+:",
)
MANUAL = granted(
    ROOT / "docs/stores.md", r"ACL SETUSER hitsvc [^`\n]*? -@all (\+[^`\n]*)"
)
VISITORS = granted(
    ROOT / "docs/operations.md",
    r"The store's user needs seven more commands: `([^`]*)`",
)


@pytest.fixture(name="program", params=["Valkey", "Redis"])
def _program(request: pytest.FixtureRequest) -> str | None:
    """Each store; `None` is the Valkey that comes with the service."""
    if request.param == "Valkey":
        return None
    program = redis_program()
    if program is None:
        pytest.skip("this needs Redis: apt-get install redis-tools")
    return program


@pytest.fixture(name="users")
def _users(tmp_path: Path) -> Path:
    """The directory of Compose's passwords and users."""
    subprocess.run(
        ["sh", str(ROOT / "docker/make-secret.sh"), str(tmp_path)],
        env={
            **os.environ,
            "APP_COMMANDS": COMPOSE,
            "OPERATOR_COMMANDS": OPERATOR,
            "HITSVC_KEY_PREFIX": "hits:",
        },
        check=True,
    )
    with (tmp_path / "users.acl").open("a") as users:
        users.write("user tester on nopass ~* &* +@all\n")
    return tmp_path


@pytest.fixture(name="store")
def _store(program: str | None, users: Path) -> Iterator[Valkey]:
    """A store as Compose starts it: with its configuration and its users."""
    config = users / "redis.conf"
    lines = (ROOT / "config/redis.conf").read_text().splitlines()
    # It enters that directory as it reads the line, whatever comes later.
    config.write_text("\n".join(line for line in lines if line != "dir /data"))
    store = Valkey(
        *("--aclfile", str(users / "users.acl"), "--maxmemory", "64mb"),
        program=program,
        config=config,
    )
    yield store
    store.close()


async def use(url: str) -> None:
    """Send all that the service sends."""
    counter = HitCounter(
        open_backend(url, 5),
        key_prefix="hits:",
        token_ttl_s=60,
        token_length=12,
        queue_limit=100,
    )
    try:
        hit = await counter.hit("a.example")
        again = await counter.hit("a.example", hit.token, today=True)
        assert (again.number, again.counted) == (hit.number, False)
        assert (await counter.totals("a.example", 30)).total == hit.number
        await counter.check()
    finally:
        await counter.close()
    check = open_store_check(url, 5)
    assert not (await check.report()).note
    await check.close()


def test_manual_and_compose_allow_the_same() -> None:
    """Who brings a Redis needs no more than Compose's, which may also count visitors."""
    assert f"{MANUAL} {VISITORS}" == COMPOSE


def test_compose_users_suffice(store: Valkey, users: Path) -> None:
    """The service starts, counts, reads and looks at its store, and is never refused.

    A refusal that somebody takes in silence would still be in the store's own log.
    """
    password = (users / "password").read_text()
    url = f"redis://hitsvc:{password}@127.0.0.1:{store.port}/0"
    check_redis(url)
    asyncio.run(use(url))
    assert read_totals(Settings(redis_url=url), "a.example").total == 1
    with Redis(port=store.port, username="tester", password="any") as tester:
        assert tester.acl_log() == []
        tester.execute_command("ACL", "SETUSER", "hitsvc", "-exists")
        with pytest.raises(CounterUnavailable, match="NOPERM"):
            asyncio.run(use(url))
        assert [entry["object"] for entry in tester.acl_log()] == ["exists"]


COMMANDS = [
    "set a.example/b 5",
    "add a.example/b 2 --day 2026-01-02",
    "add c.example/d 2",
    "show a.example/b --days 3",
    "top --days 30",
    "top --site a.example",
    "move a.example/b a.example/e",
    "export --output {directory}/counts.csv",
    "prune --before 2026-02-01 --yes --save {directory}/removed-1.csv",
    "reset a.example/e --yes --save {directory}/removed-2.csv",
    "delete a.example/e --yes --save {directory}/removed-3.csv",
    "delete --site c.example --yes --save {directory}/removed-4.csv",
    "import {directory}/counts.csv",
    "import {directory}/counts.csv --replace --again",
    "repair --dry-run",
    "repair",
    "doctor",
]


def test_the_operators_user_suffices(store: Valkey, users: Path) -> None:
    """Every command does what it should, and the store has refused nothing."""
    password = (users / "operator-password").read_text()
    url = f"redis://operator:{password}@127.0.0.1:{store.port}/0"
    with Redis(port=store.port, username="tester", password="any") as tester:
        for command in COMMANDS:
            ended = CliRunner().invoke(
                cli,
                command.format(directory=users).split(),
                env={
                    "HITSVC_REDIS_URL": url,
                    "HITSVC_ADMIN_REDIS_URL": url,
                    "HITSVC_TEST_NO_SKIP": None,  # no setting: doctor would wonder
                },
            )
            assert not ended.exit_code, f"{command}: {ended.output}"
            assert tester.acl_log() == [], command


@pytest.mark.parametrize(
    "command",
    ["FLUSHALL", "KEYS *", "CONFIG GET save", "GET other", "SET other 1", "SHUTDOWN"],
)
def test_the_operators_user_may_not_harm_the_store(
    store: Valkey, users: Path, command: str
) -> None:
    """It may change counts and nothing else."""
    password = (users / "operator-password").read_text()
    with (
        Redis(port=store.port, username="operator", password=password) as operator,
        pytest.raises(NoPermissionError),
    ):
        operator.execute_command(*command.split())
