"""Trouble with Redis is logged once, not once a request."""

import logging

import pytest

from hitsvc.counting.outage import BURST, LASTING_S, REPEAT_S, OutageLog


class Clock:
    """A clock that stands still until it is set."""

    now = 1000.0

    def __call__(self) -> float:
        """Tell the time."""
        return self.now


@pytest.fixture(name="clock")
def _clock():
    return Clock()


@pytest.fixture(name="outage")
def _outage(clock):
    return OutageLog(clock)


@pytest.fixture(name="logged")
def _logged(caplog):
    """Return what has been logged since the last call, as level and text."""
    caplog.set_level(logging.DEBUG, "hitsvc.counting.outage")

    def logged():
        lines = [(r.levelname, r.getMessage()) for r in caplog.records]
        caplog.clear()
        return lines

    return logged


def test_good_health_is_not_logged(outage, logged):
    """While Redis answers there is nothing to say."""
    outage.answered()

    assert logged() == []


def test_the_begin_of_an_outage_is_logged_once(outage, logged):
    """The first failure is an error with its reason; the others say nothing new."""
    outage.failed("it is away")
    outage.failed("it is still away")

    assert logged() == [("ERROR", "No hits can be counted: it is away")]


def test_the_end_of_an_outage_is_logged_with_its_length(outage, clock, logged):
    """The first answer tells how long the outage was; the next says nothing."""
    outage.failed("it is away")
    clock.now += 12.34
    outage.failed("it is still away")
    logged()

    outage.answered()
    outage.answered()

    assert logged() == [("WARNING", "Redis answers again after 12.3 s")]


def test_the_next_outage_is_logged_again(outage, clock, logged):
    """Each outage has a begin and an end of its own."""
    outage.failed("one")
    outage.answered()
    clock.now += 5
    logged()

    outage.failed("two")
    clock.now += 1
    outage.answered()

    assert logged() == [
        ("ERROR", "No hits can be counted: two"),
        ("WARNING", "Redis answers again after 1.0 s"),
    ]


def test_an_outage_that_begins_at_zero_ends_too(outage, clock, logged):
    """A clock may start at zero."""
    clock.now = 0.0
    outage.failed("it is away")
    logged()

    outage.answered()

    assert logged() == [("WARNING", "Redis answers again after 0.0 s")]


@pytest.mark.parametrize(
    ("after_s", "times"),
    [
        pytest.param(0, 1, id="at once"),
        pytest.param(REPEAT_S - 0.001, 1, id="just before a minute"),
        pytest.param(REPEAT_S, 2, id="after a minute"),
    ],
)
def test_a_refusal_is_repeated_after_a_minute(outage, clock, logged, after_s, times):
    """A full Redis refuses every hit; the log says so once a minute."""
    outage.refused("OOM command not allowed")
    clock.now += after_s
    outage.refused("OOM command not allowed for another key")

    assert [level for level, _ in logged()] == ["ERROR"] * times


def test_each_kind_of_refusal_is_logged(outage, logged):
    """The first word tells refusals apart."""
    for reason in ("OOM out of memory", "READONLY replica", "OOM again", "MISCONF"):
        outage.refused(reason)

    assert logged() == [
        ("ERROR", "Redis refuses a command: OOM out of memory"),
        ("ERROR", "Redis refuses a command: READONLY replica"),
        ("ERROR", "Redis refuses a command: MISCONF"),
    ]


def test_the_clock_is_monotonic_by_default(logged):
    """A log works without a clock being given."""
    outage = OutageLog()
    outage.failed("it is away")
    outage.answered()

    assert logged()[1] == ("WARNING", "Redis answers again after 0.0 s")


def test_a_redis_that_answers_every_second_time_does_not_fill_the_log(
    outage, clock, logged
):
    """In ten minutes of it each minute has two lines, after a few at the beginning."""
    for _ in range(6000):
        outage.failed("it is away")
        outage.answered()
        clock.now += 0.1

    lines = logged()
    assert len(lines) == 2 * (BURST + 9)
    assert lines[-2][1].startswith(
        "No hits can be counted: it is away (it fails and answers by turns: "
    )


def test_what_was_not_told_is_told_with_the_next_line(outage, clock, logged):
    """How many short failures there were, once."""
    for _ in range(BURST + 7):
        outage.failed("it is away")
        outage.answered()
    clock.now += 2 * REPEAT_S
    logged()

    for _ in range(2):
        outage.failed("away")
        outage.answered()

    begins = [text for level, text in logged() if level == "ERROR"]
    assert begins == [
        "No hits can be counted: away (it fails and answers by turns: 7 short failures "
        "were not told)",
        "No hits can be counted: away",
    ]


def test_an_outage_that_lasts_is_told_whatever_was_before(outage, clock, logged):
    """It is no short failure: its begin, a little late, and its end."""
    for _ in range(BURST):
        outage.failed("it is away")
        outage.answered()
    logged()

    outage.failed("gone")
    clock.now += LASTING_S - 0.001
    outage.failed("gone")
    assert logged() == []
    clock.now += 0.001
    outage.failed("gone")
    outage.failed("gone")
    outage.answered()

    assert logged() == [
        ("ERROR", "No hits can be counted: gone"),
        ("WARNING", "Redis answers again after 5.0 s"),
    ]


@pytest.mark.parametrize("kind", ["MOVED 1 h:1", "ASK 1 h:1", "CLUSTERDOWN no slot"])
def test_a_cluster_is_told_with_what_to_do(outage, logged, kind):
    """Its node answers for some pages only, for ever."""
    outage.refused(kind)

    ((_, text),) = logged()
    assert text.startswith(
        f"Redis refuses a command: {kind} (that is a node of a Redis"
    )
    assert "redis+cluster://HOST:PORT" in text
