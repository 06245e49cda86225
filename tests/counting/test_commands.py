"""Commands as Redis reads them."""

import hiredis
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hitsvc.counting.commands import PageCommands, spell, words
from hitsvc.counting.keys import redis_keys

TEXT = st.text(st.characters(exclude_categories=["Cs"]))
PAGE = PageCommands(redis_keys("hîts:", "a.example/x"), 12, 60)
TOTAL = "hîts:{a.example/x}"


@given(st.lists(TEXT, min_size=1))
def test_any_command_is_spelled_as_hiredis_packs_it(command):
    """The bytes are those of the protocol, whatever the words hold."""
    assert spell(*command).encode() == hiredis.pack_command(tuple(command))


@given(st.lists(st.lists(TEXT, min_size=1)))
def test_commands_can_be_taken_apart_again(commands):
    """A client that packs commands itself gets them as they were meant."""
    assert list(words("".join(spell(*command) for command in commands))) == commands


@pytest.mark.parametrize(
    ("spelled", "meant"),
    [
        pytest.param(
            PAGE.count(12, "20300102"),
            [
                ["INCRBY", TOTAL, "12"],
                ["HINCRBY", f"{TOTAL}:days", "20300102", "12"],
            ],
            id="count",
        ),
        pytest.param(
            PAGE.keep("abcdefghijkl"),
            [["SET", f"{TOTAL}:t:abcdefghijkl", "1", "EX", "60"]],
            id="keep",
        ),
        pytest.param(
            PAGE.find("abcdefgh"), [["EXISTS", f"{TOTAL}:t:abcdefgh"]], id="find"
        ),
        pytest.param(PAGE.total(), [["GET", TOTAL]], id="total"),
        pytest.param(
            PAGE.days(["20300101", "20300102"]),
            [["HMGET", f"{TOTAL}:days", "20300101", "20300102"]],
            id="days",
        ),
    ],
)
def test_a_pages_commands_are_spelled_as_meant(spelled, meant):
    """Lengths are of bytes, also where a prefix is not ASCII."""
    assert list(words(spelled)) == meant
