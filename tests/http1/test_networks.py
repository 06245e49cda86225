"""The limit on the connections of one network: who goes, who is turned away."""

from functools import partial
from typing import Any

import pytest

from hitsvc.http1.limit import REPEAT_S, ConnectionLimit
from hitsvc.http1.limited_protocol import LimitedProtocol
from hitsvc.http1.networks import NetworkLimit
from tests.support.sockets import (
    GET,
    Gate,
    Site,
    answers,
    get,
    hello,
    on_uvloop,
    until,
)


class Connection:
    """One that has been idle since some time, or is busy."""

    def __init__(self, idle_since: float | None = None) -> None:
        self.idle_since = idle_since
        self.is_dropped = False

    def drop(self) -> None:
        self.is_dropped = True


def by_host(client: Any) -> str | None:
    """Take the host for the network; loopback has one only here."""
    return str(client[0])


def entered(limit: NetworkLimit, name: str | None, *connections: Connection) -> None:
    for connection in connections:
        limit.enter(name, connection)  # type: ignore[arg-type]


class TestDecision:
    """`NetworkLimit`."""

    def test_a_network_has_as_many_as_the_limit_says(self):
        """If all are busy, the next is one too many."""
        limit = NetworkLimit(2, by_host)
        entered(limit, "a", Connection())
        assert limit.admit("a")
        entered(limit, "a", Connection())
        assert not limit.admit("a")

    def test_another_network_has_its_own_limit(self):
        """A full one takes nothing from it."""
        limit = NetworkLimit(1, by_host)
        entered(limit, "a", Connection())

        assert limit.admit("b")
        assert not limit.admit("a")

    def test_it_gives_up_its_own_idle_one_and_no_other(self):
        """The oldest of it, though another network's is older."""
        limit = NetworkLimit(2, by_host)
        old, new, other = Connection(2.0), Connection(3.0), Connection(1.0)
        entered(limit, "a", old, new)
        entered(limit, "b", other)

        assert limit.admit("a")
        assert [c.is_dropped for c in (old, new, other)] == [True, False, False]

    def test_who_has_no_network_is_not_limited(self):
        """Nor is it counted."""
        limit = NetworkLimit(1, by_host)
        entered(limit, None, Connection(), Connection())

        assert limit.admit(None)
        assert len(limit) == 0

    @pytest.mark.parametrize("name", ["a", "b", None])
    def test_what_leaves_makes_room_once(self, name):
        """To leave twice, or without having come, changes nothing."""
        limit = NetworkLimit(1, by_host)
        connection: Any = Connection()
        entered(limit, "a", connection)
        limit.leave(name, connection)
        limit.leave(name, connection)

        assert limit.admit("a") is (name == "a")

    def test_a_network_without_connections_is_forgotten(self):
        """Else each that ever came would cost memory."""
        limit = NetworkLimit(5, by_host)
        connections: Any = [Connection() for _ in range(3)]
        entered(limit, "a", *connections)
        for connection in connections:
            assert len(limit) == 1
            limit.leave("a", connection)

        assert len(limit) == 0

    def test_zero_is_no_limit(self):
        """No network is told from another."""
        assert NetworkLimit(0, by_host).network_of(("192.0.2.1", 1)) is None

    def test_it_is_logged_once_for_all_networks_and_names_none(self, caplog):
        """A line for each would be work that anybody can cause."""
        now = [1000.0]
        limit = NetworkLimit(1, by_host, lambda: now[0])
        for name in ("198.51.100.0/24", "203.0.113.0/24"):
            entered(limit, name, Connection())
            assert not limit.admit(name)
        now[0] += REPEAT_S
        assert not limit.admit(name)

        assert [record.getMessage() for record in caplog.records] == [
            "a network has 1 connections to a worker, the most that one may have: "
            "more are answered 503"
        ] * 2


def limited(most: int, networks: NetworkLimit) -> Any:
    """Make what `Site` serves with."""
    return partial(LimitedProtocol, ConnectionLimit(most), networks=networks)


class TestOnSockets:
    """What clients see."""

    def test_a_network_with_busy_connections_is_turned_away(self):
        """With a 503; when one has been answered, the next is served in its place."""

        @on_uvloop
        async def check():
            gate, networks = Gate(), NetworkLimit(1, by_host)
            async with Site(gate, http=limited(10, networks)) as site:
                busy = await site.connect()
                busy.send(get(1))
                await until(lambda: gate.entered)
                data = await (await site.connect()).rest()
                assert answers(data) == [(503, b"Service Unavailable\n")]
                gate.open.set()
                assert await busy.read(b"\r\n\r\n/1")
                newcomer = await site.connect()
                newcomer.send(get(2))
                assert await newcomer.read(b"\r\n\r\n/2")
                assert await busy.rest() == b""
                assert len(site.state.connections) == 1
            await until(lambda: not len(networks))

        check()

    def test_a_crowd_of_one_network_leaves_room_for_others(self):
        """Its idle ones go, before the limit for all is reached."""

        @on_uvloop
        async def check():
            networks = NetworkLimit(5, by_host)
            async with Site(hello, http=limited(10, networks)) as site:
                for _ in range(50):
                    client = await site.connect()
                    client.send(GET)
                    assert await client.read(b"hello")
                    assert len(site.state.connections) <= 5

        check()

    def test_who_is_turned_away_for_another_reason_is_not_counted(self):
        """A full worker forgets the network of whom it did not take."""

        @on_uvloop
        async def check():
            gate, networks = Gate(), NetworkLimit(2, by_host)
            async with Site(gate, http=limited(1, networks)) as site:
                busy = await site.connect()
                busy.send(get(1))
                await until(lambda: gate.entered)
                for _ in range(5):
                    assert answers(await (await site.connect()).rest())[0][0] == 503
                busy.abort()
                gate.open.set()
                await until(lambda: not len(networks))

        check()

    def test_a_silent_one_that_is_dropped_is_counted_no_more(self):
        """At once, not when the loop gets to it."""

        @on_uvloop
        async def check():
            networks = NetworkLimit(1, by_host)
            async with Site(hello, http=limited(10, networks)) as site:
                silent = await site.connect()
                await until(lambda: site.state.connections)
                site.expire(11)
                assert len(networks) == 0
                assert not site.state.connections
                assert await silent.rest() == b""

        check()
