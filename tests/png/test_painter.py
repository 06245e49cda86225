"""The painter: each picture once, one at a time, and time for everything else between."""

import asyncio

import pytest

from hitsvc.errors import CounterBusy
from hitsvc.png.painter import MAX_WAITING, Painter


class Studio:
    """A painter whose time is ours.

    Attributes:
        painted: What was painted, in its order.
        slept: How long it rested, each time.
    """

    def __init__(self, takes: float = 1.0, size: int = 1) -> None:
        self.painted: list[bytes] = []
        self.slept: list[float] = []
        self._now, self._takes, self._size = 100.0, takes, size
        self.painter = Painter(self._render, lambda: self._now, self._sleep)

    def _render(self, svg: bytes) -> bytes:
        self.painted.append(svg)
        self._now += self._takes
        return svg * self._size

    async def _sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self._now += seconds
        await asyncio.sleep(0)

    def passes(self, seconds: float) -> None:
        """Let time pass."""
        self._now += seconds


async def test_what_was_painted_is_not_painted_again():
    """Whatever it was made for."""
    studio = Studio()

    answers = [await studio.painter.paint(b"a") for _ in range(3)]
    answers.append(studio.painter.paint_now(b"a"))

    assert (answers, studio.painted) == ([b"a"] * 4, [b"a"])


async def test_many_who_want_the_same_wait_for_one():
    """A badge of a crowd is painted once."""
    studio = Studio()

    await asyncio.gather(*(studio.painter.paint(b"a") for _ in range(9)))

    assert studio.painted == [b"a"]
    assert studio.slept == []


async def test_between_two_pictures_is_three_times_the_time_of_one():
    """So pictures take a quarter of a worker's time at most, whoever asks for them."""
    studio = Studio(takes=2.0)

    await asyncio.gather(*(studio.painter.paint(svg) for svg in (b"a", b"b", b"c")))

    assert (studio.painted, studio.slept) == ([b"a", b"b", b"c"], [6.0, 6.0])


async def test_who_comes_later_does_not_wait():
    """A picture now and then is painted at once."""
    studio = Studio(takes=2.0)

    await studio.painter.paint(b"a")
    studio.passes(6.0)
    await studio.painter.paint(b"b")

    assert studio.slept == []


async def test_an_error_is_painted_at_once_and_paid_for_later():
    """The rest after it is that of the next one."""
    studio = Studio(takes=1.0)

    studio.painter.paint_now(b"error")
    await studio.painter.paint(b"a")

    assert (studio.painted, studio.slept) == ([b"error", b"a"], [3.0])


def crowd(studio: Studio) -> list[asyncio.Task[bytes]]:
    """Let as many wait as may, behind one who is served at once."""
    return [
        asyncio.create_task(studio.painter.paint(b"%d" % number))
        for number in range(MAX_WAITING + 1)
    ]


async def test_when_many_wait_the_next_is_refused():
    """Before it is counted; what waits already is painted."""
    studio = Studio()
    waiting = crowd(studio)
    studio.painter.admit()
    await asyncio.sleep(0)

    with pytest.raises(CounterBusy, match="pictures"):
        studio.painter.admit()
    await asyncio.gather(*waiting)
    studio.painter.admit()
    assert len(studio.painted) == MAX_WAITING + 1


async def test_who_goes_away_makes_room():
    """A request that is given up does not wait for ever."""
    studio = Studio()
    waiting = crowd(studio)
    await asyncio.sleep(0)
    waiting[-1].cancel()
    await asyncio.wait([waiting[-1]])

    studio.painter.admit()
    await asyncio.gather(*waiting[:-1])


async def test_a_failure_does_not_stop_the_next():
    """What cannot be painted is an error of that request alone."""

    def render(svg: bytes) -> bytes:
        if svg == b"bad":
            raise ValueError(svg)
        return svg

    painter = Painter(render)
    with pytest.raises(ValueError, match="bad"):
        await painter.paint(b"bad")

    assert await painter.paint(b"good") == b"good"


async def test_what_is_kept_is_bounded_in_bytes():
    """A few megabytes, however large and many the pictures are."""
    studio = Studio(takes=0.0, size=100_000)

    for number in range(100):
        await studio.painter.paint(b"%02d" % number)
    await studio.painter.paint(b"99")
    await studio.painter.paint(b"00")

    assert len(studio.painted) == 101
