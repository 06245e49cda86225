"""The operator's port, with a store that is as a test wants it."""

import asyncio
from collections.abc import Mapping
from typing import Any

import pytest
from falcon import testing

from hitsvc import __version__
from hitsvc.errors import CounterUnavailable
from hitsvc.metrics import Board, Rows, Tally
from hitsvc.operator_port import (
    StoreWatch,
    create_operator_app,
    open_store_watch,
)
from hitsvc.settings import Settings
from hitsvc.store.check import StoreCheck
from hitsvc.store.description import describe
from tests.support.samples import samples_of

INFO = {
    "redis_version": "7.4.1",
    "aof_enabled": "1",
    "used_memory": "600000",
    "maxmemory": "1000000",
    "maxmemory_policy": "volatile-ttl",
}


class Store:
    """A counter and a check in one."""

    def __init__(self) -> None:
        self.info_said: Mapping[str, str] = INFO
        self.takes_writes = self.describes_itself = True
        # Of a cluster: what is wrong with each, and what it says.
        self.nodes: dict[str, tuple[str, Mapping[str, str]]] = {}
        self.probes = 0
        self.closed = 0

    async def check(self) -> Mapping[str, str]:
        """Be probed."""
        self.probes += 1
        if self.nodes:
            return {name: trouble for name, (trouble, _) in self.nodes.items()}
        if not self.takes_writes:
            msg = "Redis refused: OOM"
            raise CounterUnavailable(msg)
        return {"": ""}

    async def report(self) -> Any:
        """Say what it is."""
        if not self.describes_itself:
            msg = "Redis cannot be reached"
            raise CounterUnavailable(msg)
        return describe(self.info_said)

    async def infos(self) -> Mapping[str, Mapping[str, str]]:
        """Say all."""
        if self.nodes:
            return {name: info for name, (_, info) in self.nodes.items()}
        return {"": self.info_said}

    async def close(self) -> None:
        """Note it."""
        self.closed += 1


class Clock:
    """A clock that a test moves."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        """Tell the time."""
        return self.now


class Port:
    """An operator's port.

    Attributes:
        store: What it watches.
        board: What it shows.
        rows: Where workers get their rows.
        clock: How it knows when to ask again.
    """

    def __init__(self) -> None:
        """Open it, with one worker."""
        self.store, self.clock = Store(), Clock()
        self.board = Board(4)
        self.rows = Rows(self.board)
        self.rows.give(self.rows.take() or 0, 1)
        store: Any = self.store
        watch = StoreWatch(store, store, self.clock)
        self.is_going = False
        app = create_operator_app(self.board, watch, lambda: self.is_going)
        self.client = testing.TestClient(app)

    def metrics(self) -> dict[str, float]:
        """Ask for the numbers."""
        self.clock.now += 60
        return samples_of(self.client.get("/metrics").text)

    def readiness(self) -> tuple[int, list[str]]:
        """Ask how it is."""
        self.clock.now += 60
        answer = self.client.get("/readyz")
        return answer.status_code, answer.text.splitlines()


@pytest.fixture(name="port")
def _port() -> Port:
    return Port()


def test_a_good_service_is_ready(port):
    """With what an operator may want to know, a line each."""
    assert port.readiness() == (
        200,
        [
            "ready",
            f"version: {__version__}",
            "workers: 1",
            "store: Redis 7.4.1, append-only file on",
            "memory: 60% full: 1 MB of 1 MB",
            "last failed batch: never",
        ],
    )


def test_metrics_tell_the_same(port):
    """As numbers."""
    numbers = port.metrics()

    assert numbers["hitsvc_workers"] == 1
    assert numbers["hitsvc_store_up"] == 1
    assert numbers["hitsvc_store_used_bytes"] == 600_000
    assert numbers["hitsvc_store_limit_bytes"] == 1_000_000
    assert numbers["hitsvc_store_used_ratio"] == 0.6
    assert numbers["hitsvc_store_full"] == 0
    assert numbers["hitsvc_store_warnings"] == 0
    assert numbers["process_start_time_seconds"] == port.board.began
    (build,) = [name for name in numbers if name.startswith("hitsvc_build_info")]
    assert f"version={__version__}" in build


def test_a_store_that_takes_no_writes_is_not_ready(port):
    """Though it answers: full, or a replica."""
    port.store.takes_writes = False

    status, lines = port.readiness()

    assert (status, lines[0]) == (503, "not ready: Redis refused: OOM")
    assert port.metrics()["hitsvc_store_up"] == 0
    assert port.metrics()["hitsvc_store_used_ratio"] == 0.6


@pytest.mark.parametrize("takes_writes", [True, False])
def test_of_a_store_that_is_away_nothing_is_known(port, takes_writes):
    """What was true before is not shown; a number that is not known is no 0."""
    port.store.describes_itself, port.store.takes_writes = False, takes_writes

    status, lines = port.readiness()
    numbers = port.metrics()

    assert status == 503
    assert lines[0].startswith("not ready: Redis ")
    assert lines[3:5] == ["store: does not answer", "memory: not known"]
    assert [name for name in numbers if name.startswith("hitsvc_store_u")] == [
        "hitsvc_store_up"
    ]
    assert numbers["hitsvc_store_up"] == 0


def test_without_workers_it_is_not_ready(port):
    """Nobody would answer a visitor."""
    port.rows.release(())

    status, lines = port.readiness()

    assert (status, lines[0]) == (503, "not ready: there is no worker")
    assert port.metrics()["hitsvc_workers"] == 0


def test_warnings_are_lines_and_a_number(port):
    """Each says what to do, as the log does at the start."""
    port.store.info_said = INFO | {"aof_enabled": "0", "redis_version": "5.0"}

    _, lines = port.readiness()

    warnings = [line for line in lines if line.startswith("warning: ")]
    assert len(warnings) == port.metrics()["hitsvc_store_warnings"] == 2
    assert "too old" in warnings[0]
    assert "append-only" in warnings[1]


def test_a_store_that_does_not_describe_itself(port):
    """As with users that may not send INFO: it counts, and its memory is not known."""
    port.store.info_said = {}

    status, lines = port.readiness()

    assert (status, lines[0]) == (200, "ready")
    assert "memory: not known" in lines
    assert "hitsvc_store_used_bytes" not in port.metrics()


@pytest.mark.parametrize(("used", "full"), [(900_000, 0), (900_001, 1)])
def test_full_is_what_refuses_new_pages(port, used, full):
    """Above nine tenths."""
    port.store.info_said = INFO | {"used_memory": str(used)}

    assert port.metrics()["hitsvc_store_full"] == full


def test_the_last_failure_has_a_time(port):
    """In UTC."""
    tally = Tally(port.board.row(0), clock=lambda: 1_795_000_000)

    async def send(_operations: Any) -> Any:
        msg = "away"
        raise CounterUnavailable(msg)

    async def fail() -> None:
        await tally.watch(send)([])

    with pytest.raises(CounterUnavailable):
        asyncio.run(fail())

    assert "last failed batch: 2026-11-18T11:06:40Z" in port.readiness()[1]


def test_the_store_is_asked_once_a_second_at_most(port):
    """However many ask us."""
    for _ in range(5):
        port.client.get("/readyz")
        port.client.get("/metrics")
    assert port.store.probes == 1

    port.clock.now += 1
    port.client.get("/metrics")
    assert port.store.probes == 2


@pytest.mark.parametrize("path", ["/metrics", "/readyz"])
def test_head_is_answered_without_a_body(port, path):
    """As some probes ask."""
    answer = port.client.head(path)

    assert (answer.status_code, answer.content) == (200, b"")


@pytest.mark.parametrize("path", ["/metrics", "/readyz"])
def test_nothing_can_be_written(port, path):
    """It shows, and takes nothing."""
    for method in ("POST", "PUT", "PATCH", "DELETE"):
        assert port.client.simulate_request(method, path).status_code == 405


@pytest.mark.parametrize("path", ["/", "/count", "/healthz", "/metrics/x"])
def test_nothing_else_is_there(port, path):
    """Visitors' addresses are not."""
    assert port.client.get(path).status_code == 404


@pytest.mark.parametrize("path", ["/metrics", "/readyz"])
def test_no_cache_keeps_it(port, path):
    """It is true now."""
    assert "no-store" in port.client.get(path).headers["cache-control"]


async def test_connections_end_with_it():
    """Those of the counter and of the check."""
    store: Any = Store()
    watch = StoreWatch(store, store)

    await watch.process_shutdown({}, {})

    assert store.closed == 2


def test_of_a_cluster_each_primary_is_told(port):
    """Those that take writes are enough to be ready; the others are warnings."""
    port.store.nodes = {
        "h:1": ("", INFO),
        "h:2": ("it hangs", INFO | {"maxmemory": "0"}),
    }

    status, lines = port.readiness()

    assert (status, lines[0]) == (200, "ready")
    assert "warning: the pages at h:2 cannot be counted: it hangs" in lines
    assert "memory at h:1: 60% full: 1 MB of 1 MB" in lines
    assert "memory at h:2: 1 MB of counters, without a limit" in lines
    samples = port.metrics()
    assert samples["hitsvc_store_node_up{node=h:1}"] == 1
    assert samples["hitsvc_store_node_up{node=h:2}"] == 0
    assert samples["hitsvc_store_limit_bytes{node=h:1}"] == 1_000_000


async def test_a_store_in_memory_is_watched():
    """It is there as long as the process is, and says that it forgets."""
    watch = open_store_watch(Settings.load({"HITSVC_REDIS_URL": "memory"}))

    state = await watch.look()
    await watch.process_shutdown({}, {})

    assert (state.trouble, state.fills) == ("", {})
    assert len(state.warnings) == 1


def test_the_check_is_the_one_of_the_start():
    """What this file imitates has these methods."""
    assert {"report", "infos", "close"} <= set(dir(StoreCheck))


def test_who_was_told_to_stop_is_not_ready(port):
    """However well the store is."""
    port.is_going = True

    status, lines = port.readiness()

    assert status == 503
    assert lines[0] == "not ready: it was told to stop, and answers until then"
