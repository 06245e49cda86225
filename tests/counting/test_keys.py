"""Where a URL's numbers live in Redis."""

import pytest
from fakeredis import FakeAsyncRedis
from hypothesis import given
from hypothesis import strategies as st
from redis.crc import key_slot

from hitsvc.counting.keys import Keys, site_of
from hitsvc.errors import InvalidURL
from hitsvc.request import normalise


@pytest.mark.parametrize(
    ("prefix", "page_key", "total"),
    [
        pytest.param("hits:", "example.com/b", "hits:{example.com/b}", id="default"),
        pytest.param("", "example.com", "{example.com}", id="no prefix"),
        pytest.param("a:b:", "[::1]:81/x", "a:b:{[::1]:81/x}", id="IPv6 and port"),
    ],
)
def test_names_are_the_documented_ones(prefix, page_key, total):
    """A page's total, years, undated hits and tokens; docs/keys.md tells them, too."""
    keys = Keys(prefix).page(page_key)

    assert (keys.total, keys.year(2026), keys.undated, keys.token_prefix) == (
        total,
        f"{total}:d:2026",
        f"{total}:d:0",
        f"{total}:t:",
    )


@given(st.text())
def test_keys_of_a_url_share_a_slot(raw):
    """Whatever a URL holds, a cluster keeps its keys in the slot of the URL's key."""
    try:
        page_key = normalise(raw)
    except InvalidURL:
        return
    keys = Keys("hits:").page(page_key)
    names = [keys.total, keys.year(2026), keys.undated, keys.token_prefix + "AAAAAAAA"]

    assert {key_slot(name.encode()) for name in names} == {key_slot(page_key.encode())}


def test_no_page_can_take_the_keys_of_another():
    """A path that looks like the end of a key is escaped, so it stays a path."""
    assert Keys("hits:").page(normalise("example.com/}:d:0")).total == (
        "hits:{example.com/%7D:d:0}"
    )


@given(st.text(), st.text(st.characters(codec="ascii", exclude_characters="{}")))
def test_a_name_can_be_taken_apart_again(raw, prefix):
    """What is found in a store is known by its name, whatever the prefix."""
    try:
        page_key = normalise(raw)
    except InvalidURL:
        return
    keys = Keys(prefix)
    page = keys.page(page_key)

    assert keys.parse(page.total) == (page_key, "")
    assert keys.parse(page.year(2026)) == (page_key, ":d:2026")
    assert keys.parse(keys.pages(site_of(page_key))) is None
    assert keys.parse(keys.sites) is None


@pytest.mark.parametrize("prefix", ["hits:", "", "a*b?[c]\\"])
async def test_the_pattern_finds_pages_and_nothing_else(prefix):
    """Special characters of SCAN in a prefix stand for themselves."""
    keys, client = Keys(prefix), FakeAsyncRedis(decode_responses=True)
    for name in (
        keys.page("a.example").total,
        keys.sites,
        keys.pages("a.example"),
        "x",
    ):
        await client.set(name, 1)

    found = [name async for name in client.scan_iter(match=keys.all_pages)]

    assert found == [keys.page("a.example").total]


def test_a_site_is_a_host_with_its_port():
    """All before the first slash."""
    assert site_of("a.example:81/b/c") == "a.example:81"
    assert site_of("a.example") == "a.example"
