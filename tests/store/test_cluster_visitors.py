"""Visitors in a real cluster: on all nodes, while slots move, and when the day is over."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import date, timedelta
from typing import Any

import pytest

from hitsvc.counter import HitCounter
from hitsvc.counting import ClaimNames, Closing, Day, Keys, Seen, slot_of
from hitsvc.store import open_backend
from tests.support.slots import move_at_once, move_by_key

KEYS = Keys("hits:")
TODAY, TOMORROW = (Day.of(date(2026, 11, 29) + timedelta(n)) for n in range(2))
SITE = "example.com"
# On all three primaries.
PAGES = [f"{SITE}/{number}" for number in range(9)]
# So few that a sketch is nearly exact: 2 % are more than it can be wrong.
PEOPLE, WRONG = 300, 6


@asynccontextmanager
async def counting(url: str) -> AsyncIterator[HitCounter]:
    """Make a counter as the service does, and close it."""
    counter = HitCounter(
        open_backend(url, 5.0),
        key_prefix="hits:",
        token_ttl_s=0,
        token_length=12,
        queue_limit=10_000,
        today=lambda: TODAY,
        visitors=True,
    )
    try:
        yield counter
    finally:
        await counter.close()


async def visit(counter: HitCounter, page: str, who: int) -> Any:
    """Let somebody come, and return the visitors that they are shown."""
    asking = counter.asking(page)
    seen = Seen(TODAY, f"{page} {who}", str(who))
    hit = counter.hit(page, claim=ClaimNames("", None, seen))
    asking.begun()
    await hit
    return await asking.read()


async def all_visit(
    counter: HitCounter, meanwhile: Callable[[], Awaitable[None]] | None = None
) -> None:
    """Let all people see all pages, one after the other, while something goes on."""
    other = asyncio.ensure_future(meanwhile()) if meanwhile else None
    for who in range(PEOPLE):
        await asyncio.gather(*(visit(counter, page, who) for page in PAGES))
        await asyncio.sleep(0)
    if other:
        await other


async def told(url: str) -> dict[str, tuple[int, int]]:
    """Return the visitors of each page and of the site: today, and of all days."""
    async with counting(url) as counter:
        found = {page: await counter.visitors(page) for page in PAGES}
        found[SITE] = await counter.site_visitors(SITE)
    return {name: (visitors.today, visitors.total) for name, visitors in found.items()}


async def close_day(url: str) -> None:
    """Sum the day up."""
    backend = open_backend(url, 5.0)
    closing = Closing(KEYS, backend.execute, lambda: TOMORROW, rest_s=0)
    await closing.close_before(TOMORROW)
    await backend.close()


async def test_visitors_of_all_nodes_are_counted_and_summed_up(
    six_nodes, cluster_client
):
    """When the day is over, nothing is left of them but numbers."""
    async with counting(six_nodes.url) as counter:
        first = await asyncio.gather(*(visit(counter, page, 0) for page in PAGES))
        assert {(found.today, found.total) for found in first} == {(1, 1)}
        await all_visit(counter)
    owners = {six_nodes.owner(slot_of(f"hits:{{{page}}}")).port for page in PAGES}
    assert len(owners) == 3
    before = await told(six_nodes.url)
    for today, total in before.values():
        assert today == total
        assert abs(total - PEOPLE) <= WRONG

    await close_day(six_nodes.url)

    assert await told(six_nodes.url) == before
    names = [KEYS.page(page) for page in PAGES] + [KEYS.site_visitors(SITE)]
    visitors = {name for name in cluster_client.keys("hits:*") if ":v" in name}
    assert visitors == {name.visitors(2026) for name in names}
    for name in visitors:
        assert set(cluster_client.hkeys(name)) == {TODAY.field, "sum"}


@pytest.mark.parametrize("how", ["key by key", "at once"])
async def test_slots_that_move_take_visitors_along(six_nodes, cluster_client, how):
    """Those of a page and those of its site, while they come."""
    slots = {slot_of(f"hits:{{{PAGES[0]}}}"), slot_of(f"hits:visitors:{{{SITE}}}")}

    async def move_all() -> None:
        for slot in slots:
            source = six_nodes.owner(slot)
            target = next(n for n in six_nodes.nodes[:3] if n is not source)
            if how == "key by key":
                await asyncio.to_thread(move_by_key, slot, source, target)
            else:
                await asyncio.to_thread(move_at_once, six_nodes, [slot], target)

    async with counting(six_nodes.url) as counter:
        await all_visit(counter, move_all)
    found = await told(six_nodes.url)
    assert set(found) == {*PAGES, SITE}
    for today, total in found.values():
        assert today == total
        assert abs(total - PEOPLE) <= WRONG
