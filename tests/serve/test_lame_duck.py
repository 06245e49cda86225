"""The time between being told to stop and stopping."""

import os

import pytest

from hitsvc.serve.lame_duck import LameDuck


class Time:
    """A clock that is told the time."""

    now = 1000.0

    def __call__(self) -> float:
        """Return it."""
        return self.now


@pytest.fixture(name="clock")
def _clock() -> Time:
    """A clock."""
    return Time()


def states(lame_duck: LameDuck) -> tuple[bool, bool, bool]:
    """Return all that it tells."""
    return lame_duck.began(), lame_duck.lets_go(), lame_duck.over()


def test_it_has_not_begun(clock):
    """However long the service lives."""
    lame_duck = LameDuck(10, clock)
    clock.now += 1e9

    assert states(lame_duck) == (False, False, False)


def test_without_time_it_never_begins(clock):
    """A stop is a stop."""
    lame_duck = LameDuck(0, clock)

    assert lame_duck.begin() is False
    assert states(lame_duck) == (False, False, False)


def test_it_begins_once(clock):
    """The second time there is nothing to wait for."""
    lame_duck = LameDuck(10, clock)

    assert [lame_duck.begin(), lame_duck.begin()] == [True, False]


@pytest.mark.parametrize(
    ("after_s", "expected"),
    [
        (0, (True, False, False)),
        (4.9, (True, False, False)),
        (5.1, (True, True, False)),
        (9.9, (True, True, False)),
        (10, (True, True, True)),
    ],
)
def test_it_passes(clock, after_s, expected):
    """In its second half connections are let go, and then it is over."""
    lame_duck = LameDuck(10, clock)
    lame_duck.begin()
    clock.now += after_s

    assert states(lame_duck) == expected


@pytest.mark.parametrize(
    ("after_s", "expected"), [(0, 1.0), (9.0, 1.0), (9.75, 0.25), (11, 0.0)]
)
def test_nobody_sleeps_for_longer(clock, after_s, expected):
    """The parent looks every second, and once when it is over."""
    lame_duck = LameDuck(10, clock)
    before = lame_duck.at_most(1.0)
    lame_duck.begin()
    clock.now += after_s

    assert (before, lame_duck.at_most(1.0)) == (1.0, expected)


def test_workers_see_it(clock):
    """Those that were forked before."""
    lame_duck = LameDuck(10, clock)
    read, write = os.pipe()
    if os.fork() == 0:  # pragma: no cover - another process
        os.read(read, 1)
        os._exit(lame_duck.began())
    lame_duck.begin()
    os.write(write, b"1")
    for end in read, write:
        os.close(end)

    assert os.waitstatus_to_exitcode(os.wait()[1]) == 1
