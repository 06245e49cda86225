"""Commands as Redis reads them."""

from datetime import date

import hiredis
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hitsvc.counting.commands import PageCommands, spell, words
from hitsvc.counting.days import Day
from hitsvc.counting.keys import Keys

TEXT = st.text(st.characters(exclude_categories=["Cs"]))
PAGE = PageCommands("a.example/x", Keys("hîts:").page("a.example/x"), 12, 60)
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
            PAGE.count(12, Day.of(date(2030, 1, 2))),
            [
                ["INCRBY", TOTAL, "12"],
                ["HINCRBY", f"{TOTAL}:d:2030", "2", "12"],
            ],
            id="count",
        ),
        pytest.param(
            PAGE.count(1, Day.of(date(2032, 12, 31))),
            [
                ["INCRBY", TOTAL, "1"],
                ["HINCRBY", f"{TOTAL}:d:2032", "366", "1"],
            ],
            id="another day",
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
            PAGE.days(2030, ["1", "2"]),
            [["HMGET", f"{TOTAL}:d:2030", "1", "2"]],
            id="days",
        ),
        pytest.param(PAGE.undated(), [["GET", f"{TOTAL}:d:0"]], id="undated"),
        pytest.param(
            PAGE.probe(), [["SET", f"{TOTAL}:t:probe", "1", "EX", "1"]], id="probe"
        ),
    ],
)
def test_a_pages_commands_are_spelled_as_meant(spelled, meant):
    """Lengths are of bytes, also where a prefix is not ASCII."""
    assert list(words(spelled)) == meant
