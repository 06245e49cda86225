"""What the service says of itself, to strangers and in the log."""

import logging
from collections.abc import Sequence
from typing import Any

import pytest
from falcon import testing
from falcon.asgi import App

from hitsvc.resources import Liveness, Readiness


class Counter:
    """A counter whose store answers, of a cluster all primaries but some."""

    def __init__(self) -> None:
        self.nodes = {"": ""}

    async def check(self) -> dict[str, str]:
        """Say what a test told it."""
        return self.nodes


class Check:
    """What knows a store: whatever a test tells it."""

    def __init__(self, *warnings: str) -> None:
        self.known: Sequence[str] = warnings

    async def warnings(self) -> Sequence[str]:
        """Repeat it."""
        return self.known


@pytest.fixture(name="check")
def _check() -> Check:
    """A store that can lose counts."""
    return Check("the store forgets", "the store is a replica")


class Stop:
    """Whether the service was told to stop."""

    told = False

    def __call__(self) -> bool:
        """Tell it."""
        return self.told


@pytest.fixture(name="stop")
def _stop() -> Stop:
    """It was not."""
    return Stop()


@pytest.fixture(name="counter")
def _counter() -> Counter:
    return Counter()


@pytest.fixture(name="client")
def _client(check: Any, counter: Any, stop: Stop) -> testing.TestClient:
    """A client of a service on that store."""
    app: Any = App()
    app.add_route("/healthz", Liveness(stop))
    app.add_route("/readyz", Readiness(counter, check, stop))
    return testing.TestClient(app)


def test_strangers_are_told_yes_or_no(client):
    """What is wrong with the store is its operator's affair."""
    answer = client.get("/readyz")

    assert (answer.status_code, answer.text) == (200, "ready\n")


def test_the_log_says_what_can_lose_counts(client, caplog):
    """Once, however often anybody asks."""
    for _ in range(3):
        client.get("/readyz")

    assert [(record.levelname, record.message) for record in caplog.records] == [
        ("WARNING", "the store forgets"),
        ("WARNING", "the store is a replica"),
    ]


def test_the_log_says_what_has_changed(client, check, caplog):
    """What is new, and what is over."""
    caplog.set_level(logging.INFO, "hitsvc")
    client.get("/readyz")
    caplog.clear()
    check.known = ("the store is a replica", "the store has no file")

    client.get("/readyz")

    assert caplog.messages == [
        "the store has no file",
        "no longer so: the store forgets",
    ]


def test_a_good_store_is_no_news(client, check, caplog):
    """Nothing is logged."""
    check.known = ()
    client.get("/readyz")

    assert caplog.messages == []


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
def test_who_was_told_to_stop_says_so(client, stop, path):
    """With 503, so that proxies send visitors elsewhere."""
    before = client.get(path).status_code
    stop.told = True

    after = client.get(path)

    assert before == 200
    assert (after.status_code, after.text) == (503, "draining\n")
    assert after.headers["Cache-Control"].startswith("no-")


def test_a_node_of_a_cluster_that_does_not_count_is_for_the_log(
    client, counter, caplog
):
    """Others take hits, so the service is ready."""
    counter.nodes = {"h:1": "", "h:2": "it did not answer"}
    caplog.set_level(logging.WARNING)

    answer = client.simulate_get("/readyz")

    assert (answer.status_code, answer.text) == (200, "ready\n")
    assert "the pages at h:2 cannot be counted: it did not answer" in caplog.messages
