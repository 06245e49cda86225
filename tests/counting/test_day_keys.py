"""Keys that live a day, in memory that processes share."""

import os

from hitsvc.counting import Calendar
from hitsvc.counting.claims import ClaimHash
from hitsvc.counting.day_keys import KEY_BYTES, DayKeys

NOON = 20_000 * 86_400 + 43_200
MIDNIGHT = NOON + 43_200


class Clock:
    """A clock that is set by hand."""

    def __init__(self) -> None:
        self.now = float(NOON)

    def __call__(self) -> float:
        return self.now


def made(lifetime_s: int = 60) -> tuple[DayKeys, Clock]:
    """Make keys at noon."""
    clock = Clock()
    return DayKeys(lifetime_s, Calendar(clock=clock)), clock


def test_a_key_is_the_same_all_day():
    """And as long as the hash takes; there is none before it."""
    keys, clock = made()
    first = keys.both()
    for clock.now in (NOON + 1, MIDNIGHT - 1):
        keys.turn()
        assert keys.both() == first

    assert len(first[0]) == KEY_BYTES
    assert first[1] is None


def test_the_next_day_has_another_and_the_one_before():
    """Which is honoured for one lifetime, and gone then."""
    keys, clock = made()
    first, _ = keys.both()
    clock.now = MIDNIGHT
    keys.turn()
    second, before = keys.both()
    assert second != first
    assert before == first

    clock.now = MIDNIGHT + 59
    keys.turn()
    assert keys.both() == (second, first)
    clock.now = MIDNIGHT + 60
    keys.turn()
    assert keys.both() == (second, None)


def test_a_key_is_gone_after_its_day_and_a_lifetime():
    """Nothing of it is left in memory, however many days follow."""
    keys, clock = made(10 * 86_400)
    seen: list[bytes] = []
    for day in range(5):
        clock.now = NOON + day * 86_400
        keys.turn()
        today, before = keys.both()
        assert before == (seen[-1] if seen else None)
        seen.append(today)
        keys.turn()
        left = bytes(keys._keys)  # what any process could see
        assert not any(key in left for key in seen[:-2])
    assert len(set(seen)) == 5


def test_the_clock_may_go_back():
    """Then it is a new key again: none is used twice."""
    keys, clock = made()
    seen = set()
    for clock.now in (NOON, MIDNIGHT, NOON, MIDNIGHT):
        keys.turn()
        seen.add(keys.both()[0])

    assert len(seen) == 4


def test_a_worker_sees_what_the_parent_turns_to():
    """It is the same memory after the fork."""
    keys, clock = made()
    go, told = os.pipe()
    answer, put = os.pipe()
    child = os.fork()
    if not child:
        os.read(go, 1)
        os.write(put, b"".join(key or b"" for key in keys.both()))
        os._exit(0)
    clock.now = MIDNIGHT
    keys.turn()
    os.write(told, b"1")
    os.waitpid(child, 0)

    assert os.read(answer, 100) == b"".join(key or b"" for key in keys.both())


def test_claims_of_yesterday_are_known_by_the_key_before():
    """A visit just before midnight and one just after it are of the same visitor."""
    keys, clock = made()
    claims = ClaimHash(keys, keys.turn)
    yesterday = claims.names(b"address", b"agent", b"page")
    clock.now = MIDNIGHT
    today = claims.names(b"address", b"agent", b"page")

    assert yesterday.before is None
    assert today.before == yesterday.today
    assert today.today != yesterday.today


def test_parts_do_not_run_into_each_other():
    """What ends one and begins the next is not the same visitor."""
    keys, _ = made()
    claims = ClaimHash(keys)

    assert claims.names(b"a", b"bc").today != claims.names(b"ab", b"c").today
    assert claims.names(b"a", b"").today != claims.names(b"", b"a").today
