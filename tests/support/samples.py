"""Reading metrics as Prometheus does."""

from typing import Any

import pytest

from tests.support.visitors import visit


def samples_of(text: str) -> dict[str, float]:
    """Parse a text with Prometheus' own parser; samples by name and labels."""
    parser: Any = pytest.importorskip(
        "prometheus_client.parser", reason="this needs the prometheus-client package"
    )
    found = {}
    for family in parser.text_string_to_metric_families(text):
        for sample in family.samples:
            labels = ",".join(f"{k}={v}" for k, v in sample.labels.items())
            name = f"{sample.name}{{{labels}}}" if labels else sample.name
            assert name not in found, "a sample is there twice"
            found[name] = sample.value
    return found


def scrape(url: str) -> dict[str, float]:
    """Ask for the metrics of a running service."""
    answer = visit(url, "/metrics", patience_s=10)
    assert answer.status == 200
    assert answer.headers["content-type"].startswith("text/plain; version=0.0.4")
    return samples_of(answer.body)
