"""Reading sums: seldom, and having them made."""

import asyncio
from typing import Any

import pytest

from hitsvc.admin import Numbers, Overview, SiteSums, Summing
from hitsvc.app import create_app
from hitsvc.counting import words
from hitsvc.errors import CounterUnavailable
from hitsvc.settings import Settings
from hitsvc.sites import PublicSums, open_sums
from tests.support.stored import KEYS

TODAY = "2026-11-29"
SITE = "example.com"
NOW = 1_000_000.0


def sums(at: float = NOW, day: str = TODAY) -> SiteSums:
    numbers = Numbers(SITE, 5, (1, 2, 3))
    return SiteSums(at, day, 2, numbers, [[numbers]] * 4)


def overview(at: float = NOW, day: str = TODAY) -> Overview:
    numbers = Numbers("", 5, (1, 2, 3))
    return Overview(at, day, 1, 2, numbers, [0] * 30, [[]] * 4, [[]] * 4)


class Store:
    """What is kept, who has asked, and whether sums were made."""

    def __init__(self, kept: dict[str, Any] | None = None) -> None:
        self.kept, self.asked, self.made = kept or {}, 0, 0
        self.now = NOW
        self.summing = Summing(self.make, clock=lambda: self.now)
        self.sums = PublicSums(
            KEYS, self.send, self.summing, lambda: TODAY, lambda: self.now
        )

    def make(self) -> None:
        self.made += 1

    async def send(self, commands: str, expected: int) -> list[Any]:
        self.asked += 1
        asked = [command[1] for command in words(commands)]
        assert len(asked) == expected
        return [self.kept.get(name) for name in asked]

    async def of(self, site: str = SITE) -> Any:
        seen = await self.sums.of(site)
        await asyncio.sleep(0)
        await self.sums.close()
        return seen


async def test_what_was_read_is_shown_for_a_while():
    """The store is asked once in ten seconds, whoever comes."""
    store = Store({KEYS.sums(SITE): sums().written(), KEYS.pages(SITE): 1})
    for _ in range(3):
        assert (await store.of()).sums == sums()
    assert store.asked == 1
    store.now += 10
    await store.of()
    assert store.asked == 2


async def test_a_clock_that_goes_back_keeps_nothing():
    """What was read in the future is read again."""
    store = Store({KEYS.sums(SITE): sums().written().encode(), KEYS.pages(SITE): 1})
    await store.of()
    store.now -= 100
    await store.of()
    assert store.asked == 2


async def test_fresh_sums_are_not_made_again():
    """Nor looked at, for ten seconds."""
    store = Store({KEYS.overview: overview().written()})
    await store.of()
    await store.of("example.org")
    assert store.made == 0


@pytest.mark.parametrize(
    "kept",
    [None, overview(NOW - 11), overview(NOW + 99), overview(day="2026-11-28")],
    ids=["none", "old", "of the future", "of yesterday"],
)
async def test_others_are_made_once_in_ten_seconds(kept):
    """However many sites are asked for."""
    store = Store({KEYS.overview: kept.written()} if kept else {})
    for number in range(100):
        await store.of(f"{number}.example")
    assert store.made == 1
    store.now += 10
    await store.of()
    assert store.made == 2


async def test_few_sites_are_remembered():
    """Nobody fills the memory."""
    store = Store()
    for number in range(65):
        await store.of(f"{number}.example")
    await store.of("64.example")
    assert store.asked == 65
    await store.of("0.example")
    assert store.asked == 66


async def test_what_is_about_to_be_there_is_not_remembered():
    """Whoever waits for it sees it at once."""
    store = Store({KEYS.pages(SITE): 1})
    assert (await store.of()).sums is None
    store.kept[KEYS.sums(SITE)] = sums().written()
    assert (await store.of()).sums == sums()


async def test_a_refusal_is_no_number():
    """Of any of the answers."""
    store = Store({KEYS.pages(SITE): CounterUnavailable("gone")})
    with pytest.raises(CounterUnavailable):
        await store.of()


async def test_sums_tell_their_age_and_their_day():
    """An age is never negative."""
    store = Store()
    assert store.sums.age_s(sums(NOW - 9.5)) == 9
    assert store.sums.age_s(sums(NOW + 9)) == 0
    assert store.sums.is_of_today(sums())
    assert not store.sums.is_of_today(sums(day="2026-11-28"))


async def test_a_process_makes_them():
    """Where there is nobody else; it is not begun before somebody asks."""
    settings = Settings(redis_url="unix:///none")
    reader = open_sums(settings, Store().send, lambda: TODAY)
    await reader.close()


@pytest.mark.parametrize(("store", "there"), [("memory", False), ("unix:///no", True)])
def test_a_store_in_memory_has_no_sites(store, there):
    """No other process can look into it."""
    app = create_app(Settings(redis_url=store, site_stats="on"))
    found = app._router.find("/site.json")
    assert (found is not None) is there
