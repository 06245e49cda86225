"""Commands as bytes."""

from typing import Any

import hiredis
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hitsvc.packing import pack

COMMANDS = [
    ("PING",),
    ("INCRBY", "hits:{a}", 12),
    ("HINCRBY", "hits:{a}:days", "20300102", 1),
    ("SET", "hits:{a}:t:abcdefghijkl", 1, "EX", 60),
    ("SET", "plain", "value"),
]


def by_hiredis(command: Any) -> bytes:
    return bytes(hiredis.pack_command(command))


@pytest.mark.parametrize("command", COMMANDS, ids=str)
def test_command_is_packed_as_hiredis_packs_it(command):
    """Whatever is kept, the bytes are those of the protocol."""
    assert pack(command) == by_hiredis(command)


@given(st.text(), st.integers(0, 10**9))
def test_any_token_key_is_packed_as_hiredis_packs_it(key, ttl):
    """The one command that is put together by hand is right for every key."""
    command = ("SET", key, 1, "EX", ttl)
    assert pack(command) == by_hiredis(command)
