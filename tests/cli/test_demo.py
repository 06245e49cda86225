"""`hitsvc demo` from outside: what it shows, and that nothing of it stays."""

# ruff: noqa: S603 - starts our own programs

import json
import re
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from redis import Redis

from hitsvc.demo import PAGES, SHOWCASE
from tests.support.commands import (
    clean_environment,
    free_port,
    hitsvc_command,
    run_hitsvc,
)
from tests.support.processes import alive, eventually, kill, working_in
from tests.support.visitors import visit

pytestmark = [
    pytest.mark.service,
    pytest.mark.skipif(sys.platform != "linux", reason="looks at processes in /proc"),
]


class Demo:
    """A running demonstration.

    Attributes:
        url: Where it listens.
        temporary: Where this system has temporary files, as it was told.
        process: The process that was started.
    """

    def __init__(self, work_dir: Path, temporary: Path, *options: str, **env: str):
        """Start it."""
        self.url = f"http://127.0.0.1:{free_port()}"
        self.temporary = temporary
        self._seen: set[str] = set()
        self._work_dir, self._output = work_dir, work_dir / "output"
        with self._output.open("w") as output:
            self.process = subprocess.Popen(
                hitsvc_command(
                    "demo", f"--port={self.url.rpartition(':')[2]}", *options
                ),
                env=clean_environment(TMPDIR=str(temporary), **env),
                cwd=work_dir,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )

    @property
    def output(self) -> str:
        """What it has said."""
        return self._output.read_text(encoding="utf-8")

    def up(self) -> "Demo":
        """Wait until it answers."""
        eventually(self._answers, within_s=30)
        return self

    def _answers(self) -> bool:
        assert self.process.poll() is None, self.output
        assert self.pids
        try:
            return visit(self.url, "/readyz").status == 200
        except OSError:
            return False

    def total(self) -> int:
        """Add up all its pages."""
        body = json.dumps([page.key for page in PAGES])
        answer = visit(self.url, "/nocount.json", method="POST", body=body)
        return sum(page["total"] for page in json.loads(answer.body))

    def announced(self) -> int:
        """Return how many views it says there are."""
        found = re.search(r"([\d,]+) views since \d+ \w+ \d{4}", self.output)
        assert found
        return int(found[1].replace(",", ""))

    @property
    def files(self) -> list[str]:
        """Name what it has in the place for temporary files."""
        return [path.name for path in self.temporary.iterdir()]

    def is_gone(self) -> bool:
        """Tell whether no process of it and none of its files is left."""
        self.process.poll()
        return self.pids == [] and self.files == []

    @property
    def pids(self) -> list[int]:
        """Every process of it: the store works in a directory that may be gone."""
        self._seen |= {str(path) for path in self.temporary.iterdir()}
        stores = [Path(path + end) for path in self._seen for end in ("", " (deleted)")]
        return working_in(self._work_dir, *stores)

    def close(self) -> None:
        """End it, and see that it is gone."""
        try:
            if self.process.poll() is None:
                self.process.terminate()
                self.process.wait(timeout=20)
            eventually(self.is_gone)
        finally:
            for pid in self.pids:
                kill(pid)
            self.process.wait(timeout=5)


@pytest.fixture(name="demo")
def _demo(tmp_path: Path) -> Iterator[Any]:
    """Start demonstrations; at the end each is gone without a trace."""
    with ExitStack() as stack:

        def start(*options: str, **env: str) -> Demo:
            work_dir = tmp_path / "work"
            work_dir.mkdir()
            # A socket's path is short, and pytest's are not.
            temporary = stack.enter_context(tempfile.TemporaryDirectory())
            demo = Demo(work_dir, Path(temporary), *options, **env)
            stack.callback(demo.close)
            return demo

        yield start


def test_its_addresses_show_pages(demo: Any) -> None:
    """Each that it prints, and the dashboard by its code."""
    running = demo("--still").up()
    addresses = re.findall(r"  ([a-z ]+?)  +(http\S+)$", running.output, re.MULTILINE)

    assert [name for name, _ in addresses] == [
        *("make a badge", "a page", "a site", "dashboard")
    ]
    for name, address in addresses:
        path = address.removeprefix(running.url)
        status = visit(running.url, path).status
        assert (name, status) == (name, 200)
    assert running.total() == running.announced() > 300_000


def test_views_come_while_it_runs(demo: Any) -> None:
    """The first one at once."""
    running = demo().up()

    eventually(lambda: running.total() > running.announced())


@pytest.mark.parametrize("signum", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_stop_removes_everything(demo: Any, signum: int) -> None:
    """When the command has ended, it is all gone."""
    running = demo().up()
    running.process.send_signal(signum)

    assert running.process.wait(timeout=20) == 0
    assert running.files == []
    assert running.output.endswith("The demo has removed all that it made.\n")


@pytest.mark.parametrize("signum", [signal.SIGINT, signal.SIGTERM])
def test_a_stop_before_it_is_up_removes_everything(demo: Any, signum: int) -> None:
    """While it still makes up numbers, with the signal's code."""
    running = demo()
    eventually(lambda: any(running.temporary.glob("*/lock")))
    running.process.send_signal(signum)

    assert running.process.wait(timeout=20) == 128 + signum
    eventually(running.is_gone)


def test_a_kill_leaves_nothing(demo: Any) -> None:
    """Who cannot clean up any more has somebody who does."""
    running = demo().up()
    kill(running.process.pid)

    eventually(running.is_gone)


def test_it_does_not_touch_what_is_the_users(
    demo: Any, tmp_path: Path, valkey_url: str, valkey_socket: Path
) -> None:
    """Whatever the environment says, of a store, a directory, a token or a platform."""
    mine = tmp_path / "mine"
    mine.mkdir()
    (mine / "lock").touch()
    with Redis(unix_socket_path=str(valkey_socket)) as client:
        client.set("hits:{example.com}", 7)
        # It would clear its own by another name, too.
        client.config_resetstat()
    running = demo(
        HITSVC_REDIS_URL=valkey_url,
        HITSVC_ADMIN_REDIS_URL=valkey_url,
        HITSVC_DATA_DIR=str(mine),
        HITSVC_KEY_PREFIX="mine:",
        HITSVC_ADMIN_TOKEN="x",
        HITSVC_STATS="off",
        HITSVC_TIMEZONE="Asia/Tokyo",
        REDIS_URL=valkey_url,
        PORT="1",
    ).up()
    page = visit(running.url, f"/p/{SHOWCASE}")
    running.close()

    with Redis(unix_socket_path=str(valkey_socket)) as client:
        assert client.keys("*") == [b"hits:{example.com}"]
        assert set(client.info("commandstats")) <= {"cmdstat_config|resetstat"} | {
            *("cmdstat_client|setinfo", "cmdstat_keys", "cmdstat_info", "cmdstat_hello")
        }
    assert page.status == 200
    assert "days are in UTC" in page.body
    assert "WARNING" not in running.output
    assert [path.name for path in mine.iterdir()] == ["lock"]
    assert [path.name for path in (tmp_path / "work").iterdir()] == ["output"]


def test_a_port_that_is_taken_is_told(demo: Any) -> None:
    """With another one, before numbers are made up; nothing stays."""
    running = demo("--still").up()
    port = running.url.rpartition(":")[2]
    with tempfile.TemporaryDirectory() as temporary:
        second = run_hitsvc("demo", f"--port={port}", env={"TMPDIR": temporary})
        left = list(Path(temporary).iterdir())

    assert (second.returncode, second.stdout, left) == (1, "", [])
    assert f"cannot listen on 127.0.0.1:{port}: it is taken by" in second.stderr
    assert "Try --bind" in second.stderr
    assert alive(running.process.pid)


@pytest.mark.parametrize(
    ("options", "env", "expected"),
    [
        (["--bind=unix:/x"], {}, "--bind 'unix:/x': a browser cannot open it. Give HO"),
        (
            [],
            {"HITSVC_BIND": "unix:/x"},
            "HITSVC_BIND 'unix:/x': a browser cannot open",
        ),
        (["--bind=8x41"], {}, "--bind '8x41': "),
        (["--workers=-1"], {}, "--workers '-1': "),
        (["--seed=x"], {}, "--seed 'x': not a whole number. Give a whole number from"),
        (["--store=memory"], {}, "--store: a demo has a store of its own"),
    ],
)
def test_what_is_wrong_is_told(
    options: list[str], env: dict[str, str], expected: str
) -> None:
    """In one line."""
    result = run_hitsvc("demo", *options, env=env)

    assert result.returncode in {1, 2}
    (line,) = result.stderr.splitlines()
    assert line.startswith(f"hitsvc: {expected}")
