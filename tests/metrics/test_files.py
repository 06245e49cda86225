"""config/prometheus: alerts and a dashboard ask for what there is; so does the page."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from hitsvc.counting import Fill
from hitsvc.metrics import Board, render
from hitsvc.metrics.catalogue import FAMILIES
from hitsvc.operator_port import StoreState
from hitsvc.operator_port.create import _service, _store

ROOT = Path(__file__).parents[2]
ALERTS = ROOT / "config" / "prometheus" / "alerts.yml"
DASHBOARD = ROOT / "config" / "prometheus" / "dashboard.json"
PAGE = (ROOT / "docs" / "metrics.md").read_text("utf-8")

_NAME = re.compile(r"\b(?:hitsvc|process)_[a-z_]+\b")
_SELECTED = re.compile(r"(\bhitsvc_[a-z_]+)\{([^}]*)\}")
_EQUAL = re.compile(r'(\w+)="([^"$]*)"')


def text_of_all() -> str:
    """Return metrics with every family there is."""
    state = StoreState("Redis", "", {"h:1": ""}, {"": Fill(1, 2)}, [])
    return render(Board(1), [*_service(Board(1)), *_store(state)])


LINES = text_of_all().splitlines()
NAMES = {re.split(r"[{ ]", line)[0] for line in LINES if not line.startswith("#")}
DOCUMENTED = {line.split()[2] for line in LINES if line.startswith("# TYPE")}


def strings(value: Any) -> Iterator[str]:
    """Return every text in a structure."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for item in value.values():
            yield from strings(item)
    elif isinstance(value, list):
        for item in value:
            yield from strings(item)


def alerts() -> list[dict[str, Any]]:
    """Return the alerts."""
    yaml = pytest.importorskip("yaml", reason="this needs PyYAML")
    (group,) = yaml.safe_load(ALERTS.read_text("utf-8"))["groups"]
    rules: list[dict[str, Any]] = group["rules"]
    return rules


def expressions(what: str) -> list[str]:
    """Return what a file asks Prometheus."""
    if what == "alerts":
        return [rule["expr"] for rule in alerts()]
    dashboard = json.loads(DASHBOARD.read_text("utf-8"))
    return [text for text in strings(dashboard) if _NAME.search(text)]


@pytest.mark.parametrize("what", ["alerts", "dashboard"])
def test_only_metrics_that_exist_are_asked_for(what):
    """A misspelled one would be silent for ever."""
    asked = {name for text in expressions(what) for name in _NAME.findall(text)}

    assert asked
    assert asked <= NAMES


@pytest.mark.parametrize("what", ["alerts", "dashboard"])
def test_only_labels_that_exist_are_asked_for(what):
    """With a value that can be."""
    known = {family.name: family for family in FAMILIES}
    for text in expressions(what):
        for name, selectors in _SELECTED.findall(text):
            for label, value in _EQUAL.findall(selectors):
                if label not in {"job", "instance"}:
                    assert known[name].label == label
                    assert value in known[name].values


def test_every_family_is_drawn():
    """The dashboard leaves nothing out but what describes the service."""
    drawn = {name for text in expressions("dashboard") for name in _NAME.findall(text)}
    left_out = {
        family
        for family in DOCUMENTED
        if not any(name.startswith(family) for name in drawn)
    }

    assert left_out == {
        "hitsvc_store_full",
        "hitsvc_store_last_failure_timestamp_seconds",
        "hitsvc_store_node_up",
    }


def test_alerts_have_different_names_and_say_what_to_do():
    """Each is one line of the page, too."""
    names = [rule["alert"] for rule in alerts()]

    assert len(set(names)) == len(names)
    for rule in alerts():
        assert f"`{rule['alert']}`" in PAGE
        assert rule["labels"]["severity"] in {"critical", "warning", "info"}
        assert set(rule["annotations"]) == {"summary", "description"}


def test_panels_do_not_overlap():
    """Each has its place in the 24 columns, and a number of its own."""
    panels = json.loads(DASHBOARD.read_text("utf-8"))["panels"]
    taken = [
        (x, y)
        for panel in panels
        for at in [panel["gridPos"]]
        for x in range(at["x"], at["x"] + at["w"])
        for y in range(at["y"], at["y"] + at["h"])
    ]

    assert len(taken) == len(set(taken))
    assert max(x for x, _ in taken) < 24
    assert len({panel["id"] for panel in panels}) == len(panels)


def test_the_page_names_every_metric_and_no_other():
    """docs/metrics.md."""
    rows = re.findall(
        r"^\| `(\w+)(?:\{[^}]*\})?` \| (?:cou|gau|his)", PAGE, re.MULTILINE
    )

    assert sorted(rows) == sorted(DOCUMENTED)


@pytest.mark.parametrize(
    "family", [f for f in FAMILIES if f.label], ids=lambda family: family.name
)
def test_the_page_names_every_value_of_a_label(family):
    """In the metric's row."""
    (row,) = re.findall(rf"^\| `{family.name}{{.*$", PAGE, re.MULTILINE)

    assert [value for value in family.values if f"`{value}`" not in row] == []
