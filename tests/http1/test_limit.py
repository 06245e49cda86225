"""The limit on connections: who stays, who goes, who is turned away."""

import resource
import subprocess
import sys
from functools import partial
from typing import Any

import pytest

from hitsvc.http1.limit import OTHER_FILES, PAUSE_S, REPEAT_S, ConnectionLimit
from hitsvc.http1.limited_protocol import LimitedProtocol
from tests.support.commands import clean_environment
from tests.support.processes import eventually
from tests.support.sockets import (
    GET,
    Client,
    Gate,
    Site,
    answers,
    hello,
    on_uvloop,
    until,
)


class Connection:
    """One that has been idle since some time, or is busy."""

    def __init__(self, idle_since: float | None) -> None:
        self.idle_since = idle_since
        self.is_dropped = False

    def drop(self) -> None:
        self.is_dropped = True


def limited(most: int):
    """Make what `Site` serves with."""
    return partial(LimitedProtocol, ConnectionLimit(most))


class TestDecision:
    """`ConnectionLimit.admit`."""

    @pytest.mark.parametrize(
        ("connections", "admits"),
        [
            pytest.param(2, True, id="the last one"),
            pytest.param(3, False, id="one too many"),
        ],
    )
    def test_there_are_as_many_as_the_limit_says(self, connections, admits):
        """If all are busy."""
        busy: Any = {Connection(None) for _ in range(connections)}

        assert ConnectionLimit(3).admit(busy) is admits
        assert len(busy) == connections

    def test_the_oldest_idle_one_makes_room(self):
        """It is dropped, and counted no more."""
        old, new, busy = Connection(1.0), Connection(2.0), Connection(None)
        connections: Any = {new, old, busy}

        assert ConnectionLimit(3).admit(connections) is True
        assert connections == {new, busy}
        assert [c.is_dropped for c in (old, new, busy)] == [True, False, False]

    def test_many_make_room_at_once(self):
        """Looking for the oldest takes time, so it is not done for each newcomer."""
        connections: Any = {Connection(float(i)) for i in range(640)}
        ConnectionLimit(640).admit(connections)

        assert min(c.idle_since for c in connections) == 20.0
        assert len(connections) == 620

    @pytest.mark.parametrize(
        ("after", "admits"),
        [
            pytest.param(0.99, False, id="in the pause"),
            pytest.param(1.01, True, id="after it"),
        ],
    )
    def test_where_none_is_idle_it_is_not_looked_for_at_once(self, after, admits):
        """Looking at all for each newcomer would be work that anybody can cause."""
        now = [1000.0]
        limit = ConnectionLimit(2, lambda: now[0])
        connections: Any = {Connection(None), Connection(None)}
        limit.admit(connections)
        for connection in connections:
            connection.idle_since = 1.0
        now[0] += after * 2 * PAUSE_S

        assert limit.admit(connections) is admits

    def test_connections_that_are_idle_alike_make_room_too(self):
        """They need not be told apart."""
        connections: Any = {Connection(1.0), Connection(1.0)}

        assert ConnectionLimit(2).admit(connections) is True

    @pytest.mark.parametrize(
        ("idle_since", "what"),
        [(1.0, "idle ones are closed"), (None, "more are answered 503")],
    )
    def test_it_is_logged_once(self, caplog, idle_since, what):
        """Not once a connection, and again after a time without need."""
        now = [1000.0]
        limit = ConnectionLimit(1, lambda: now[0])
        for seconds in (0, REPEAT_S - 1, REPEAT_S - 1, REPEAT_S):
            now[0] += seconds
            connections: Any = {Connection(idle_since)}
            limit.admit(connections)

        assert [record.getMessage() for record in caplog.records] == [
            f"a worker has 1 connections, the most it may have: {what}"
        ] * 2

    def test_below_the_limit_nothing_is_said(self, caplog):
        """And nobody is dropped."""
        idle: Any = Connection(1.0)

        assert ConnectionLimit(2).admit({idle}) is True
        assert not idle.is_dropped
        assert caplog.records == []


class TestOnSockets:
    """What clients see."""

    @staticmethod
    async def _busy(site: Site, gate: Gate) -> Client:
        client = await site.connect()
        client.send(GET)
        await until(lambda: gate.entered)
        return client

    def test_a_newcomer_is_served_instead_of_an_idle_one(self):
        """The idle one is closed without a word."""

        @on_uvloop
        async def check():
            async with Site(hello, http=limited(1)) as site:
                idle = await site.connect()
                idle.send(GET)
                await idle.read(b"hello")
                await until(lambda: site.connection.idle_since)
                newcomer = await site.connect()
                newcomer.send(GET)
                assert await newcomer.read(b"hello")
                assert await idle.rest() == b""
                assert len(site.state.connections) == 1

        check()

    def test_a_newcomer_is_turned_away_if_all_are_busy(self, caplog):
        """With a 503 that says it is the last; the busy one gets its answer."""

        @on_uvloop
        async def check():
            gate = Gate()
            async with Site(gate, http=limited(1)) as site:
                busy = await self._busy(site, gate)
                data = await (await site.connect()).rest()
                assert answers(data) == [(503, b"Service Unavailable\n")]
                assert b"\r\nconnection: close\r\n" in data
                gate.open.set()
                assert await busy.read(b"\r\n\r\n/")
                assert len(site.state.connections) == 1

        check()
        assert [record.name for record in caplog.records] == ["hitsvc.http1.limit"]

    def test_a_crowd_is_served(self):
        """Many more clients than places: each that asks at once gets its answer."""

        @on_uvloop
        async def check():
            async with Site(hello, http=limited(10)) as site:
                for _ in range(100):
                    client = await site.connect()
                    client.send(GET)
                    assert await client.read(b"hello")
                    assert len(site.state.connections) <= 10

        check()


@pytest.mark.parametrize(
    ("hard", "wanted", "fitting", "says"),
    [
        pytest.param(2000, 1000, 1000, False, id="enough"),
        pytest.param(1000 + OTHER_FILES, 1000, 1000, False, id="just enough"),
        pytest.param(999 + OTHER_FILES, 1000, 999, True, id="one too few"),
        pytest.param(64, 1000, 1, True, id="hopeless"),
    ],
)
def test_open_files_are_made_to_fit(hard, wanted, fitting, says):
    """The soft limit is raised as far as need be and may be; then there are fewer."""
    code = (
        "import resource as r; from hitsvc.http1.limit import fit_open_files;"
        f"r.setrlimit(r.RLIMIT_NOFILE, (60, {hard}));"
        f"print(fit_open_files({wanted}), r.getrlimit(r.RLIMIT_NOFILE)[0])"
    )
    done = subprocess.run(  # noqa: S603 - our own program
        [sys.executable, "-c", code],
        env=clean_environment(),
        capture_output=True,
        text=True,
        check=True,
    )
    soft = min(hard, wanted + OTHER_FILES)

    assert done.stdout.split() == [str(fitting), str(soft)]
    assert ("the limit on open files is" in done.stderr) is says


@pytest.mark.service
@pytest.mark.skipif(sys.platform != "linux", reason="sets a limit of another process")
def test_a_worker_without_descriptors_lives(service):
    """It neither spins nor ends, and serves as soon as it can."""
    running = service(store="memory")
    (worker,) = running.worker_pids
    resource.prlimit(worker, resource.RLIMIT_NOFILE, (64, 64))
    clients = [running.connect() for _ in range(100)]
    assert not running.answers()
    for client in clients:
        client.close()
    assert eventually(running.answers)
    assert running.count() == 1
    assert running.worker_pids == [worker]
