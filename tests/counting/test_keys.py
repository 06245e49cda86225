"""Where a URL's numbers live in Redis."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from redis.crc import key_slot

from hitsvc.counting.keys import PageKeys, redis_keys
from hitsvc.errors import InvalidURL
from hitsvc.request.urls import normalise


@pytest.mark.parametrize(
    ("prefix", "page_key", "total"),
    [
        pytest.param("hits:", "example.com/b", "hits:{example.com/b}", id="default"),
        pytest.param("", "example.com", "{example.com}", id="no prefix"),
        pytest.param("a:b:", "[::1]:81/x", "a:b:{[::1]:81/x}", id="IPv6 and port"),
    ],
)
def test_names_are_the_documented_ones(prefix, page_key, total):
    """Total, days and tokens are named as other tools expect them."""
    assert redis_keys(prefix, page_key) == PageKeys(
        total, f"{total}:days", f"{total}:t:"
    )


@given(st.text())
def test_keys_of_a_url_share_a_slot(raw):
    """Whatever a URL holds, a cluster keeps its keys in the slot of the URL's key."""
    try:
        page_key = normalise(raw)
    except InvalidURL:
        return
    keys = redis_keys("hits:", page_key)
    names = [keys.total, keys.days, keys.token_prefix + "AAAAAAAA"]

    assert {key_slot(name.encode()) for name in names} == {key_slot(page_key.encode())}


def test_no_page_can_take_the_keys_of_another():
    """A path that looks like the end of a key is escaped, so it stays a path."""
    assert redis_keys("hits:", normalise("example.com/}:days")).total == (
        "hits:{example.com/%7D:days}"
    )
