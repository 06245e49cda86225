"""config/gunicorn.conf.py: a file that gunicorn reads, and `hitsvc serve` as well."""

import os
import runpy
from pathlib import Path
from typing import Any

import pytest
from gunicorn.app.base import Application  # type: ignore[import-untyped]
from gunicorn.config import Config  # type: ignore[import-untyped]

import hitsvc
from hitsvc.http1 import Limits
from hitsvc.serve.cpus import usable_cpus
from hitsvc.serve.server import configuration_file
from hitsvc.settings import Settings
from tests.support.commands import IS_COMPILED

FILE = Path(__file__).parents[2] / "config" / "gunicorn.conf.py"
# What the file has of its own, beside gunicorn's names and what it imports.
OURS = {"request_bytes", "request_seconds", "unread_seconds"}


def values(**variables: str) -> dict[str, Any]:
    """Run the file with settings; return what it sets."""
    settings = Settings.load(variables)
    return runpy.run_path(str(FILE), init_globals={"settings": settings})


class Reader(Application):  # type: ignore[misc]
    """Reads a file the way gunicorn does."""

    def load_config(self) -> None:
        """Read ours."""
        self.load_config_from_file(str(FILE))


def test_a_checkout_has_one_file():
    """It is found beside the package; an installed package has it inside."""
    inside = Path(hitsvc.__file__).with_name("gunicorn.conf.py")
    assert configuration_file() == (inside if IS_COMPILED else FILE)
    assert '"config/gunicorn.conf.py" = "hitsvc/gunicorn.conf.py"' in (
        FILE.parents[1] / "pyproject.toml"
    ).read_text(encoding="utf-8")


def test_gunicorn_reads_it():
    """Every value is one that gunicorn takes, without our help."""
    cfg = Reader().cfg

    assert (cfg.keepalive, cfg.worker_connections) == (75, 8192)
    assert cfg.control_socket_disable is True


def test_no_name_is_misspelt():
    """Gunicorn ignores names that it does not know."""
    known = set(Config().settings) | OURS
    set_here = {
        line.partition(" = ")[0]
        for line in FILE.read_text(encoding="utf-8").splitlines()
        if line[:1].isalpha() and " = " in line and not line.startswith("settings")
    }

    assert set_here - known == set()
    assert set_here >= OURS | {"workers", "worker_connections", "graceful_timeout"}


@pytest.mark.parametrize(
    ("variables", "workers"),
    [
        pytest.param({}, usable_cpus(), id="one each CPU"),
        pytest.param({"HITSVC_WORKERS": "3"}, 3, id="as set"),
        pytest.param(
            {"HITSVC_WORKERS": "3", "HITSVC_REDIS_URL": "memory"}, 1, id="memory"
        ),
    ],
)
def test_workers(variables, workers):
    """The memory store has one, since each would count for itself."""
    assert values(**variables)["workers"] == workers


def test_settings_reach_gunicorn():
    """What can be set by a variable is."""
    given = values(
        HITSVC_MAX_CONNECTIONS="7", HITSVC_LOG_LEVEL="error", HITSVC_LOG_FORMAT="json"
    )

    assert (given["worker_connections"], given["loglevel"]) == (7, "error")
    assert given["logconfig_dict"]["handlers"]["log"]["formatter"] == "json"


def test_limits_are_those_of_the_protocol():
    """Its defaults and the file agree."""
    given = values()

    assert Limits() == Limits(
        given["request_bytes"], given["request_seconds"], given["unread_seconds"]
    )


def test_stopping_is_faster_than_compose_is_patient():
    """Workers that finish their answers are not killed half-way."""
    compose = (FILE.parents[1] / "docker-compose.yml").read_text(encoding="utf-8")

    assert values()["graceful_timeout"] < 45
    assert "stop_grace_period: 45s" in compose


def test_a_disk_does_not_delay_signs_of_life():
    """They are in memory where there is such a place."""
    in_memory = os.access("/dev/shm", os.W_OK)  # noqa: S108 - only looked at

    assert values()["worker_tmp_dir"] == ("/dev/shm" if in_memory else None)  # noqa: S108
