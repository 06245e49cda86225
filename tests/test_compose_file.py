"""docker-compose.yml as text: what can be known without a Docker engine."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml  # type: ignore[import-untyped]

ROOT = Path(__file__).parents[1]
SERVICES: dict[str, dict[str, Any]] = yaml.safe_load(
    (ROOT / "docker-compose.yml").read_text()
)["services"]
REPLICAS: dict[str, dict[str, Any]] = yaml.safe_load(
    (ROOT / "deploy" / "compose" / "docker-compose.yml").read_text()
)["services"]
# Those that are there only, and not taken from the other file.
OWN = {name: one for name, one in REPLICAS.items() if "extends" not in one}
ALL = SERVICES | OWN
MANUAL = (ROOT / "docs" / "operations.md").read_text()

_DEFAULT = re.compile(r"\$\{(\w+):-(.*?)\}")
_UNITS = {"k": 1024, "m": 1024**2, "g": 1024**3}


def in_bytes(text: str) -> int:
    """Read a size, or the default of a variable that holds one."""
    text = _DEFAULT.sub(r"\2", text)
    return int(text.rstrip("kmgb")) * _UNITS[text.rstrip("b")[-1]]


@pytest.mark.parametrize("name", ALL)
class TestLimits:
    """No container takes the machine along."""

    def test_memory_and_processes_are_bounded(self, name: str) -> None:
        """In the words that both Compose 1.29 and 2 heed."""
        service = ALL[name]

        assert in_bytes(service["mem_limit"]) >= _UNITS["m"] * 64
        assert 0 < service["pids_limit"] <= 512
        assert "deploy" not in service

    def test_the_processor_is_shared_by_weight(self, name: str) -> None:
        """A bound in `cpus` above what a machine has would stop the start."""
        assert ALL[name]["cpu_shares"] > 0
        assert "cpus" not in ALL[name]


def test_the_store_goes_before_the_app() -> None:
    """It gets more of the CPU, and the kernel ends it last."""
    app, store = SERVICES["app"], SERVICES["store"]

    assert store["cpu_shares"] > app["cpu_shares"]
    assert store.get("oom_score_adj", 0) < app["oom_score_adj"]


def test_the_store_has_room_for_a_copy_of_its_data() -> None:
    """A save or a rewrite may need as much again as all counters."""
    store = SERVICES["store"]
    data = in_bytes(store["environment"]["MAXMEMORY"])

    assert in_bytes(store["mem_limit"]) >= 2 * data


def test_limits_stand_in_the_manual() -> None:
    """Each variable with its default."""
    for service in SERVICES.values():
        for variable, default in _DEFAULT.findall(str(service["mem_limit"])):
            assert f"| `{variable}` | `{default}` |" in MANUAL


@pytest.mark.parametrize("name", [name for name in OWN if name.startswith("app")])
class TestReplicas:
    """The instances of deploy/compose, beside the only one of docker-compose.yml."""

    def test_one_is_like_the_other(self, name: str) -> None:
        """But for what several need."""
        differ = {
            "ports",
            "networks",
            "environment",
            "env_file",
            "healthcheck",
            "build",
        }

        def alike(service: dict[str, Any]) -> dict[str, Any]:
            return {key: value for key, value in service.items() if key not in differ}

        assert alike(OWN[name]) == alike(SERVICES["app"])
        assert (
            OWN[name]["healthcheck"]["test"] == SERVICES["app"]["healthcheck"]["test"]
        )

    def test_nobody_reaches_it_but_the_proxy(self, name: str) -> None:
        """It publishes no port."""
        assert "ports" not in OWN[name]

    def test_it_announces_its_end(self, name: str) -> None:
        """For longer than HAProxy needs to hear it."""
        said = in_bytes(OWN[name]["environment"]["HITSVC_DRAIN_SECONDS"] + "k") // 1024

        assert said >= 3
        assert said + 11 < int(OWN[name]["stop_grace_period"].rstrip("s"))
