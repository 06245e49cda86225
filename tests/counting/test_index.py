"""The index of pages: written without anybody waiting, and never half."""

import asyncio
from collections.abc import Sequence
from typing import Any

import pytest

from hitsvc.counting.commands import words
from hitsvc.counting.index import MAX_BATCH, MAX_WAITING, PageIndex
from hitsvc.counting.keys import Keys
from hitsvc.errors import CounterUnavailable


class Store:
    """What the index is written to."""

    def __init__(self, *failures: object) -> None:
        self.said: list[list[str]] = []
        self.failures = list(failures)
        self.open = asyncio.Event()
        self.open.set()

    async def send(self, commands: str, expected: int) -> Sequence[Any]:
        await self.open.wait()
        failure = self.failures.pop(0) if self.failures else None
        if isinstance(failure, CounterUnavailable):
            raise failure
        said = list(words(commands))
        assert len(said) == expected
        self.said += said
        return [failure or 1] * expected


def index_on(store: Store) -> PageIndex:
    return PageIndex(Keys("hits:"), store.send)


async def test_pages_are_listed_by_site():
    """One set has the sites, and a set for each site its pages."""
    store = Store()
    index = index_on(store)
    index.add(["a.example/x", "a.example:81", "a.example"])
    await index.close()

    assert store.said == [
        ["SADD", "hits:sites", "a.example", "a.example:81"],
        ["SADD", "hits:pages:{a.example}", "a.example/x", "a.example"],
        ["SADD", "hits:pages:{a.example:81}", "a.example:81"],
    ]


async def test_what_comes_while_writing_is_written_next():
    """And nothing that has been written is written again."""
    store = Store()
    store.open.clear()
    index = index_on(store)
    index.add(["a.example"])
    await asyncio.sleep(0)
    index.add(["b.example"])
    store.open.set()
    await index.close()

    assert [command[2:] for command in store.said[1::2]] == [
        ["a.example"],
        ["b.example"],
    ]


@pytest.mark.parametrize(
    "failure",
    [
        pytest.param(CounterUnavailable("away"), id="no answer"),
        pytest.param(ValueError("OOM"), id="a refusal"),
    ],
)
async def test_what_has_failed_is_written_with_what_comes_next(failure):
    """To write a page twice does no harm, and nobody is told."""
    store = Store(failure)
    index = index_on(store)
    index.add(["a.example"])
    await index.close()
    store.said.clear()
    index.add(["b.example"])
    await index.close()

    assert store.said[0] == ["SADD", "hits:sites", "a.example", "b.example"]


async def test_a_store_that_is_away_does_not_fill_our_memory():
    """What is too much is left out: its page is listed when it has doubled."""
    index = index_on(store := Store(CounterUnavailable("away")))
    index.add(f"{n}.example" for n in range(MAX_WAITING + 1))
    await index.close()
    index.add([])
    await index.close()

    sites = [
        site for said in store.said if said[1] == "hits:sites" for site in said[2:]
    ]
    assert len(sites) == MAX_WAITING
    assert len(store.said[0]) == MAX_BATCH + 2


async def test_an_index_that_was_never_used_can_be_closed():
    """There is nothing to wait for."""
    await index_on(Store()).close()
