"""The table of a connection's states."""

import pytest

from hitsvc.http1.state import LOST, RESTING, STATES, State

EVENTS = sorted(
    name
    for name in set(dir(State)) - {"name", "reads", "busy", "deaf", "on"}
    if not name.startswith("_")
)


def following(state: State) -> dict[str, State]:
    """Return where a state's events lead."""
    return {event: getattr(state, event) for event in EVENTS if hasattr(state, event)}


def reachable(start: State) -> set[State]:
    """Return all states that can follow, and the first."""
    found: set[State] = set()
    waiting = [start]
    while waiting:
        state = waiting.pop()
        if state not in found:
            found.add(state)
            waiting.extend(following(state).values())
    return found


def test_every_state_can_come():
    """None is there for nothing."""
    assert reachable(RESTING) == set(STATES)


@pytest.mark.parametrize("state", STATES, ids=repr)
def test_every_connection_can_be_lost(state):
    """Whatever it does; and nothing follows."""
    assert LOST in reachable(state)
    assert reachable(LOST) == {LOST}


@pytest.mark.parametrize("state", [state for state in STATES if state.deaf], ids=repr)
def test_who_is_not_heard_is_never_heard_again(state):
    """No request is answered after the last."""
    assert all(other.deaf for other in reachable(state))


@pytest.mark.parametrize("state", STATES, ids=repr)
def test_one_request_at_a_time(state):
    """A request is taken only where none is being answered."""
    assert hasattr(state, "taken") is state.reads
    assert not (state.reads and state.busy)
    assert hasattr(state, "answered") is state.busy


@pytest.mark.parametrize(
    ("state", "event"),
    [
        (state, event)
        for state in STATES
        for event in EVENTS
        if event not in following(state)
    ],
    ids=str,
)
def test_what_must_not_happen_is_an_error(state, event):
    """The connection does not go on as if nothing had been."""
    with pytest.raises(AttributeError, match=event):
        getattr(state, event)
