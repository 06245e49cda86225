"""Attempts to connect are kept apart; a clock of ours, and servers that count."""

import asyncio
from typing import Any

import pytest

from hitsvc.counting.commands import spell
from hitsvc.errors import CounterUnavailable
from hitsvc.store.pacing import GOOD_S, LONGEST_S, SHORTEST_S, Pacing
from hitsvc.store.wire import Wire
from tests.support.scripted import Script, serving

PING = spell("PING")


class Clock:
    """A clock that stands still until it is set."""

    now = 1000.0

    def __call__(self) -> float:
        """Tell the time."""
        return self.now


@pytest.fixture(name="clock")
def _clock() -> Clock:
    return Clock()


def pacing(clock: Clock, chance: float = 1.0) -> Pacing:
    return Pacing(clock, lambda: chance)


@pytest.mark.parametrize(("chance", "share"), [(0.0, 0.5), (0.5, 0.75), (1.0, 1.0)])
def test_a_failure_is_followed_by_a_pause_of_random_length(clock, chance, share):
    """From a half of it to the whole, so that workers do not come back together."""
    paced = pacing(clock, chance)
    assert paced.remaining() == 0
    paced.begin()
    clock.now += 0.22
    paced.failed()
    assert paced.remaining() == pytest.approx(SHORTEST_S * share)
    clock.now += SHORTEST_S * share
    assert paced.remaining() == pytest.approx(0)


def test_pauses_grow_to_a_bound(clock):
    """A long outage costs a few connections a second, and ends soon for visitors."""
    paced, pauses = pacing(clock), []
    for _ in range(6):
        paced.begin()
        paced.failed()
        pauses.append(round(paced.remaining(), 6))
        clock.now += paced.remaining()
    assert pauses == [0.1, 0.2, 0.4, LONGEST_S, LONGEST_S, LONGEST_S]


def test_one_connection_fails_once(clock):
    """However many batches were on it."""
    paced = pacing(clock)
    paced.begin()
    for _ in range(5):
        paced.failed()
    assert paced.remaining() == pytest.approx(SHORTEST_S)


def test_after_a_good_connection_the_first_attempt_is_made_at_once(clock):
    """Also if there was an outage before it; and the pauses begin anew."""
    paced = pacing(clock)
    for _ in range(3):
        paced.begin()
        paced.failed()
    paced.begin()
    clock.now += GOOD_S
    paced.failed()
    assert paced.remaining() == 0
    paced.begin()
    paced.failed()
    assert paced.remaining() == pytest.approx(SHORTEST_S)


def test_a_connection_that_was_given_up_is_followed_by_the_shortest_pause(clock):
    """It is not a failure, but may be made a thousand times a second all the same."""
    paced = pacing(clock)
    paced.begin()
    assert paced.remaining() == pytest.approx(SHORTEST_S)


async def ask(wire: Wire) -> Any:
    """Ask once; return the reply, or the reason why there is none."""
    try:
        return await wire.execute(PING, 1)
    except CounterUnavailable as ex:
        return str(ex)


BROKEN = [
    pytest.param(Script(None), id="accepts and closes"),
    pytest.param(Script(*[b"HTTP/1.1 400 Bad Request\r\n\r\n"] * 50), id="no Redis"),
]


@pytest.mark.parametrize("script", BROKEN)
async def test_a_broken_server_is_not_hammered(clock, script):
    """Of a hundred hits one makes a connection; all are told the same reason."""
    script.connections = 0
    async with serving(script) as url:
        wire = Wire(url, 5, pacing=pacing(clock))
        reasons = [await ask(wire) for _ in range(50)]
        reasons += await asyncio.gather(*(ask(wire) for _ in range(50)))
        assert script.connections == 1
        assert len(set(reasons)) == 1
        clock.now += SHORTEST_S
        await ask(wire)
        assert script.connections == 2


async def test_a_refused_password_is_not_tried_again_at_once(clock):
    """Each try may be slow for the server, and is logged there."""
    script = Script(*[b"-WRONGPASS no\r\n"] * 9)
    async with serving(script) as url:
        wire = Wire(url.replace("//", "//:bad@"), 5, pacing=pacing(clock))
        reasons = {await ask(wire) for _ in range(9)}
        assert reasons == {"Redis refused the connection: WRONGPASS no"}
        assert script.connections == 1


async def test_a_lost_good_connection_is_replaced_at_once(clock):
    """The visitor after a restart of Redis does not pay for the pause."""
    script = Script(b"+PONG\r\n", None, b"+PONG\r\n")
    async with serving(script) as url:
        wire = Wire(url, 5, pacing=pacing(clock))
        await ask(wire)
        clock.now += GOOD_S
        assert "closed the connection" in await ask(wire)
        assert await ask(wire) == [b"PONG"]
        await wire.close()


async def test_a_connection_that_we_gave_up_is_waited_for():
    """As one to a replica: its visitors wait a moment, and none is refused."""
    script = Script(*[b"+PONG\r\n"] * 3)
    async with serving(script) as url:
        wire = Wire(url, 5)
        for _ in range(3):
            assert await ask(wire) == [b"PONG"]
            await wire.close()
        assert script.connections == 3
